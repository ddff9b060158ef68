"""The commands of learning: train, models, promote, rollback, evaluate.

They parse, call and print; the work stands in the modules beside this one.
"""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from training.train import Plan
from training.verify import verify
from training.work import perform
from triagem.encoder.open import open_encoder
from triagem.errors import InvalidInput
from triagem.progress import Progress
from triagem.settings import Settings, operator
from triagem.store import audit, models
from triagem.store.database import Database
from triagem.store.models import Model, Promotion
from triagem.triage.gate import FieldVerdict, judge_promotion, refuse_unproven
from triagem.types import Ticket, TicketField

_JSON = click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
_WHY = click.option("--why", help="Goes into the log of promotions.")


@click.command()
@click.option("--field", "names", help="Comma-separated: category,type,priority,team [all].")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--run", "run_id", hidden=True, help="Continue a queued run.")
@_JSON
@click.pass_obj
def train(settings: Settings, names: str | None, seed: int, run_id: str | None, as_json: bool) -> None:
    """Learn the ticket fields from labelled tickets; a field's first model goes live if it beats the majority class."""
    trained = perform(settings, Plan(_fields(names), seed), run_id=run_id)
    if as_json:
        click.echo(json.dumps({**_as_record(trained.model, None), "live": list(trained.live)}, ensure_ascii=False))
        return
    report = trained.model.report
    click.echo(
        f"{trained.model.version}  from {report['tickets']} tickets ({report['repeats_left_out']} repeats left out)"
    )
    for line in _table(trained.model):
        click.echo(line)
    if trained.live:
        click.echo(f"{trained.model.version} answers now: {', '.join(trained.live)}")
    waiting = [name for name in trained.model.fields if name not in trained.live]
    if waiting:
        click.echo(f"Not answering yet: {', '.join(waiting)}. To let it: triagem promote {trained.model.version}")


@click.group(invoke_without_command=True)
@_JSON
@click.pass_context
def models_(context: click.Context, as_json: bool) -> None:
    """List trained models; show one, or rebuild one to verify it."""
    if context.invoked_subcommand is not None:
        return
    settings: Settings = context.obj
    with Database(settings.data_dir).read() as connection:
        known, current = models.newest_first(connection, settings.desk), models.in_force(connection, settings.desk)
    if as_json:
        click.echo(json.dumps([_as_record(model, current) for model in known], ensure_ascii=False))
        return
    if not known:
        click.echo(f"Desk '{settings.desk}' has no model yet. Make one with: triagem train", err=True)
    for model in known:
        answering = ", ".join(_answering(model, current)) or "-"
        click.echo(f"{model.version:<6} {model.created_at:%Y-%m-%d %H:%M}  answers: {answering}  {_summary(model)}")


@models_.command()
@click.argument("version")
@_JSON
@click.pass_obj
def show(settings: Settings, version: str, as_json: bool) -> None:
    """Print a version's report."""
    with Database(settings.data_dir).read() as connection:
        model, current = models.get(connection, settings.desk, version), models.in_force(connection, settings.desk)
    if as_json:
        click.echo(json.dumps({**_as_record(model, current), "report": model.report}, ensure_ascii=False))
        return
    click.echo(f"{model.version}  {model.created_at:%Y-%m-%d %H:%M}  digest {model.model_digest[:16]}")
    click.echo(f"answers: {', '.join(_answering(model, current)) or '-'}")
    for line in _table(model):
        click.echo(line)
    for name, field in model.report["fields"].items():
        click.echo(f"\n{name:<24} tickets  precision  recall")
        for label, one in sorted(field["per_class"].items(), key=lambda item: -item[1]["tickets"]):
            click.echo(f"{label:<24} {one['tickets']:>7}  {_per_cent(one['precision'])}  {_per_cent(one['recall'])}")


@models_.command("verify")
@click.argument("version")
@_JSON
@click.pass_obj
def verify_(settings: Settings, version: str, as_json: bool) -> None:
    """Train a version again from the same tickets and compare digests."""
    database = Database(settings.data_dir)
    encoder = open_encoder(settings.encoder, threads=settings.threads)
    with tempfile.TemporaryDirectory() as folder, _bar() as on_progress:
        digest = verify(
            database,
            encoder,
            settings.desk,
            version,
            folder=Path(folder),
            threads=settings.threads,
            on_progress=on_progress,
        )
    if as_json:
        click.echo(json.dumps({"version": version, "model_digest": digest, "reproduced": True}))
    else:
        click.echo(f"{version} was built again from the same tickets with the same digest {digest[:16]}.")


@click.command()
@click.argument("version")
@click.option("--force", is_flag=True, help="Promote although the evidence does not speak for it; needs --why.")
@_WHY
@click.pass_obj
def promote(settings: Settings, version: str, force: bool, why: str | None) -> None:
    """Make a version answer its fields, from the next request on, if it is as good as what answers now."""
    if force and not why:
        raise InvalidInput('Forcing a promotion needs a reason: --force --why "..."')
    database = Database(settings.data_dir)
    if not force:
        encoder = open_encoder(settings.encoder, threads=settings.threads)
        verdicts = judge_promotion(database, settings.desk, version, encoder_digest=encoder.digest)
        refuse_unproven(version, verdicts)
        for one in verdicts:
            click.echo(
                f"{one.field.value}: {_gains(one)} than {one.against}, compared on {one.comparison.tickets} tickets"
            )
    with database.write() as connection:
        model = models.get(connection, settings.desk, version)
        promotion = models.promote(
            connection,
            settings.desk,
            assignments=dict.fromkeys(model.fields, version),
            actor=operator(),
            why=why or "By command, without a reason given.",
            forced=force,
        )
    click.echo(_assignments(promotion))


@click.command()
@_WHY
@click.pass_obj
def rollback(settings: Settings, why: str | None) -> None:
    """Return to the models that answered before the last promotion."""
    with Database(settings.data_dir).write() as connection:
        promotion = models.roll_back(
            connection, settings.desk, actor=operator(), why=why or "By command, without a reason given."
        )
    click.echo(_assignments(promotion))


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
    for one in found:
        click.echo(f"{one.at:%Y-%m-%d %H:%M}  {one.actor}  {one.action.value} {one.subject}  {one.why}".rstrip())


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
    with _bar() as on_progress:
        if pairs:
            found = evaluate_pairs(database, encoder, settings.desk, pairs, on_progress=on_progress)
        else:
            found = evaluate_tickets(database, encoder, settings.desk, labelled, on_progress=on_progress)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for line in _pairs_table(found) if pairs else _tickets_table(found):
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


@contextmanager
def _bar() -> Iterator[Progress]:
    with tqdm(total=100, disable=None, leave=False, bar_format="{desc} {percentage:3.0f}% |{bar}| {elapsed}") as bar:

        def show_progress(share: float, what: str) -> None:
            bar.set_description_str(what, refresh=False)
            bar.n = round(100 * share)
            bar.refresh()

        yield show_progress


def _answering(model: Model, current: Promotion | None) -> list[str]:
    return [name for name, version in (current.assignments if current else {}).items() if version == model.version]


def _as_record(model: Model, current: Promotion | None) -> dict[str, Any]:
    record = asdict(model)
    del record["report"]
    fields = {name: field["left_out"] for name, field in model.report["fields"].items()}
    return {
        **record,
        "created_at": model.created_at.isoformat(),
        "answers": _answering(model, current),
        "metrics": fields,
    }


def _summary(model: Model) -> str:
    return "  ".join(f"{name} {field['left_out']['accuracy']:.1%}" for name, field in model.report["fields"].items())


def _table(model: Model) -> Iterator[str]:
    yield f"{'field':<10} tickets  classes  accuracy  majority  macro-F1   ECE   (each ticket by a model without it)"
    for name, field in model.report["fields"].items():
        found = field["left_out"]
        yield (
            f"{name:<10} {field['tickets']:>7}  {field['classes']:>7}  {_per_cent(found['accuracy'])}  "
            f"{_per_cent(found['majority_accuracy'])}  {_per_cent(found['macro_f1'])}  {found['ece']:.3f}"
        )


def _tickets_table(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['tickets']} tickets; {found['already_stored']} more stand in the store and were left out"
    yield f"{'field':<10} {'language':<9} tickets  accuracy  macro-F1   ECE"
    for name, field in found["fields"].items():
        for language, part in {"all": field, **field["by_language"]}.items():
            yield (
                f"{name:<10} {language:<9} {part['tickets']:>7}  {_per_cent(part['accuracy'])}  "
                f"{_per_cent(part['macro_f1'])}  {part['ece']:.3f}"
            )


def _pairs_table(found: dict[str, Any]) -> Iterator[str]:
    yield f"{'language':<9} queries  nDCG@10 (95 %)        R@1    R@3    MRR"
    for language, part in {"all": found["all"], **found["by_language"]}.items():
        low, high = part["ndcg@10"]["interval"]
        others = "  ".join(f"{part[name]['mean']:.3f}" for name in ("recall@1", "recall@3", "mrr"))
        yield f"{language:<9} {part['queries']:>7}  {part['ndcg@10']['mean']:.3f} ({low:.3f}-{high:.3f})  {others}"
    shown = found["shown"]
    yield f"shown to a requester     {_per_cent(shown['share_of_answerable'])} of the answerable"
    yield f"right first when shown   {_per_cent(shown['right_when_shown'])}"
    yield f"nothing shown, rightly   {_per_cent(shown['nothing_where_nothing_helps'])} of those that nothing answers"


def _gains(one: FieldVerdict) -> str:
    if one.comparison.is_better:
        return f"better by {one.comparison.difference:.1%}"
    return f"no worse ({one.comparison.gained} gained, {one.comparison.lost} lost)"


def _assignments(promotion: Promotion) -> str:
    return "answering now: " + ", ".join(f"{name} {version}" for name, version in promotion.assignments.items())


def _per_cent(share: float | None) -> str:
    return "       -" if share is None else f"{share:>8.1%}"


COMMANDS: dict[str, click.Command] = {
    "train": train,
    "models": models_,
    "promote": promote,
    "rollback": rollback,
    "evaluate": evaluate,
    "log": log,
}
