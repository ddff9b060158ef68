"""Brings a desk's knowledge base in step with a folder or file: only what changed costs anything."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import partial

from indexer.sources import ChangedFile, Reading, Source, changed_files, proven_dates, read_file
from triagem.encoder.base import Encoder
from triagem.errors import InvalidInput
from triagem.progress import Progress
from triagem.search.dates import DateOrder
from triagem.search.encodings import Encoding
from triagem.search.ingest import Incoming, Ingest, Outcome
from triagem.store import articles
from triagem.store.database import Database
from triagem.types import Article, Language

_BATCH = 32


@dataclass(slots=True)
class Report:
    """What a sync or an import did. `refused` pairs a file or line number with the reason.

    `repeated` does so for lines that a later one with the same id replaced; the counts are without them. `passed_over`
    has the columns or fields that were not known, once each and in the file's order. `encoding` is the one in which a
    table was read.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    repeated: list[tuple[str, str]] = field(default_factory=list)
    passed_over: dict[str, None] = field(default_factory=dict)
    encoding: Encoding | None = None

    def count(self, outcomes: Sequence[Outcome]) -> None:
        self.added += sum(outcome is Outcome.ADDED for outcome in outcomes)
        self.updated += sum(outcome is Outcome.UPDATED for outcome in outcomes)
        self.unchanged += sum(outcome is Outcome.UNCHANGED for outcome in outcomes)

    @property
    def taken(self) -> int:
        return self.added + self.updated + self.unchanged


def sync(
    database: Database,
    open_encoder: Callable[[], Encoder],
    *,
    desk: str,
    source: Source,
    language: Language,
    dates: DateOrder | None,
    zone: tzinfo,
    on_progress: Progress,
) -> Report:
    """Puts new and changed files, removes articles whose files are gone, lists the files refused and why.

    `language` is that of files that name none. `dates` reads 05/04/2026; None leaves that to the other files of the
    source. Dates that name no zone are of `zone`. The encoder is opened only when there is something to encode.
    A refused file leaves its older version in place.
    """
    with database.read() as connection:
        known = articles.known_origins(connection, desk, source.name)
    reading = Reading(language, dates or proven_dates(source.files), zone)
    report = Report(refused=list(source.refused))
    owners = {known[file.origin].id: file.origin for file in source.files if file.origin in known}
    kept = set(owners)
    ingest: Ingest | None = None
    for start in range(0, len(source.files), _BATCH):
        files = source.files[start : start + _BATCH]
        on_progress(start / len(source.files), "reading and encoding")
        changed = list(changed_files(files, known, reading=reading))
        report.unchanged += len(files) - len(changed)
        read = partial(read_file, source=source.name, reading=reading)
        ready = list(_read(changed, read, report))
        while ready:
            first, ready = _one_of_each_id(ready, owners, report)
            if first:
                ingest = ingest or Ingest(database, open_encoder(), desk=desk)
                taken = put_each(ingest, first, report)
                owners.update((one.article.id, one.origin) for one in taken if one.origin)
                kept.difference_update(known[one.origin].id for one in taken if one.origin in known)
                kept.update(one.article.id for one in taken)
    gone = sorted({stored.id for stored in known.values()} - kept) if source.whole else []
    if gone:
        ingest = ingest or Ingest(database, open_encoder(), desk=desk)
        report.removed = ingest.remove_articles(gone)
    return report


def _read(changed: Sequence[ChangedFile], read: Callable[[ChangedFile], Article], report: Report) -> Iterator[Incoming]:
    for file in changed:
        try:
            article = read(file)
        except InvalidInput as reason:
            report.refused.append((file.origin, str(reason)))
        else:
            yield Incoming(article, digest=file.digest, origin=file.origin)


def _one_of_each_id(
    ready: Sequence[Incoming], owners: Mapping[str, str], report: Report
) -> tuple[list[Incoming], list[Incoming]]:
    """The first file of each id, and those that may have it where that one turns out to say nothing.

    Files whose id another has already are refused.
    """
    first: dict[str, Incoming] = {}
    later = []
    for one in ready:
        id_, origin = one.article.id, one.origin or ""
        if (owner := owners.get(id_, origin)) != origin:
            report.refused.append((origin, f"Its id '{id_}' is that of {owner} already."))
        elif first.setdefault(id_, one) is not one:
            later.append(one)
    return list(first.values()), later


def put_each(ingest: Ingest, batch: Sequence[Incoming], report: Report) -> list[Incoming]:
    """Puts a batch and returns what went in; an article that cannot be read is refused, and the others are put."""
    try:
        report.count(ingest.put_articles(batch))
    except InvalidInput as reason:
        if len(batch) == 1:
            report.refused.append((batch[0].origin or batch[0].article.id, str(reason)))
            return []
        return [taken for one in batch for taken in put_each(ingest, [one], report)]
    return list(batch)
