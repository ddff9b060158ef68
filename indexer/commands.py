"""The commands that bring knowledge in: `triagem index` and `triagem import`."""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from indexer.imports import import_articles, import_tickets
from indexer.sources import open_source
from indexer.sync import Report, sync
from indexer.work import Job, Outcome, perform
from triagem.errors import InvalidInput
from triagem.search.dates import DateOrder
from triagem.search.encodings import remark
from triagem.search.records import ARTICLE_FIELDS, TICKET_FIELDS
from triagem.settings import Settings
from triagem.triage.sla_file import read_policies
from triagem.types import Language

_PLACES = 5
_JSON = click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
_DATES = click.option(
    "--dates",
    type=click.Choice([order.value for order in DateOrder]),
    help="How to read 05/04/2026 [as the other dates prove].",
)
_KNOWN_ONLY = click.option(
    "--known-only", is_flag=True, help="Pass over columns or fields that are not known, and name them [refused]."
)
_OTHER_NAMES = "Columns may have other names too, such as criado em or Opening date."
_RUN = click.option("--run", "run_id", hidden=True, help="Continue a queued run.")


@click.command("index")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--lang", type=click.Choice(["pt", "en"]), help="Language of articles that name none [detected].")
@click.option("--source", help="Name under which this folder is known [its path].")
@_DATES
@click.option("--rebuild", is_flag=True, help="Build the search index anew, with or without PATH.")
@_RUN
@_JSON
@click.pass_obj
def index(
    settings: Settings,
    path: Path | None,
    lang: str | None,
    source: str | None,
    dates: str | None,
    rebuild: bool,
    run_id: str | None,
    as_json: bool,
) -> None:
    """Put a Markdown/HTML folder or file into the knowledge base; unchanged articles are skipped."""
    job: Job | None = None
    if path is not None:
        language = Language(lang) if lang else Language.UND
        files = open_source(path, name=source)
        job = partial(sync, source=files, language=language, dates=_order(dates), zone=_zone(settings))
    elif not rebuild:
        raise InvalidInput(
            f"Say what to index: triagem --desk {settings.desk} index PATH (or --rebuild to build the index anew)."
        )
    _show(perform(settings, job, what="articles", path=path, rebuild=rebuild, run_id=run_id), as_json=as_json)


@click.group("import")
def import_() -> None:
    """Import past tickets or articles; bad lines are reported with their number, good ones kept."""


@import_.command("tickets", epilog=f"Fields or columns: {', '.join(TICKET_FIELDS)}. {_OTHER_NAMES}")
@click.argument("file", type=click.Path(path_type=Path))
@_DATES
@_KNOWN_ONLY
@_RUN
@_JSON
@click.pass_obj
def tickets(
    settings: Settings, file: Path, dates: str | None, known_only: bool, run_id: str | None, as_json: bool
) -> None:
    """Import past tickets from JSONL or CSV.

    Each has an id, created_at, and a subject or description. One without closed_at is open: agents see it in the queue.
    """
    job = partial(import_tickets, path=file, dates=_order(dates), zone=_zone(settings), known_only=known_only)
    _show(perform(settings, job, what="tickets", path=file, run_id=run_id), as_json=as_json)


@import_.command("articles", epilog=f"Fields or columns: {', '.join(ARTICLE_FIELDS)}. {_OTHER_NAMES}")
@click.argument("file", type=click.Path(path_type=Path))
@_DATES
@_KNOWN_ONLY
@_RUN
@_JSON
@click.pass_obj
def articles(
    settings: Settings, file: Path, dates: str | None, known_only: bool, run_id: str | None, as_json: bool
) -> None:
    """Import articles from JSONL or CSV.

    Each has an id, and its body as one of markdown, html or text.
    """
    job = partial(import_articles, path=file, dates=_order(dates), zone=_zone(settings), known_only=known_only)
    _show(perform(settings, job, what="articles", path=file, run_id=run_id), as_json=as_json)


def _order(dates: str | None) -> DateOrder | None:
    return DateOrder(dates) if dates else None


def _zone(settings: Settings) -> ZoneInfo:
    """The desk's own time, in which dates stand that name no zone."""
    return read_policies(settings.sla).zone


def _show(outcome: Outcome, *, as_json: bool) -> None:
    report = outcome.report
    if said := remark(report.encoding):
        click.echo(said, err=True)
    if report.passed_over:
        named = ", ".join(f"'{name}'" for name in report.passed_over)
        click.echo(f"passed over  unknown fields: {named}", err=True)
    if as_json:
        click.echo(json.dumps(outcome.as_record(), ensure_ascii=False))
    else:
        for places, reason in _together(report.refused):
            click.echo(f"refused  {places}: {reason}", err=True)
        for where, reason in report.repeated:
            click.echo(f"repeated  {where}: {reason}", err=True)
        click.echo(
            f"{outcome.what}: {report.added} added, {report.updated} updated, {report.unchanged} unchanged, "
            f"{report.removed} removed, {len(report.refused)} refused{_repeated(report)} ({outcome.seconds:.1f} s)"
        )
        if outcome.generation:
            click.echo(f"index: generation {outcome.generation.id} published, {_entries(outcome)}")
    if outcome.refusal is not None:
        raise outcome.refusal


def _together(pairs: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Each reason once, with the first places where it holds."""
    places: dict[str, list[str]] = {}
    for where, reason in pairs:
        places.setdefault(reason, []).append(where)
    for reason, all_of_it in places.items():
        more = f" and {len(all_of_it) - _PLACES} more" if len(all_of_it) > _PLACES else ""
        yield ", ".join(all_of_it[:_PLACES]) + more, reason


def _repeated(report: Report) -> str:
    return f", {len(report.repeated)} repeated" if report.repeated else ""


def _entries(outcome: Outcome) -> str:
    assert outcome.generation is not None
    return ", ".join(f"{count} {kind}s" for kind, count in outcome.generation.statistics.items())


COMMANDS: dict[str, click.Command] = {"index": index, "import": import_}
