"""Writes what was answered and what people did with it, many rows per commit, off the event loop.

An answer does not wait for its row; feedback does, because it was promised to be on the disk.
"""

import queue
import threading
import time
import uuid
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from service.observability import EVENTS_DROPPED, log, where
from triagem.errors import NotFound
from triagem.search.searcher import Answer
from triagem.store import events, triaged
from triagem.store.database import Database
from triagem.store.events import Event, EventKind
from triagem.store.triaged import TriagedText

_WAITING_AT_MOST: Final = 10_000
_ROWS_PER_COMMIT: Final = 512
# Rows that nobody waits for are gathered so long: ten commits a second instead of one for each answer.
_LINGER_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class _Row:
    desk: str
    event: Event
    about: EventKind | None = None
    written: Future[None] | None = field(default=None)
    text: TriagedText | None = None


class EventLog:
    """The one writer of events in this process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queue: queue.Queue[_Row | None] = queue.Queue(_WAITING_AT_MOST)
        self._thread = threading.Thread(target=self._work, name="events", daemon=True)
        self._thread.start()

    def note(self, desk: str, event: Event, *, text: TriagedText | None = None) -> None:
        """Takes an answer's row along, and what it was asked. With 10,000 waiting it is dropped and counted: answering
        comes first.
        """
        try:
            self._queue.put_nowait(_Row(desk, event, text=text))
        except queue.Full:
            EVENTS_DROPPED.inc()

    def report(self, desk: str, event: Event, *, about: EventKind) -> Future[None]:
        """Settled when the row is on the disk; `NotFound` when the desk has no `about` of its `subject_id`."""
        written: Future[None] = Future()
        self._queue.put(_Row(desk, event, about, written))
        return written

    def close(self) -> None:
        """Writes what waits, then ends."""
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        ended = False
        while not ended:
            rows = [self._queue.get()]
            commit_at = time.monotonic() + _LINGER_S
            while len(rows) < _ROWS_PER_COMMIT and rows[-1] is not None and rows[-1].written is None:
                try:
                    rows.append(self._queue.get(timeout=max(0.0, commit_at - time.monotonic())))
                except queue.Empty:
                    break
            ended = rows[-1] is None
            self._commit([row for row in rows if row is not None])

    def _commit(self, rows: list[_Row]) -> None:
        failures: dict[str, Exception] = {}
        try:
            with self._database.write() as connection:
                for row in rows:
                    if row.about is not None:
                        subject = events.get(connection, row.desk, row.event.subject_id or "")
                        if subject is None or subject.kind is not row.about:
                            failures[row.event.id] = NotFound(f"This desk has no such {row.about.value}.")
                            continue
                    events.append(connection, row.desk, [row.event])
                    if row.text is not None:
                        triaged.append(connection, row.desk, [row.text])
        except Exception as error:  # a full disk or a locked database must not end the thread
            log.error("events not written", rows=len(rows), error=type(error).__name__, at=where(error))
            failures = {row.event.id: error for row in rows}
        for row in rows:
            if row.written is not None:
                _settle(row.written, failures.get(row.event.id))


def _settle(written: Future[None], failure: Exception | None) -> None:
    if failure is None:
        written.set_result(None)
    else:
        written.set_exception(failure)


def shown(answer: Answer, *, basis: str) -> dict[str, Any]:
    """What an event keeps of the articles that were shown: their relevance as it was told, and as it was shipped."""
    return {
        "articles": {hit.id: round(hit.relevance, 4) for hit in answer.hits},
        "raw": {hit.id: round(hit.raw_relevance, 4) for hit in answer.hits},
        "basis": basis,
    }


def new_event(kind: EventKind, payload: dict[str, Any], *, subject_id: str | None = None) -> Event:
    """An event of this moment with an id of its own."""
    return Event(uuid.uuid4().hex, kind, payload, datetime.now(UTC), subject_id)
