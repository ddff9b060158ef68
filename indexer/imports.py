"""Imports a file of tickets or articles: good records go in, bad ones are reported with their line."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from indexer.records_file import records
from indexer.sync import Report, put_each
from triagem.encoder.base import Encoder
from triagem.errors import InvalidInput
from triagem.progress import Progress
from triagem.search.ingest import Incoming, Ingest
from triagem.search.records import article_from_record, ticket_from_record
from triagem.store.database import Database

_BATCH = 128
_Noun = TypeVar("_Noun")


def import_tickets(
    database: Database, open_encoder: Callable[[], Encoder], *, desk: str, path: Path, on_progress: Progress
) -> Report:
    """Puts the tickets of a JSONL or CSV file into a desk. The same file twice changes nothing."""
    ingest, report = Ingest(database, open_encoder(), desk=desk), Report()
    for batch in _batches(path, ticket_from_record, report, on_progress):
        report.count(ingest.put_tickets(batch))
    return report


def import_articles(
    database: Database, open_encoder: Callable[[], Encoder], *, desk: str, path: Path, on_progress: Progress
) -> Report:
    """Puts the articles of a JSONL file into a desk. The same file twice changes nothing."""
    ingest, report = Ingest(database, open_encoder(), desk=desk), Report()

    def read(record: Mapping[str, Any]) -> Incoming:
        return Incoming(article_from_record(record, source=path.name))

    for batch in _batches(path, read, report, on_progress):
        put_each(ingest, batch, report)
    return report


def _batches(
    path: Path, read: Callable[[Mapping[str, Any]], _Noun], report: Report, on_progress: Progress
) -> Iterator[list[_Noun]]:
    lines = max(1, _count_lines(path))
    batch: list[_Noun] = []
    for number, record in records(path):
        try:
            if isinstance(record, InvalidInput):
                raise record
            batch.append(read(record))
        except InvalidInput as reason:
            report.refused.append((f"line {number}", str(reason)))
        if len(batch) == _BATCH:
            on_progress(number / lines, "importing")
            yield batch
            batch = []
    if batch:
        yield batch


def _count_lines(path: Path) -> int:
    with path.open("rb") as stream:
        return sum(1 for _ in stream)
