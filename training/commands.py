"""The commands of learning: train, promote, rollback, log, evaluate.

They parse, call and print; the work stands in the modules beside this one, and so do `models` and `calibrate`.
"""

import json
from dataclasses import asdict
from pathlib import Path

import click

from training.models_commands import models_
from training.options import reason
from training.printed import (
    as_record,
    bar,
    pairs_table,
    promotion_record,
    table,
    tickets_table,
    unknown_articles_line,
    verdict_line,
)
from training.relevance_commands import calibrate
from training.train import Plan
from training.work import perform
from triagem.encoder.open import open_encoder
from triagem.errors import InvalidInput
from triagem.phrases import stamp
from triagem.search.encodings import remark
from triagem.search.records_file import table_encoding
from triagem.settings import Settings, operator
from triagem.store import audit, models
from triagem.store.audit import BY_COMMAND
from triagem.store.database import Database
from triagem.store.models import Promotion
from triagem.text.synonyms import read_desk_synonyms
from triagem.triage.decide import Targets
from triagem.triage.gate import COMMONEST, beats_majority
from triagem.triage.priority import read_matrix
from triagem.triage.promotion import promote as promote_version
from triagem.triage.sla_file import read_policies
from triagem.triage.triager import Triager
from triagem.types import Ticket, TicketField

_JSON = click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
_WHY = click.option("--why", type=reason, help="Goes into the log.")


@click.command()
@click.option("--field", "names", help="Comma-separated: category,type,priority,team [all].")
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="What chance begins with; the same one gives the same model.",
)
@click.option("--run", "run_id", hidden=True, help="Continue a queued run.")
@_WHY
@_JSON
@click.pass_obj
def train(settings: Settings, names: str | None, seed: int, run_id: str | None, why: str | None, as_json: bool) -> None:
    """Learn the ticket fields from labelled tickets; a field's first model goes live if it beats the majority class."""
    trained = perform(settings, Plan(_fields(names), seed), run_id=run_id, why=why or BY_COMMAND)
    report = trained.model.report
    if found := [f"{name} {len(field['leaks'])}" for name, field in report["fields"].items() if field["leaks"]]:
        click.echo(
            f"Warning: lines, ids or pairs give labels away ({', '.join(found)}), so the figures may promise too much. "
            f"List them with: triagem --desk {settings.desk} audit",
            err=True,
        )
    if as_json:
        click.echo(json.dumps({**as_record(trained.model, None), "live": list(trained.live)}, ensure_ascii=False))
        return
    click.echo(
        f"{trained.model.version}  from {report['tickets']} tickets ({report['repeats_left_out']} repeats left out)"
    )
    for line in table(trained.model):
        click.echo(line)
    if trained.live:
        click.echo(f"{trained.model.version} answers now: {', '.join(trained.live)}")
    fields = report["fields"]
    guessed = [name for name in trained.model.fields if not beats_majority(fields[name])]
    waiting = [name for name in trained.model.fields if name not in (*trained.live, *guessed)]
    if guessed:
        click.echo(f"No better than {COMMONEST}, so not to be promoted: {', '.join(guessed)}")
    if waiting:
        command = f"triagem --desk {settings.desk} promote {trained.model.version}"
        click.echo(f"Not answering yet: {', '.join(waiting)}. To let it answer: {command}")


@click.command()
@click.argument("version")
@click.option("--force", is_flag=True, help="Promote although the evidence does not speak for it; needs --why.")
@_WHY
@_JSON
@click.pass_obj
def promote(settings: Settings, version: str, force: bool, why: str | None, as_json: bool) -> None:
    """Make a version answer its fields, from the next request on, if it is as good as what answers now."""
    if force and not why:
        raise InvalidInput('Forcing a promotion needs a reason: --force --why "..."')
    promotion, verdicts = promote_version(
        Database(settings.data_dir),
        settings.desk,
        version,
        encoder_digest=open_encoder(settings.encoder, threads=settings.threads).digest,
        actor=operator(),
        why=why or BY_COMMAND,
        forced=force,
    )
    if as_json:
        click.echo(json.dumps(promotion_record(promotion), ensure_ascii=False))
        return
    for one in verdicts:
        click.echo(verdict_line(one))
    if force:
        click.echo("promoted by force")
    click.echo(_assignments(promotion))


@click.command()
@_WHY
@_JSON
@click.pass_obj
def rollback(settings: Settings, why: str | None, as_json: bool) -> None:
    """Return to the models that answered before the last promotion; from the first one to none."""
    with Database(settings.data_dir).write() as connection:
        promotion = models.roll_back(connection, settings.desk, actor=operator(), why=why or BY_COMMAND)
    click.echo(json.dumps(promotion_record(promotion), ensure_ascii=False) if as_json else _assignments(promotion))


@click.command()
@click.option("--last", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many entries.")
@_JSON
@click.pass_obj
def log(settings: Settings, last: int, as_json: bool) -> None:
    """Who did what to this desk, and why; the latest first."""
    with Database(settings.data_dir).read() as connection:
        found = audit.newest_first(connection, settings.desk, limit=last)
    if as_json:
        click.echo(json.dumps([{**asdict(one), "at": one.at and one.at.isoformat()} for one in found]))
        return
    zone = read_policies(settings.sla).zone
    for one in found:
        at = stamp(one.at, zone) if one.at else ""
        click.echo(f"{at}  {one.actor}  {one.action.value} {one.subject}  {one.why}".rstrip())


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@_JSON
@click.pass_obj
def evaluate(settings: Settings, file: Path, as_json: bool) -> None:
    """Measure on labelled tickets, or on pairs {query, article_id | article_ids, language?}, that were never seen."""
    # The search's libraries are loaded where search is measured only.
    from training.evaluate import Pair, evaluate_pairs, evaluate_tickets, read_cases  # noqa: PLC0415

    cases = read_cases(file)
    database = Database(settings.data_dir)
    encoder = open_encoder(settings.encoder, threads=settings.threads)
    pairs = [case for case in cases if isinstance(case, Pair)]
    labelled = [case for case in cases if isinstance(case, Ticket)]
    with bar() as on_progress:
        if pairs:
            synonyms = read_desk_synonyms(settings.synonyms)
            found = evaluate_pairs(database, encoder, settings.desk, pairs, on_progress=on_progress, synonyms=synonyms)
        else:
            triager = Triager(
                database,
                encoder,
                targets=Targets(settings.auto_precision, settings.preselect_precision),
                matrix=read_matrix(settings.priority),
            )
            found = evaluate_tickets(database, triager, encoder, settings.desk, labelled, on_progress=on_progress)
    found["encoding"] = table_encoding(file)
    if said := remark(found["encoding"]):
        click.echo(said, err=True)
    if unknown := found.get("unknown_articles"):
        click.echo(unknown_articles_line(unknown), err=True)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for line in pairs_table(found) if pairs else tickets_table(found):
        click.echo(line)


def _fields(names: str | None) -> tuple[TicketField, ...]:
    if names is None:
        return tuple(TicketField)
    try:
        chosen = {TicketField(name.strip()) for name in names.split(",")}
    except ValueError:
        raise InvalidInput(
            f"--field takes {', '.join(field.value for field in TicketField)}, comma-separated."
        ) from None
    return tuple(field for field in TicketField if field in chosen)


def _assignments(promotion: Promotion) -> str:
    said = ", ".join(f"{name} {version}" for name, version in promotion.assignments.items())
    return f"answering now: {said or 'nothing'}"


COMMANDS: dict[str, click.Command] = {
    "train": train,
    "models": models_,
    "promote": promote,
    "rollback": rollback,
    "evaluate": evaluate,
    "calibrate": calibrate,
    "log": log,
}
