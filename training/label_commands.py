"""The commands about labels: `audit` looks at them, `taxonomy` lists, describes, renames and retires them.

They parse, call and print; findings are `training.audit`, the names of now `triagem.triage.taxonomy`.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from training.audit import FieldAudit, audit, without_texts
from training.options import WHY
from triagem.encoder.open import open_encoder
from triagem.progress import taken
from triagem.settings import Settings, operator
from triagem.store.database import Connection, Database
from triagem.store.runs import RunKind
from triagem.triage.decide import Targets
from triagem.triage.learnable import learnable
from triagem.triage.taxonomy import Taxonomy, known_label, load, read_lists, store
from triagem.types import TicketField

_JSON = click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
_FIELD = click.argument("field", type=click.Choice([field.value for field in TicketField]))
_SHOWN, _CHARS = 10, 70


@click.command("audit")
@click.option("--run", "run_id", hidden=True, help="Continue a queued run.")
@_JSON
@click.pass_obj
def audit_(settings: Settings, run_id: str | None, as_json: bool) -> None:
    """Look at the labels before training: twins, contradictions, overlaps, doubtful ones, and how many are missing."""
    targets = Targets(settings.auto_precision, settings.preselect_precision)
    database = Database(settings.data_dir)
    with taken(database, settings.desk, kind=RunKind.AUDIT, parameters={}, run_id=run_id) as (worker, on_progress):
        found = audit(
            database,
            open_encoder(settings.encoder, threads=settings.threads),
            settings.desk,
            targets=targets,
            threads=settings.threads or os.cpu_count() or 1,
            on_progress=on_progress,
        )
        with database.write() as connection:
            worker.finish(connection, {"fields": {field.value: without_texts(one) for field, one in found.items()}})
    database.close()
    if as_json:
        click.echo(json.dumps({field.value: asdict(one) for field, one in found.items()}, ensure_ascii=False))
        return
    for field, one in found.items():
        for line in _audit_lines(field, one, targets):
            click.echo(line)


@click.group(invoke_without_command=True)
@_JSON
@click.pass_context
def taxonomy(context: click.Context, as_json: bool) -> None:
    """List the labels of each field and how many tickets carry them; load, rename or retire them."""
    if context.invoked_subcommand is not None:
        return
    settings: Settings = context.obj
    with Database(settings.data_dir).read() as connection:
        known, used = load(connection, settings.desk), _used(connection, settings.desk)
    if as_json:
        listed = {
            field.value: {name: asdict(label) for name, label in labels.items()}
            for field, labels in known.labels.items()
        }
        click.echo(json.dumps({"listed": listed, "tickets": {field.value: used[field] for field in TicketField}}))
        return
    for line in _taxonomy_lines(known, used):
        click.echo(line)


@taxonomy.command("load")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@WHY
@click.pass_obj
def load_(settings: Settings, file: Path, why: str) -> None:
    """Make a TOML file's labels the only ones of its fields. It has a table per field, of lines "label" = "meaning"."""
    lists = read_lists(file)
    changed = _current(settings)
    for field, described in lists.items():
        changed = changed.with_listed(field, described)
    _put(settings, changed, why)
    click.echo(", ".join(f"{field.value}: {len(described)} labels" for field, described in lists.items()))


@taxonomy.command()
@_FIELD
@click.argument("label")
@WHY
@click.pass_obj
def retire(settings: Settings, field: str, label: str, why: str) -> None:
    """Never answer a label again, nor learn it."""
    of, known = TicketField(field), _current(settings)
    _put(settings, known.with_retired(of, known_label(settings.desk, known, of, label, used=_names(settings, of))), why)
    click.echo(f"{field}: '{label}' is answered no more, from the next request on")


@taxonomy.command()
@_FIELD
@click.argument("label")
@click.argument("name")
@WHY
@click.pass_obj
def rename(settings: Settings, field: str, label: str, name: str, why: str) -> None:
    """Call a label by another name; its tickets come along. The name of another label merges the two."""
    of, known = TicketField(field), _current(settings)
    _put(
        settings,
        known.with_renamed(of, known_label(settings.desk, known, of, label, used=_names(settings, of)), name.strip()),
        why,
    )
    click.echo(f"{field}: '{label}' is called '{name.strip()}' now, and so are its tickets")


def _current(settings: Settings) -> Taxonomy:
    with Database(settings.data_dir).read() as connection:
        return load(connection, settings.desk)


def _put(settings: Settings, changed: Taxonomy, why: str) -> None:
    with Database(settings.data_dir).write() as connection:
        store(connection, settings.desk, changed, actor=operator(), why=why)


def _used(connection: Connection, desk: str) -> dict[TicketField, dict[str, int]]:
    """How many tickets carry each label, under the names of now."""
    found = learnable(connection, desk).tickets
    return {
        field: dict(Counter(label for one in found if (label := one.ticket.label(field))).most_common())
        for field in TicketField
    }


def _names(settings: Settings, field: TicketField) -> frozenset[str]:
    with Database(settings.data_dir).read() as connection:
        return frozenset(_used(connection, settings.desk)[field])


def _taxonomy_lines(known: Taxonomy, used: dict[TicketField, dict[str, int]]) -> Iterator[str]:
    for field in TicketField:
        listed = known.labels.get(field, {})
        active = {**dict.fromkeys(used[field], ""), **known.active(field)}
        if not active and not listed:
            continue
        yield f"{field.value:<32} tickets" + ("" if known.active(field) else "   (no list: every label counts)")
        for name, description in sorted(active.items()):
            yield f"  {name:<30} {used[field].get(name, 0):>7}   {description[:_CHARS]}".rstrip()
        for name, label in listed.items():
            if label.is_retired:
                yield f"  {name:<30}       -   " + (f"now '{label.successor}'" if label.successor else "retired")


def _audit_lines(field: TicketField, found: FieldAudit, targets: Targets) -> Iterator[str]:
    accuracy = "" if found.accuracy is None else f", {found.accuracy:.1%} told right by a model without the ticket"
    yield f"{field.value}: {found.tickets} tickets, {found.classes} labels{accuracy}"
    if found.parents is not None:
        yield f"  first part of the path right: {found.parents:.1%}"
    for twins in found.twins:
        yield "  look alike: " + ", ".join(f"'{name}' ({count})" for name, count in twins.labels.items())
    for name, count in found.unlisted.items():
        yield f"  not listed, so not learned: '{name}' ({count})"
    for one in found.contradictions[:_SHOWN]:
        yield "  said the same, labelled " + " and ".join(
            f"'{name}' ({', '.join(ids[:3])})" for name, ids in one.tickets.items()
        )
    for pair in found.overlaps[:_SHOWN]:
        yield f"  taken for each other: '{pair.first}' and '{pair.second}', {pair.tickets} tickets ({pair.share:.0%})"
    for doubt in found.doubts[:_SHOWN]:
        rather = f"'{doubt.label}'? rather '{doubt.likely}' ({doubt.probability:.0%})"
        yield f"  {doubt.ticket_id}: {rather}: {_short(doubt.text)}"
    for leak in found.leaks[:_SHOWN]:
        such_as = ", ".join(leak.ticket_ids)
        yield f"  gives '{leak.label}' away in {leak.tickets} tickets ({such_as}): {_short(leak.line)}"
    if found.strangers:
        yield f"  fit no label: {len(found.strangers)} of the {found.newest} newest without one, such as"
        yield from (f"    {one.ticket_id}: {_short(one.text)}" for one in found.strangers[:3])
    for moved in found.moved[:_SHOWN]:
        yield (
            f"  '{moved.label}' is {moved.newest:.1%} of the {found.newest} newest without a label, "
            f"{moved.trained:.1%} of those with one"
        )
    if found.unproven:
        yield f"  not proven for the mix of the newest without a label: {', '.join(found.unproven)}"
    if found.needs:
        yield f"  still needed at the least  {'tickets':>7}  auto {targets.auto:g}  preselect {targets.preselect:g}"
        for need in found.needs:
            yield f"    {need.label:<24} {need.tickets:>7}  {need.auto or '-':>9}  {need.preselect or '-':>13}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _CHARS else line[: _CHARS - 1] + "…"


COMMANDS: dict[str, click.Command] = {"audit": audit_, "taxonomy": taxonomy}
