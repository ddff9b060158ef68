"""Imports a file of tickets or articles: good records go in, bad ones are reported with their line."""

from collections.abc import Callable, Iterator, Mapping
from datetime import tzinfo
from pathlib import Path
from typing import Any, TypeVar

from indexer.survey import Survey, shown, survey, unknown_fields
from indexer.sync import Report, put_each
from triagem.encoder.base import Encoder
from triagem.errors import InvalidInput
from triagem.progress import Progress
from triagem.search.columns import ARTICLE_COLUMNS, TICKET_COLUMNS, Columns
from triagem.search.dates import DateOrder
from triagem.search.ingest import Incoming, Ingest
from triagem.search.records import article_from_record, ticket_from_record
from triagem.search.records_file import records, with_written_name
from triagem.store.database import Database
from triagem.types import Article, Ticket

_BATCH = 128
# Of a file whose every line has fields of its own the first so many are named.
_NAMED = 50
_Noun = TypeVar("_Noun", Article, Ticket)


def import_tickets(
    database: Database,
    open_encoder: Callable[[], Encoder],
    *,
    desk: str,
    path: Path,
    dates: DateOrder | None,
    zone: tzinfo,
    known_only: bool,
    on_progress: Progress,
) -> Report:
    """Puts the tickets of a JSONL or CSV file into a desk. The same file twice changes nothing.

    `dates` reads 05/04/2026; None leaves that to the file's other dates. Dates that name no zone are of `zone`.
    Of an id given twice the later line is kept. A field that is not known is refused, or with `known_only` passed over.
    """
    found = survey(path, TICKET_COLUMNS)
    ingest, report = Ingest(database, open_encoder(), desk=desk), Report(encoding=found.encoding)

    def read(record: Mapping[str, Any]) -> Ticket:
        return ticket_from_record(record, dates=dates or found.dates, zone=zone)

    for batch in _batches(path, read, TICKET_COLUMNS, found, report, on_progress, known_only=known_only):
        report.count(ingest.put_tickets(batch))
    return report


def import_articles(
    database: Database,
    open_encoder: Callable[[], Encoder],
    *,
    desk: str,
    path: Path,
    dates: DateOrder | None,
    zone: tzinfo,
    known_only: bool,
    on_progress: Progress,
) -> Report:
    """Puts the articles of a JSONL or CSV file into a desk, as `import_tickets` does with tickets."""
    found = survey(path, ARTICLE_COLUMNS)
    ingest, report = Ingest(database, open_encoder(), desk=desk), Report(encoding=found.encoding)

    def read(record: Mapping[str, Any]) -> Article:
        return article_from_record(record, source=path.name, dates=dates or found.dates, zone=zone)

    for batch in _batches(path, read, ARTICLE_COLUMNS, found, report, on_progress, known_only=known_only):
        put_each(ingest, [Incoming(article) for article in batch], report)
    return report


def _batches(
    path: Path,
    read: Callable[[Mapping[str, Any]], _Noun],
    columns: Columns,
    found: Survey,
    report: Report,
    on_progress: Progress,
    *,
    known_only: bool,
) -> Iterator[list[_Noun]]:
    """The readable records in batches; those whose id comes twice at the end, each as its last readable line has it."""
    if found.unknown is not None and not known_only:
        report.refused.append(("line 1", str(found.unknown)))
        return
    if not found.lines:
        nothing = InvalidInput("The file is empty, or holds only the names of columns; export it anew.")
        report.refused.append(("line 1", str(nothing)))
    batch: list[_Noun] = []
    held: dict[str, tuple[int, _Noun]] = {}
    for number, record in records(path, columns):
        try:
            if isinstance(record, InvalidInput):
                raise record
            if not known_only and (unknown := unknown_fields(record, columns)) is not None:
                raise unknown
            if len(report.passed_over) < _NAMED:
                report.passed_over |= {shown(name): None for name in record if name not in columns}
            noun = read({name: value for name, value in record.items() if name in columns})
        except InvalidInput as reason:
            report.refused.append((f"line {number}", with_written_name(str(reason), found.written)))
            continue
        if noun.id not in found.repeated:
            batch.append(noun)
        else:
            if noun.id in held:
                report.repeated.append((f"line {held[noun.id][0]}", f"Line {number} has the same id and is kept."))
            held[noun.id] = number, noun
        if len(batch) == _BATCH:
            on_progress(number / found.lines, "importing")
            yield batch
            batch = []
    batch += [noun for _, noun in held.values()]
    for start in range(0, len(batch), _BATCH):
        yield batch[start : start + _BATCH]
