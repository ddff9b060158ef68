"""Desks: the tenants of an installation, and the pointer to each one's published generation."""

from datetime import UTC, datetime

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.sqlite import insert

from triagem.store.tables import desks


def ensure(connection: Connection, desk: str) -> None:
    """Makes the desk exist."""
    row = {"desk": desk, "created_at": datetime.now(UTC)}
    connection.execute(insert(desks).values(row).on_conflict_do_nothing())


def names(connection: Connection) -> list[str]:
    """All desks, by name."""
    return list(connection.scalars(select(desks.c.desk).order_by(desks.c.desk)))


def point_to_generation(connection: Connection, desk: str, generation_id: str) -> None:
    """Switches the desk to another generation; takes effect with the caller's commit."""
    connection.execute(update(desks).where(desks.c.desk == desk).values(generation_id=generation_id))
