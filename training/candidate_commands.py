"""The commands that look at a candidate before it answers: `triagem models gate`, `shadow` and `replay`.

What they show is found out in `triagem.triage.gate`, `triagem.triage.shadow` and `triagem.triage.replay`.
"""

import json
from collections.abc import Iterator

import click

from training.options import WHY, precision
from training.printed import bar, per_cent, verdict_line
from triagem.encoder.open import open_encoder
from triagem.errors import InvalidInput
from triagem.settings import Settings, operator
from triagem.store.database import Database
from triagem.triage.decide import Targets
from triagem.triage.gate import gate_as_record, judge_promotion
from triagem.triage.replay import CURRENT, MOST, Change, Replay, replay, replay_as_record
from triagem.triage.shadow import ShadowRecord, in_shadow, put_in_shadow, shadow_as_record, shadow_record
from triagem.triage.standing import other_targets
from triagem.triage.triager import Triager
from triagem.types import FieldDecision, Language, TicketField

_JSON = click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
_SHOWN = 40


@click.command()
@click.argument("version")
@_JSON
@click.pass_obj
def gate(settings: Settings, version: str, as_json: bool) -> None:
    """Whether the evidence speaks for VERSION, field by field. Nothing is changed."""
    digest = open_encoder(settings.encoder, threads=settings.threads).digest
    found = judge_promotion(Database(settings.data_dir), settings.desk, version, encoder_digest=digest)
    if as_json:
        click.echo(json.dumps(gate_as_record(version, found, Language.EN), ensure_ascii=False))
    elif found:
        click.echo("\n".join(verdict_line(one) for one in found))
    else:
        click.echo(f"{version} answers all its fields already.")


@click.command()
@click.argument("version", required=False)
@click.option("--stop", is_flag=True, help="Nothing answers in shadow any more.")
@WHY
@_JSON
@click.pass_obj
def shadow(settings: Settings, version: str | None, stop: bool, why: str, as_json: bool) -> None:
    """Let VERSION answer in shadow of what answers now. Without VERSION, show how it compares."""
    if stop and version:
        raise InvalidInput("Name a version, or say --stop.")
    database = Database(settings.data_dir)
    if stop or version:
        with database.write() as connection:
            before = in_shadow(connection, settings.desk)
            put_in_shadow(connection, settings.desk, version, actor=operator(), why=why)
    with database.read() as connection:
        record = shadow_record(connection, settings.desk)
    if stop:
        click.echo(f"{before} no longer answers in shadow." if before else "Nothing was to be stopped.", err=True)
    if as_json:
        click.echo(json.dumps(shadow_as_record(record), ensure_ascii=False))
    else:
        click.echo("\n".join(_shadow_lines(settings.desk, record)))


@click.command("replay")
@click.argument("version", default=CURRENT)
@click.option("--last", type=click.IntRange(1, MOST), default=200, show_default=True, help="How many tickets.")
@click.option("--field", "name", type=click.Choice([field.value for field in TicketField]), help="For the targets.")
@click.option("--auto", type=precision, help="Another target of precision for the field.")
@click.option("--preselect", type=precision, help="Another target of precision for the field.")
@_JSON
@click.pass_obj
def replay_(
    settings: Settings,
    version: str,
    last: int,
    name: str | None,
    auto: float | None,
    preselect: float | None,
    as_json: bool,
) -> None:
    """Which of the newest tickets VERSION would answer otherwise. Or what answers now, under another target."""
    encoder = open_encoder(settings.encoder, threads=settings.threads)
    database = Database(settings.data_dir)
    field = TicketField(name) if name else None
    targets = Targets(settings.auto_precision, settings.preselect_precision)
    triager = Triager(database, encoder, targets=targets)
    with bar() as on_progress:
        found = replay(
            database,
            triager,
            encoder,
            settings.desk,
            version=version,
            targets=other_targets(triager, settings.desk, field, auto=auto, preselect=preselect),
            last=last,
            encode_at_most=None,
            on_progress=on_progress,
        )
    click.echo(json.dumps(replay_as_record(found), ensure_ascii=False) if as_json else "\n".join(_lines(found)))


def _shadow_lines(desk: str, record: ShadowRecord | None) -> Iterator[str]:
    if record is None:
        yield f"Nothing answers in shadow. To let a version: triagem --desk {desk} models shadow VERSION"
        return
    yield f"{record.version} answers in shadow"
    yield "field      answers      same  reviewed  alone right  alone wrong"
    for one in record.fields:
        if one.answers:
            found = one.comparison
            same = per_cent(one.same / one.answers)
            better = "  better" if found.is_better else ""
            yield (
                f"{one.field.value:<10} {one.answers:>7}  {same}  {found.tickets:>8}  {found.gained:>11}  "
                f"{found.lost:>11}{better}"
            )


def _lines(found: Replay) -> Iterator[str]:
    yield f"{found.tickets} tickets"
    yield "field      values   modes  now right  now wrong  filled"
    for one in found.fields:
        yield (
            f"{one.field.value:<10} {one.values_changed:>6}  {one.modes_changed:>6}  {one.became_right:>9}  "
            f"{one.became_wrong:>9}  {one.filled_before} -> {one.filled_after}"
        )
    for change in found.changes[:_SHOWN]:
        yield _change(change)
    if len(found.changes) > _SHOWN:
        yield f"... and {len(found.changes) - _SHOWN} more; --json has all"


def _change(one: Change) -> str:
    label = f"  (label: {one.label})" if one.label else ""
    return f"{one.ticket_id:<12} {one.field.value:<9} {_answer(one.before)} -> {_answer(one.after)}{label}"


def _answer(decision: FieldDecision) -> str:
    return f"{decision.value or '-'} ({decision.mode.value})"
