"""The texts of triaged requests, masked, so that a correction can be learned from; they are forgotten after a while.

What was answered stands in the event log under the same id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, func, insert, select

from triagem.store.chunks import chunks
from triagem.store.tables import events, triaged
from triagem.types import Language


@dataclass(frozen=True, slots=True)
class TriagedText:
    """One request as triage read it. `id` is the triage's; `ticket_id` is None where the caller named none."""

    id: str
    subject: str
    description: str
    language: Language
    text_digest: str
    created_at: datetime
    channel: str | None = None
    ticket_id: str | None = None
    requester: str | None = None


def append(connection: Connection, desk: str, new: Sequence[TriagedText]) -> None:
    rows = [
        {
            "desk": desk,
            "id": one.id,
            "ticket_id": one.ticket_id,
            "subject": one.subject,
            "description": one.description,
            "language": one.language.value,
            "channel": one.channel,
            "requester": one.requester,
            "text_digest": one.text_digest,
            "created_at": one.created_at,
        }
        for one in new
    ]
    if rows:
        connection.execute(insert(triaged), rows)


def get_many(connection: Connection, desk: str, ids: Sequence[str]) -> dict[str, TriagedText]:
    """Those that are still kept among `ids`, by id."""
    found: dict[str, TriagedText] = {}
    for chunk in chunks(sorted(ids)):
        query = select(triaged).where(triaged.c.desk == desk, triaged.c.id.in_(chunk))
        found |= {row.id: _text(row) for row in connection.execute(query)}
    return found


def of_texts(connection: Connection, desk: str, digests: Sequence[str]) -> list[TriagedText]:
    """Those whose text has one of the digests."""
    found: list[TriagedText] = []
    for chunk in chunks(sorted(set(digests))):
        query = select(triaged).where(triaged.c.desk == desk, triaged.c.text_digest.in_(chunk))
        found += [_text(row) for row in connection.execute(query)]
    return found


def newest_first(connection: Connection, desk: str, *, limit: int) -> list[TriagedText]:
    """At most `limit` texts, the latest first."""
    query = select(triaged).where(triaged.c.desk == desk).order_by(triaged.c.created_at.desc(), triaged.c.id)
    return [_text(row) for row in connection.execute(query.limit(limit))]


def newest_ids(connection: Connection, desk: str, *, since: datetime, limit: int) -> list[str]:
    """The ids of at most `limit` texts since a moment, the latest first."""
    query = select(triaged.c.id).where(triaged.c.desk == desk, triaged.c.created_at >= since)
    return list(connection.scalars(query.order_by(triaged.c.created_at.desc(), triaged.c.id).limit(limit)))


def count(connection: Connection, desk: str) -> int:
    """How many texts are kept."""
    return connection.scalar(select(func.count()).select_from(triaged).where(triaged.c.desk == desk)) or 0


def forget_before(connection: Connection, desk: str, moment: datetime) -> int:
    """Deletes older texts that nobody has said anything of; returns how many. What was reviewed is a label's text."""
    reviewed = exists().where(events.c.desk == desk, events.c.subject_id == triaged.c.id)
    unused = (triaged.c.desk == desk) & (triaged.c.created_at < moment) & ~reviewed
    return connection.execute(delete(triaged).where(unused)).rowcount


def _text(row: Row[Any]) -> TriagedText:
    return TriagedText(
        id=row.id,
        subject=row.subject,
        description=row.description,
        language=Language(row.language),
        text_digest=row.text_digest,
        created_at=row.created_at,
        channel=row.channel,
        ticket_id=row.ticket_id,
        requester=row.requester,
    )
