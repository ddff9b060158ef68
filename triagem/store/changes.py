"""The log of what changed since a generation was built: the source of every searcher's delta."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from triagem.store.tables import changes
from triagem.types import Kind

_LATEST = select(func.max(changes.c.seq)).where(changes.c.desk == bindparam("desk"))


@dataclass(frozen=True, slots=True)
class Change:
    """One article or ticket was put or deleted; whether it still exists is for the reader to look up."""

    seq: int
    kind: Kind
    ref: str


def record(connection: Connection, desk: str, *, kind: Kind, refs: Iterable[str]) -> None:
    rows = [{"desk": desk, "kind": kind.value, "ref": ref} for ref in refs]
    if rows:
        connection.execute(insert(changes), rows)


def latest(connection: Connection, desk: str) -> int:
    """The newest change's number; 0 if there is none, or none that a generation does not hold."""
    return connection.scalar(_LATEST, {"desk": desk}) or 0


def since(connection: Connection, desk: str, seq: int) -> list[Change]:
    """The changes after `seq`, oldest first."""
    query = (
        select(changes.c.seq, changes.c.kind, changes.c.ref)
        .where(changes.c.desk == desk, changes.c.seq > seq)
        .order_by(changes.c.seq)
    )
    return [Change(row.seq, Kind(row.kind), row.ref) for row in connection.execute(query)]


def count_since(connection: Connection, desk: str, seq: int) -> int:
    query = select(func.count()).select_from(changes).where(changes.c.desk == desk, changes.c.seq > seq)
    return connection.scalar(query) or 0


def forget_until(connection: Connection, desk: str, seq: int) -> None:
    """Drops changes that every generation still in use already holds."""
    connection.execute(delete(changes).where(changes.c.desk == desk, changes.c.seq <= seq))
