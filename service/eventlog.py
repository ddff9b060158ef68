"""Writes what was answered and what people did with it, many rows per commit, off the event loop.

An answer does not wait for its row; feedback does, because it was promised to be on the disk.
"""

import queue
import threading
import time
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

from service.observability import EVENTS_DROPPED, log, where
from triagem.errors import NotFound
from triagem.search.searcher import Answer
from triagem.store import events, triaged
from triagem.store.database import Database
from triagem.store.events import Event, EventKind
from triagem.store.once import id_of
from triagem.store.triaged import TriagedText

# What waits while the disk does not write: about 30 MB of rows and as much of texts, then answers' rows are dropped.
_WAITING_AT_MOST: Final = 10_000
_CHARACTERS_WAITING_AT_MOST: Final = 8_000_000
_REPORTS_WAITING_AT_MOST: Final = 1_000
_ROWS_PER_COMMIT: Final = 512
_CLOSE_WITHIN_S: Final = 4.0
# Rows that nobody waits for are gathered so long: ten commits a second instead of one for each answer.
_LINGER_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class _Row:
    desk: str
    event: Event
    about: EventKind | None = None
    written: Future[None] | None = field(default=None)
    text: TriagedText | None = None

    @property
    def characters(self) -> int:
        return len(self.text.subject) + len(self.text.description) if self.text else 0


class EventLog:
    """The one writer of events in this process. Whoever hands it a row never waits for the disk.

    What is lost, because too much waited or the database refused it, is counted, and said once until it is over.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queue: queue.Queue[_Row | None] = queue.Queue(_WAITING_AT_MOST + _REPORTS_WAITING_AT_MOST)
        self._counting = threading.Lock()
        self._characters = 0
        self._lost = 0
        self._in_hand = 0
        self._thread = threading.Thread(target=self._work, name="events", daemon=True)
        self._thread.start()

    def note(self, desk: str, event: Event, *, text: TriagedText | None = None) -> None:
        """Takes an answer's row along, and what it was asked. With 10,000 rows or 8 million characters waiting it is
        dropped and counted: answering comes first.
        """
        row = _Row(desk, event, text=text)
        with self._counting:
            fits = (
                self._queue.qsize() < _WAITING_AT_MOST
                and self._characters + row.characters <= _CHARACTERS_WAITING_AT_MOST
            )
            if fits:
                self._characters += row.characters
                self._queue.put_nowait(row)
        if not fits:
            self._lose(1, why="too many wait to be written")

    def report(self, desk: str, event: Event, *, about: EventKind) -> Future[None]:
        """Settled when the row is on the disk; `NotFound` when the desk has no `about` of its `subject_id`.

        An event whose id is there already was sent again: one row stays.

        Raises `queue.Full` when so many wait that there is no hope for one more.
        """
        written: Future[None] = Future()
        self._queue.put_nowait(_Row(desk, event, about, written))
        return written

    def close(self, *, within_s: float = _CLOSE_WITHIN_S) -> bool:
        """Writes what waits, then ends. False where the disk takes longer: what it has not taken is counted as lost."""
        until = time.monotonic() + within_s
        with suppress(queue.Full):
            self._queue.put(None, timeout=within_s)
        self._thread.join(until - time.monotonic())
        if not self._thread.is_alive():
            return True
        with self._queue.mutex:
            waiting = sum(row is not None for row in self._queue.queue)
        self._lose(waiting + self._in_hand, why="the disk is too slow to end in time")
        return False

    def _work(self) -> None:
        ended = False
        while not ended:
            rows = self._gather()
            ended = rows[-1] is None
            some = [row for row in rows if row is not None]
            self._in_hand = len(some)
            self._write(some)
            self._in_hand = 0

    def _gather(self) -> list[_Row | None]:
        """What goes into one commit. None, which ends the work, is the last."""
        rows = [self._queue.get()]
        commit_at = time.monotonic() + _LINGER_S
        while len(rows) < _ROWS_PER_COMMIT and (last := rows[-1]) is not None:
            if last.written is not None:
                commit_at = 0.0  # somebody waits: only what is here already goes along
            try:
                rows.append(self._queue.get(timeout=max(0.0, commit_at - time.monotonic())))
            except queue.Empty:
                break
        return rows

    def _write(self, rows: list[_Row]) -> None:
        with self._counting:
            self._characters -= sum(row.characters for row in rows)
        failures: dict[str, Exception] = {}
        try:
            failures = self._commit(rows)
        except Exception as error:  # a full disk or a locked database must not end the thread
            failures = {row.event.id: error for row in rows}
            self._lose(len(rows), why="the database refuses them", error=type(error).__name__, at=where(error))
        else:
            self._say_that_it_is_over()
        for row in rows:
            if row.written is not None:
                _settle(row.written, failures.get(row.event.id))

    def _commit(self, rows: list[_Row]) -> dict[str, Exception]:
        """Why rows were left out, by the event's id: each of those spoke of an answer that its desk does not have."""
        failures: dict[str, Exception] = {}
        with self._database.write() as connection:
            for desk, some in groupby(rows, key=lambda row: row.desk):
                kept: list[_Row] = []
                known: dict[str, Event] = {}
                for row in some:
                    subject_id = row.event.subject_id or ""
                    if row.about is not None:
                        if row.event.id in known or events.get(connection, desk, row.event.id):
                            continue  # sent once more, because its first answer was lost
                        subject = known.get(subject_id) or events.get(connection, desk, subject_id)
                        if subject is None or subject.kind is not row.about:
                            failures[row.event.id] = NotFound(f"This desk has no such {row.about.value}.")
                            continue
                    kept.append(row)
                    known[row.event.id] = row.event
                events.append(connection, desk, [row.event for row in kept])
                triaged.append(connection, desk, [row.text for row in kept if row.text is not None])
        return failures

    def _lose(self, rows: int, *, why: str, **details: object) -> None:
        EVENTS_DROPPED.inc(rows)
        with self._counting:
            is_news = not self._lost
            self._lost += rows
        if is_news:
            log.error("events are lost", why=why, **details)

    def _say_that_it_is_over(self) -> None:
        # Half empty again: a queue that is full by a hair would say so ten times a second.
        with self._counting:
            lost = self._lost if self._queue.qsize() < _WAITING_AT_MOST // 2 else 0
            self._lost -= lost
        if lost:
            log.warning("events are written again", lost=lost)


def _settle(written: Future[None], failure: Exception | None) -> None:
    # Whoever asked may have gone meanwhile: their future is cancelled, and settling it would raise in this thread.
    if not written.set_running_or_notify_cancel():
        return
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


def new_event(kind: EventKind, payload: dict[str, Any], *, subject_id: str | None = None, once: str = "") -> Event:
    """An event of this moment with an id of its own; the same again for the same that is said with the same `once`."""
    return Event(id_of(once, kind.value, subject_id, payload), kind, payload, datetime.now(UTC), subject_id)
