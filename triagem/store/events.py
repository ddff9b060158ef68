"""The event log: every suggestion and triage that was answered, and what people then did with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from triagem.store.tables import events


class EventKind(StrEnum):
    SUGGESTION = "suggestion"
    TRIAGE = "triage"
    FEEDBACK = "feedback"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. For feedback `subject_id` is the suggestion or triage it speaks of, for a triage the
    ticket it looked at, if that is known.
    """

    id: str
    kind: EventKind
    payload: dict[str, Any]
    created_at: datetime
    subject_id: str | None = None


def append(connection: Connection, desk: str, new: Sequence[Event]) -> None:
    rows = [
        {
            "desk": desk,
            "id": event.id,
            "kind": event.kind.value,
            "subject_id": event.subject_id,
            "payload": event.payload,
            "created_at": event.created_at,
        }
        for event in new
    ]
    if rows:
        connection.execute(insert(events), rows)


def get(connection: Connection, desk: str, event_id: str) -> Event | None:
    row = connection.execute(select(events).where(events.c.desk == desk, events.c.id == event_id)).first()
    return None if row is None else _event(row)


def feedback_on(connection: Connection, desk: str, subject_id: str) -> list[Event]:
    """What was reported of a suggestion or triage, oldest first."""
    query = (
        select(events)
        .where(events.c.desk == desk, events.c.subject_id == subject_id)
        .order_by(events.c.created_at, events.c.id)
    )
    return [_event(row) for row in connection.execute(query)]


def newest_triage_of(connection: Connection, desk: str, ticket_id: str) -> Event | None:
    """The last triage of a ticket; None if there was none."""
    query = (
        select(events)
        .where(events.c.desk == desk, events.c.subject_id == ticket_id, events.c.kind == EventKind.TRIAGE.value)
        .order_by(events.c.created_at.desc(), events.c.id)
        .limit(1)
    )
    row = connection.execute(query).first()
    return None if row is None else _event(row)


def count(connection: Connection, desk: str) -> int:
    return connection.scalar(select(func.count()).select_from(events).where(events.c.desk == desk)) or 0


def _event(row: Row[Any]) -> Event:
    return Event(row.id, EventKind(row.kind), row.payload, row.created_at, row.subject_id)
