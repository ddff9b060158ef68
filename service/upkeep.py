"""What a service does by itself now and then: closes what is no longer proven, asks for a due training, forgets texts.

The runner calls it, so of several processes on a data directory one does it.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from service.observability import CLOSED_CLASSES, log, where
from triagem.encoder.base import Encoder
from triagem.settings import Settings
from triagem.store import choices, desks, events, models, runs, triaged
from triagem.store.audit import SCHEDULE
from triagem.store.database import Connection, Database
from triagem.store.events import EventKind
from triagem.store.runs import RunKind
from triagem.triage import mix
from triagem.triage.learnable import learnable
from triagem.triage.newest import FEWEST, MIX_WATCHER, adopt, estimate
from triagem.triage.targets import closed_classes
from triagem.triage.triager import Triager
from triagem.triage.watch import close_broken
from triagem.types import TicketField

EVERY_S: Final = 60.0
MIX_EVERY: Final = timedelta(days=1)
# Half a second of encoding a minute: nobody who asks meanwhile shall feel it.
_ENCODED_AT_MOST: Final = 200


class Upkeep:
    """Called often, it does its work once a minute."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        triager: Triager,
        encoder: Encoder,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._settings = settings
        self._triager = triager
        self._encoder = encoder
        self._clock = clock
        self._due = float("-inf")
        self._seen: dict[str, tuple[str, int, int]] = {}

    def do(self) -> None:
        """Does what is due for every desk; what fails for one is logged, tried again, and keeps no other waiting."""
        if self._clock() < self._due:
            return
        self._due = self._clock() + EVERY_S
        with self._database.read() as connection:
            names = desks.names(connection)
        for desk in names:
            for what in (self._watch, self._recalibrate, self._retrain, self._forget):
                try:
                    what(desk)
                except Exception as error:  # whatever it is, what else is due is done
                    log.error("upkeep failed", desk=desk, error=type(error).__name__, at=where(error))

    def _watch(self, desk: str) -> None:
        stamp = self._stamp(desk)
        if self._seen.get(desk) == stamp:
            return
        for one in close_broken(self._database, self._triager, desk):
            log.warning(
                "class closed",
                desk=desk,
                field=one.field.value,
                label=one.name,
                mode=one.mode.value,
                reviewed=one.reviewed,
                right=one.right,
            )
        answering = self._triager.answering(desk)
        with self._database.read() as connection:
            closed = closed_classes(connection, desk)
        for field in TicketField:
            version = answering[field].version if field in answering else ""
            modes = closed.get(version, {}).get(field.value, {})
            CLOSED_CLASSES.labels(desk, field.value).set(sum(len(names) for names in modes.values()))
        self._seen[desk] = stamp

    def _stamp(self, desk: str) -> tuple[str, int, int]:
        """Another one once anything was said, promoted or chosen: reading all feedback costs a while."""
        with self._database.read() as connection:
            said = events.newest(connection, desk, kind=EventKind.FEEDBACK, limit=1)
            promotion = models.in_force(connection, desk)
            revision = choices.revision(connection, desk)
        return said[0].id if said else "", promotion.id if promotion else 0, revision

    def _recalibrate(self, desk: str) -> None:
        answering = self._triager.answering(desk)
        with self._database.read() as connection:
            known = mix.in_force(connection, desk)
            looked = [known.get(one.version, {}).get(field) for field, one in answering.items()]
            now = datetime.now(UTC)
            if all(one is not None and now - one.at < MIX_EVERY for one in looked):
                return
            if triaged.count(connection, desk) < FEWEST:
                return
        found = estimate(self._database, self._triager, self._encoder, desk, encode_at_most=_ENCODED_AT_MOST)
        if found:
            with self._database.write() as connection:
                adopt(connection, desk, found, actor=MIX_WATCHER)
        for one in found:
            if one.changes_something:
                log.warning(
                    "another mix", desk=desk, field=one.field.value, closed=dict(one.closed), opened=dict(one.opened)
                )

    def _retrain(self, desk: str) -> None:
        if not self._settings.retrain_days:
            return
        with self._database.read() as connection:
            due = training_is_due(connection, desk, days=self._settings.retrain_days, now=datetime.now(UTC))
        if due:
            with self._database.write() as connection:
                runs.queue(
                    connection,
                    desk,
                    kind=RunKind.TRAIN,
                    parameters={"by": SCHEDULE, "why": f"Due every {self._settings.retrain_days} days."},
                )
            log.info("training due", desk=desk)

    def _forget(self, desk: str) -> None:
        before = datetime.now(UTC) - timedelta(days=self._settings.keep_texts_days)
        with self._database.write() as connection:
            triaged.forget_before(connection, desk, before)


def training_is_due(connection: Connection, desk: str, *, days: int, now: datetime) -> bool:
    """Whether the desk's newest model, or its last try, is so old, and what can be learned is not what it learned."""
    known = models.newest_first(connection, desk)
    if not known:
        return False
    tried = runs.last_of(connection, desk, RunKind.TRAIN)
    last = max([known[0].created_at, *([tried.created_at] if tried else [])])
    return now - last >= timedelta(days=days) and learnable(connection, desk).digest() != known[0].snapshot_digest
