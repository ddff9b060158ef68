"""Lets the candidate in shadow answer what was answered, after the answer has gone out, in a thread of low priority.

What it says goes to the event log and to nobody; keeping score is `triagem.triage.shadow`.
"""

import os
import queue
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from numpy.typing import NDArray

from service.eventlog import EventLog, new_event
from service.observability import SHADOW_DROPPED, log, where
from triagem.store import choices
from triagem.store.database import Database
from triagem.store.events import EventKind
from triagem.triage.opened import Opened
from triagem.triage.shadow import in_shadow, shadow_payload
from triagem.triage.triager import Triager

# What waits longer than these is dropped and counted: a comparison needs many answers, not every one.
_WAITING_AT_MOST: Final = 200
_GENTLY: Final = 10


@dataclass(frozen=True, slots=True)
class _Asked:
    desk: str
    triage_id: str
    text: str
    vector: NDArray[Any]


class Shadow:
    """One thread that answers again what it is offered, where a desk has a candidate in shadow."""

    def __init__(self, database: Database, triager: Triager, events: EventLog) -> None:
        self._database = database
        self._triager = triager
        self._events = events
        self._queue: queue.Queue[_Asked | None] = queue.Queue(_WAITING_AT_MOST)
        self._opened: dict[str, tuple[int, str | None, Opened | None]] = {}
        self._thread = threading.Thread(target=self._work, name="shadow", daemon=True)
        self._thread.start()

    def offer(self, desk: str, triage_id: str, text: str, vector: NDArray[Any]) -> None:
        """Takes a triage along that has been answered; never waits."""
        try:
            self._queue.put_nowait(_Asked(desk, triage_id, text, vector))
        except queue.Full:
            SHADOW_DROPPED.inc()

    def close(self) -> None:
        """Leaves what waits and ends."""
        with suppress(queue.Empty):
            while True:
                self._queue.get_nowait()
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _GENTLY)
        while (asked := self._queue.get()) is not None:
            try:
                self._answer(asked)
            except Exception as error:  # a candidate that fails must not end the thread
                log.warning("shadow failed", desk=asked.desk, error=type(error).__name__, at=where(error))

    def _answer(self, asked: _Asked) -> None:
        version, opened = self._candidate(asked.desk)
        if version is None or opened is None or not asked.text:
            return
        payload = shadow_payload(version, opened.decide(asked.text, asked.vector))
        self._events.note(asked.desk, new_event(EventKind.SHADOW, payload, subject_id=asked.triage_id))

    def _candidate(self, desk: str) -> tuple[str | None, Opened | None]:
        """The candidate, opened anew when anything was chosen; one that cannot be opened is tried once."""
        with self._database.read() as connection:
            revision, version = choices.revision(connection, desk), in_shadow(connection, desk)
        known = self._opened.get(desk)
        if known is None or known[0] != revision:
            self._opened[desk] = (revision, version, None)
            opened = self._triager.candidate(desk, version) if version else None
            self._opened[desk] = (revision, version, opened)
        return self._opened[desk][1], self._opened[desk][2]
