"""Tickets, past and present, with the labels people gave them: put, get, delete, list."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, select
from sqlalchemy.dialects.sqlite import insert as upsert

from triagem.store import changes
from triagem.store.chunks import chunks
from triagem.store.older_ids import forms
from triagem.store.tables import tickets
from triagem.types import Kind, Language, Provenance, Ticket, TicketField


@dataclass(frozen=True, slots=True)
class StoredTicket:
    """A ticket with the digest of its fields and the digest under which its text's vector is kept."""

    ticket: Ticket
    digest: str
    text_digest: str


def put(connection: Connection, desk: str, stored: Sequence[StoredTicket]) -> None:
    """Writes tickets in the place of older ones of the same id, and records the changes."""
    remove(connection, desk, [form for one in stored for form in forms(one.ticket.id)[1:]])
    for one in stored:
        row = _row(desk, one)
        connection.execute(upsert(tickets).values(row).on_conflict_do_update(index_elements=["desk", "id"], set_=row))
    changes.record(connection, desk, kind=Kind.TICKET, refs=[one.ticket.id for one in stored])


def remove(connection: Connection, desk: str, ids: Sequence[str]) -> int:
    """Deletes tickets; returns how many existed."""
    existing: list[str] = []
    for chunk in chunks([form for one in ids for form in forms(one)]):
        existing += connection.scalars(select(tickets.c.id).where(tickets.c.desk == desk, tickets.c.id.in_(chunk)))
        connection.execute(delete(tickets).where(tickets.c.desk == desk, tickets.c.id.in_(chunk)))
    changes.record(connection, desk, kind=Kind.TICKET, refs=existing)
    return len(existing)


def get(connection: Connection, desk: str, ticket_id: str) -> Ticket | None:
    found = get_many(connection, desk, forms(ticket_id))
    return next((found[form] for form in forms(ticket_id) if form in found), None)


def get_many(connection: Connection, desk: str, ids: Sequence[str]) -> dict[str, Ticket]:
    """The tickets that exist among `ids`, by id."""
    return {stored.ticket.id: stored.ticket for stored in stored_many(connection, desk, ids)}


def stored_many(connection: Connection, desk: str, ids: Sequence[str]) -> list[StoredTicket]:
    """The tickets that exist among `ids`, sorted by id, with their digests."""
    found: list[StoredTicket] = []
    for chunk in chunks(sorted(ids)):
        query = select(tickets).where(tickets.c.desk == desk, tickets.c.id.in_(chunk)).order_by(tickets.c.id)
        found += [_stored(row) for row in connection.execute(query)]
    return found


def digests(connection: Connection, desk: str, ids: Sequence[str]) -> dict[str, str]:
    """The digest of each ticket that exists among `ids`."""
    found: dict[str, str] = {}
    for chunk in chunks(ids):
        query = select(tickets.c.id, tickets.c.digest).where(tickets.c.desk == desk, tickets.c.id.in_(chunk))
        found |= {row.id: row.digest for row in connection.execute(query)}
    return found


def ids(connection: Connection, desk: str) -> list[str]:
    """All ticket ids, sorted."""
    return list(connection.scalars(select(tickets.c.id).where(tickets.c.desk == desk).order_by(tickets.c.id)))


def count(connection: Connection, desk: str) -> int:
    return connection.scalar(select(func.count()).select_from(tickets).where(tickets.c.desk == desk)) or 0


def newest(connection: Connection, desk: str, *, limit: int) -> list[StoredTicket]:
    """At most `limit` tickets, the latest first."""
    query = select(tickets).where(tickets.c.desk == desk)
    return [_stored(row) for row in connection.execute(_newest_first(query).limit(limit))]


def newest_open(connection: Connection, desk: str, *, limit: int) -> list[StoredTicket]:
    """Tickets that nobody has closed, newest first."""
    query = select(tickets).where(tickets.c.desk == desk, tickets.c.closed_at.is_(None))
    return [_stored(row) for row in connection.execute(_newest_first(query).limit(limit))]


def oldest_open(connection: Connection, desk: str, *, limit: int) -> list[StoredTicket]:
    """Tickets that nobody has closed, oldest first."""
    query = select(tickets).where(tickets.c.desk == desk, tickets.c.closed_at.is_(None))
    return [_stored(row) for row in connection.execute(query.order_by(tickets.c.created_at, tickets.c.id).limit(limit))]


def of_requester(connection: Connection, desk: str, requester: str, *, limit: int) -> list[Ticket]:
    """The tickets of one person, newest first."""
    query = select(tickets).where(tickets.c.desk == desk, tickets.c.requester == requester)
    return [_stored(row).ticket for row in connection.execute(_newest_first(query).limit(limit))]


def with_requester(connection: Connection, desk: str, *, since: datetime, until: datetime) -> list[Ticket]:
    """Tickets that began in [since, until) and say whose they are."""
    query = (
        select(tickets)
        .where(tickets.c.desk == desk, tickets.c.requester.is_not(None))
        .where(tickets.c.created_at >= since, tickets.c.created_at < until)
    )
    return [_stored(row).ticket for row in connection.execute(query)]


def links(connection: Connection, desk: str) -> Iterator[tuple[str, str]]:
    """Articles and the tickets that they solved, by id, the newest ticket first: those that were closed with a link and
    not opened again. What a machine linked and nobody looked at solved nothing.
    """
    query = (
        select(tickets.c.id, tickets.c.article_ids)
        .where(tickets.c.desk == desk, tickets.c.closed_at.is_not(None), tickets.c.reopened.is_(False))
        .where(tickets.c.provenance != Provenance.AUTO_UNREVIEWED.value)
    )
    for ticket_id, article_ids in connection.execute(_newest_first(query)):
        yield from ((article_id, ticket_id) for article_id in dict.fromkeys(article_ids))


def count_open(connection: Connection, desk: str) -> int:
    """Tickets that nobody has closed."""
    query = select(func.count()).select_from(tickets).where(tickets.c.desk == desk, tickets.c.closed_at.is_(None))
    return connection.scalar(query) or 0


def labels(connection: Connection, desk: str) -> dict[TicketField, list[str]]:
    """By field the labels that tickets carry, the most used first."""
    columns = [tickets.c[field.value] for field in TicketField]
    # One look at an index that holds all four: 9 ms for 50,000 tickets.
    query = select(*columns, func.count()).where(tickets.c.desk == desk).group_by(*columns)
    used: dict[TicketField, Counter[str]] = {field: Counter() for field in TicketField}
    for *values, many in connection.execute(query):
        for field, label in zip(TicketField, values, strict=True):
            if label is not None:
                used[field][label] += many
    return {field: [label for label, _ in counted.most_common()] for field, counted in used.items()}


def labels_of(connection: Connection, desk: str, field: TicketField) -> list[str]:
    """One field's labels that tickets carry, the most used first: in less time than all of them."""
    column = tickets.c[field.value]
    query = select(column).where(tickets.c.desk == desk, column.is_not(None)).group_by(column)
    return list(connection.scalars(query.order_by(func.count().desc(), column)))


def each(connection: Connection, desk: str) -> Iterator[StoredTicket]:
    """Every ticket in the order of its id, without holding all of them in memory."""
    query = select(tickets).where(tickets.c.desk == desk).order_by(tickets.c.id)
    for row in connection.execution_options(yield_per=500).execute(query):
        yield _stored(row)


def _newest_first(query: Select[Any]) -> Select[Any]:
    return query.order_by(tickets.c.created_at.desc(), tickets.c.id.desc())


def _row(desk: str, stored: StoredTicket) -> dict[str, Any]:
    ticket = stored.ticket
    return {
        "desk": desk,
        "id": ticket.id,
        "created_at": ticket.created_at,
        "subject": ticket.subject,
        "description": ticket.description,
        "channel": ticket.channel,
        "language": ticket.language.value,
        "category": ticket.category,
        "type": ticket.type,
        "priority": ticket.priority,
        "team": ticket.team,
        "requester": ticket.requester,
        "contract": ticket.contract,
        "resolution": ticket.resolution,
        "article_ids": list(ticket.article_ids),
        "closed_at": ticket.closed_at,
        "reopened": ticket.reopened,
        "provenance": ticket.provenance.value,
        "digest": stored.digest,
        "text_digest": stored.text_digest,
    }


def _stored(row: Row[Any]) -> StoredTicket:
    ticket = Ticket(
        id=row.id,
        created_at=row.created_at,
        subject=row.subject,
        description=row.description,
        channel=row.channel,
        language=Language(row.language),
        category=row.category,
        type=row.type,
        priority=row.priority,
        team=row.team,
        requester=row.requester,
        contract=row.contract,
        resolution=row.resolution,
        article_ids=tuple(row.article_ids),
        closed_at=row.closed_at,
        reopened=row.reopened,
        provenance=Provenance(row.provenance),
    )
    return StoredTicket(ticket, row.digest, row.text_digest)
