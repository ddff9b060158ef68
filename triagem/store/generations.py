"""The published search indexes of a desk: which exist, which one answers."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select

from triagem.store import changes, desks
from triagem.store.tables import desks as desks_table
from triagem.store.tables import generations

# The one that answers and the one before it: a reader may still be opening it.
KEPT = 2


# Built once: every query asks it, and making a statement costs more than running it.
_PUBLISHED = (
    select(generations)
    .join(desks_table, (desks_table.c.desk == generations.c.desk) & (desks_table.c.generation_id == generations.c.id))
    .where(generations.c.desk == bindparam("desk"))
)


@dataclass(frozen=True, slots=True)
class Generation:
    """One index. `seq` is the last change it holds; `manifest_digest` seals its files."""

    id: str
    encoder: str
    seq: int
    manifest_digest: str
    statistics: dict[str, Any]
    published_at: datetime


def publish(
    connection: Connection,
    desk: str,
    *,
    generation_id: str,
    encoder: str,
    seq: int,
    manifest_digest: str,
    statistics: dict[str, Any],
) -> Generation:
    """Makes a generation the one that answers, and forgets all but the newest `KEPT`, whose files may go."""
    new = Generation(generation_id, encoder, seq, manifest_digest, statistics, datetime.now(UTC))
    connection.execute(insert(generations).values(desk=desk, **asdict(new)))
    desks.point_to_generation(connection, desk, generation_id)
    everything = newest_first(connection, desk)
    kept, retired = everything[:KEPT], [generation.id for generation in everything[KEPT:]]
    connection.execute(delete(generations).where(generations.c.desk == desk, generations.c.id.in_(retired)))
    changes.forget_until(connection, desk, min(generation.seq for generation in kept))
    return new


def published(connection: Connection, desk: str) -> Generation | None:
    """The generation that answers for this desk."""
    row = connection.execute(_PUBLISHED, {"desk": desk}).first()
    return None if row is None else _generation(row)


def newest_first(connection: Connection, desk: str) -> list[Generation]:
    query = select(generations).where(generations.c.desk == desk).order_by(generations.c.id.desc())
    return [_generation(row) for row in connection.execute(query)]


def _generation(row: Row[Any]) -> Generation:
    return Generation(row.id, row.encoder, row.seq, row.manifest_digest, row.statistics, row.published_at)
