"""The command `triagem models`: what was trained, how good it is, what another target would change.

Training and promoting stand in `training.commands`.
"""

import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from training.candidate_commands import gate, replay_, shadow
from training.mix_commands import mix
from training.options import precision, reason
from training.printed import (
    answering,
    as_record,
    bar,
    effect_lines,
    newest_table,
    per_cent,
    standing_lines,
    summary,
    table,
)
from training.verify import named, verify
from triagem.encoder.open import open_encoder
from triagem.errors import InvalidInput
from triagem.phrases import stamp
from triagem.settings import Settings, operator
from triagem.store import models
from triagem.store.database import Database
from triagem.triage import taxonomy
from triagem.triage.decide import Targets
from triagem.triage.report_page import report_page
from triagem.triage.sla_file import read_policies
from triagem.triage.standing import change, other_targets, standing
from triagem.triage.targets import choose
from triagem.triage.triager import Triager
from triagem.types import TicketField

_JSON = click.option("--json", "as_json", is_flag=True, help="Print as JSON.")


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
        click.echo(json.dumps([as_record(model, current) for model in known], ensure_ascii=False))
        return
    if not known:
        click.echo(
            f"Desk '{settings.desk}' has no model yet. Make one with: triagem --desk {settings.desk} train", err=True
        )
    zone = read_policies(settings.sla).zone
    for model in known:
        fields = ", ".join(answering(model, current)) or "-"
        click.echo(f"{model.version:<6} {stamp(model.created_at, zone)}  answers: {fields}  {summary(model)}")
    if current is not None and not current.assignments:
        command = f"triagem --desk {settings.desk} promote VERSION"
        click.echo(f"Withdrawn {stamp(current.created_at, zone)} by {current.actor}: {current.why}")
        click.echo(f"No model answers until somebody promotes one: {command}")


@models_.command()
@click.argument("version")
@click.option(
    "--html", "page", type=click.Path(path_type=Path, dir_okay=False), help="Write it as a page, with charts."
)
@_JSON
@click.pass_obj
def show(settings: Settings, version: str, page: Path | None, as_json: bool) -> None:
    """Print a version's report. With --html, write it as a page in the language of the settings."""
    with Database(settings.data_dir).read() as connection:
        model, current = models.get(connection, settings.desk, version), models.in_force(connection, settings.desk)
        answering_now, names = models.answering(connection, settings.desk), taxonomy.load(connection, settings.desk)
    if page is not None:
        content = report_page(model, answering_now, names, settings.language)
        try:
            page.write_text(content, encoding="utf-8")
        except OSError as error:
            raise InvalidInput(
                f"{page} cannot be written: {error.strerror}. Name a file in a folder that exists."
            ) from error
        click.echo(f"Written to {page}.", err=True)
        return
    if as_json:
        click.echo(json.dumps({**as_record(model, current), "report": model.report}, ensure_ascii=False))
        return
    made = stamp(model.created_at, read_policies(settings.sla).zone)
    click.echo(f"{model.version}  {made}  digest {model.model_digest[:16]}")
    click.echo(f"answers: {', '.join(answering(model, current)) or '-'}")
    for line in (*table(model), *newest_table(model)):
        click.echo(line)
    for name, field in model.report["fields"].items():
        click.echo(f"\n{name:<24} tickets  precision  recall")
        for label, one in sorted(field["per_class"].items(), key=lambda item: -item[1]["tickets"]):
            click.echo(f"{label:<24} {one['tickets']:>7}  {per_cent(one['precision'])}  {per_cent(one['recall'])}")


@models_.command("verify")
@click.argument("version")
@_JSON
@click.pass_obj
def verify_(settings: Settings, version: str, as_json: bool) -> None:
    """Train a version again from the same tickets and compare digests."""
    database = Database(settings.data_dir)
    encoder = open_encoder(settings.encoder, threads=settings.threads)
    with tempfile.TemporaryDirectory() as folder, bar() as on_progress:
        found = verify(
            database,
            encoder,
            settings.desk,
            version,
            folder=Path(folder),
            threads=settings.threads or os.cpu_count() or 1,
            on_progress=on_progress,
        )
    if as_json:
        record = {"version": version, "model_digest": found.digest, "reproduced": True, "changed": found.changed}
        click.echo(json.dumps(record))
        return
    click.echo(f"{version} was built again from the same tickets with the same digest {found.digest[:16]}.")
    if found.changed:
        click.echo(
            f"The tickets have changed since: {len(found.changed)} of them would be learned with another label, date "
            f"or language today, or not at all ({named(found.changed)})."
        )


@models_.command("targets")
@click.option("--field", "name", type=click.Choice([field.value for field in TicketField]), help="Which field.")
@click.option("--auto", type=precision, help="The precision from which a field is filled by itself.")
@click.option("--preselect", type=precision, help="The precision from which a value is pre-selected.")
@click.option("--apply", "applies", is_flag=True, help="Set them; without it only the effect is shown.")
@click.option("--why", type=reason, help="Goes into the log; needed to apply.")
@_JSON
@click.pass_obj
def targets_(
    settings: Settings,
    name: str | None,
    auto: float | None,
    preselect: float | None,
    applies: bool,
    why: str | None,
    as_json: bool,
) -> None:
    """Show the targets of precision and what others would fill. With --apply, set a field's."""
    answering_now = _triager(settings)
    field = TicketField(name) if name else None
    wanted = other_targets(answering_now, settings.desk, field, auto=auto, preselect=preselect)
    if not wanted:
        found = [standing(answering_now, settings.desk, one) for one in TicketField if field in (None, one)]
        click.echo(_records(found) if as_json else "\n".join(line for one in found for line in standing_lines(one)))
        return
    ((field, after),) = wanted.items()
    effects = change(answering_now, settings.desk, field, after)
    if applies:
        if not why:
            raise InvalidInput('Setting targets needs a reason: --apply --why "..."')
        with Database(settings.data_dir).write() as connection:
            choose(connection, settings.desk, field, after, actor=operator(), why=why)
    click.echo(_records(effects) if as_json else "\n".join(line for one in effects for line in effect_lines(one)))
    if not as_json:
        click.echo("Set." if applies else "Nothing is changed yet: add --apply --why TEXT", err=True)


def _triager(settings: Settings) -> Triager:
    encoder = open_encoder(settings.encoder, threads=settings.threads)
    targets = Targets(settings.auto_precision, settings.preselect_precision)
    return Triager(Database(settings.data_dir), encoder, targets=targets)


def _records(found: Sequence[Any]) -> str:
    return json.dumps([asdict(one) for one in found], ensure_ascii=False)


models_.add_command(gate)
models_.add_command(mix)
models_.add_command(shadow)
models_.add_command(replay_)
