"""The event log: every suggestion and triage that was answered, and what people then did with it.

What follows from feedback stands in `triagem.triage.labels`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select

from triagem.store import uses
from triagem.store.chunks import chunks
from triagem.store.tables import events
from triagem.store.uses import Use
from triagem.types import FeedbackEvent

_ABOUT, _SAID = events.alias("about"), events.alias("said")


class EventKind(StrEnum):
    SUGGESTION = "suggestion"
    TRIAGE = "triage"
    FEEDBACK = "feedback"
    # What a candidate would have answered; shown to nobody.
    SHADOW = "shadow"


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
    """Writes events, and counts the uses of articles that they tell of."""
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
        uses.add(connection, desk, (use for event in new for use in _uses(event)))


def get(connection: Connection, desk: str, event_id: str) -> Event | None:
    row = connection.execute(select(events).where(events.c.desk == desk, events.c.id == event_id)).first()
    return None if row is None else _event(row)


def on_triages(
    connection: Connection,
    desk: str,
    *,
    kind: EventKind = EventKind.FEEDBACK,
    since: datetime | None = None,
    said_since: datetime | None = None,
    tickets: Sequence[str] | None = None,
) -> list[tuple[Event, Event]]:
    """Each triage with an event that speaks of it, in the order of those events.

    `since` bounds the triages' time, `said_since` (exclusive) that of the events that speak of them; `tickets` (at most
    a few hundred) leaves those that looked at one of them.
    """
    columns = (
        *(column.label(f"about_{column.name}") for column in _ABOUT.c),
        *(column.label(f"said_{column.name}") for column in _SAID.c),
    )
    query = _pairs(select(*columns), desk, kind, since, said_since)
    if tickets is not None:
        # Asked for apart, so that SQLite begins there and not at all the events of the kind: 8 ms instead of 39.
        looked = select(events.c.id).where(events.c.desk == desk, events.c.subject_id.in_(tickets))
        query = query.where(_SAID.c.subject_id.in_(looked))
    return [(_part(row, "about"), _part(row, "said")) for row in connection.execute(query)]


def ids_on_triages(
    connection: Connection, desk: str, *, since: datetime | None = None, said_since: datetime | None = None
) -> list[tuple[str, str]]:
    """The ids of what `on_triages` finds of feedback: each triage's, and that of the event that speaks of it."""
    query = _pairs(select(_ABOUT.c.id, _SAID.c.id), desk, EventKind.FEEDBACK, since, said_since)
    return [(triage_id, said_id) for triage_id, said_id in connection.execute(query)]


def newest_ids(connection: Connection, desk: str, *, kind: EventKind, since: datetime, limit: int) -> list[str]:
    """The ids of at most `limit` events of a kind since a moment, the latest first."""
    query = select(events.c.id).where(events.c.desk == desk, events.c.kind == kind.value, events.c.created_at >= since)
    return list(connection.scalars(query.order_by(events.c.created_at.desc()).limit(limit)))


def get_many(connection: Connection, desk: str, ids: Sequence[str]) -> list[Event]:
    """Those that there are among `ids`, in no order."""
    queries = (select(events).where(events.c.desk == desk, events.c.id.in_(chunk)) for chunk in chunks(ids))
    return [_event(row) for query in queries for row in connection.execute(query)]


def newest(connection: Connection, desk: str, *, kind: EventKind, limit: int) -> list[Event]:
    """At most `limit` events of a kind, the latest first."""
    query = select(events).where(events.c.desk == desk, events.c.kind == kind.value)
    return [_event(row) for row in connection.execute(query.order_by(events.c.created_at.desc()).limit(limit))]


def between(
    connection: Connection, desk: str, *, kinds: Sequence[EventKind], since: datetime, until: datetime
) -> list[Event]:
    """Events of some kinds in [since, until), oldest first."""
    query = (
        select(events)
        .where(events.c.desk == desk, events.c.kind.in_([kind.value for kind in kinds]))
        .where(events.c.created_at >= since, events.c.created_at < until)
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


def count_of(connection: Connection, desk: str, kind: EventKind) -> int:
    query = select(func.count()).select_from(events).where(events.c.desk == desk, events.c.kind == kind.value)
    return connection.scalar(query) or 0


def _uses(event: Event) -> Iterator[tuple[datetime, str, Use]]:
    payload, at = event.payload, event.created_at
    if event.kind is EventKind.SUGGESTION:
        yield from ((at, article_id, Use(shown=1)) for article_id in payload.get("articles", ()))
    elif event.kind is EventKind.FEEDBACK and (article_id := payload.get("article_id")):
        what = payload.get("event")
        if what == FeedbackEvent.OPENED:
            yield at, article_id, Use(opened=1)
        elif what == FeedbackEvent.SOLVED:
            yield at, article_id, Use(solved=1)


def _pairs(
    query: Select[Any], desk: str, kind: EventKind, since: datetime | None, said_since: datetime | None
) -> Select[Any]:
    """The query over each triage, `_ABOUT`, with an event that speaks of it, `_SAID`, in the order of those events."""
    query = (
        query.join_from(_SAID, _ABOUT, (_ABOUT.c.desk == _SAID.c.desk) & (_ABOUT.c.id == _SAID.c.subject_id))
        .where(_SAID.c.desk == desk, _SAID.c.kind == kind.value, _ABOUT.c.kind == EventKind.TRIAGE.value)
        .order_by(_SAID.c.created_at, _SAID.c.id)
    )
    if since is not None:
        query = query.where(_ABOUT.c.created_at >= since)
    if said_since is not None:
        query = query.where(_SAID.c.created_at > said_since)
    return query


def _part(row: Row[Any], name: str) -> Event:
    found = row._mapping
    return Event(
        found[f"{name}_id"],
        EventKind(found[f"{name}_kind"]),
        found[f"{name}_payload"],
        found[f"{name}_created_at"],
        found[f"{name}_subject_id"],
    )


def _event(row: Row[Any]) -> Event:
    return Event(row.id, EventKind(row.kind), row.payload, row.created_at, row.subject_id)
