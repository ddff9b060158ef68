"""What was chosen for a desk while it runs, by name: targets of precision, labels, the shadow ...

What a choice means stands with whoever reads it; here it is a JSON value, with a number that grows with every change.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.dialects.sqlite import insert as upsert

from triagem.store import desks
from triagem.store.tables import choices

# Built once: searches and triages ask with every request, and making a statement costs more than running it.
_VALUE = select(choices.c.value).where(choices.c.desk == bindparam("desk"), choices.c.name == bindparam("name"))
_REVISION = select(func.max(choices.c.revision)).where(choices.c.desk == bindparam("desk"))


class Choice(StrEnum):
    """The names under which something is chosen."""

    TARGETS = "targets"
    SHADOW = "shadow"
    CLOSED = "closed"
    REOPENED = "reopened"
    TAXONOMY = "taxonomy"
    RELEVANCE = "relevance"
    MIX = "mix"


def get(connection: Connection, desk: str, name: Choice) -> Any:
    """The chosen value; None where nothing was chosen."""
    return connection.scalar(_VALUE, {"desk": desk, "name": name.value})


def put(connection: Connection, desk: str, name: Choice, value: Any) -> None:
    """Chooses a value for a desk, which exists from then on; takes effect with the caller's commit."""
    desks.ensure(connection, desk)
    row = {
        "desk": desk,
        "name": name.value,
        "value": value,
        "revision": revision(connection, desk) + 1,
        "changed_at": datetime.now(UTC),
    }
    connection.execute(upsert(choices).values(row).on_conflict_do_update(index_elements=["desk", "name"], set_=row))


def revision(connection: Connection, desk: str) -> int:
    """A number that changes whenever any choice of the desk does; 0 before the first."""
    return connection.scalar(_REVISION, {"desk": desk}) or 0
