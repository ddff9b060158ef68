"""Who did what to a desk, and why: rows that are added and never changed.

What an action does stands in the module of its noun; each writes its row in the transaction that acts.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, insert, select

from triagem.store.tables import audit

# What stands for a reason where nobody gave one.
BY_COMMAND: Final = "By command, without a reason given."
OVER_HTTP: Final = "Over HTTP, without a reason given."
# Who promotes the first model of a field.
TRAINER: Final = "train"
# Who asks for a training that is due.
SCHEDULE: Final = "schedule"


class Action(StrEnum):
    """What is written down."""

    TRAIN = "train"
    PROMOTE = "promote"
    FORCE = "force"
    ROLLBACK = "rollback"
    WITHDRAW = "withdraw"
    TARGETS = "targets"
    TAXONOMY = "taxonomy"
    RELEVANCE = "relevance"
    SHADOW = "shadow"
    MIX = "mix"
    CLOSE_CLASS = "close_class"
    REOPEN_CLASS = "reopen_class"
    KEY_CREATE = "key_create"
    KEY_REVOKE = "key_revoke"


@dataclass(frozen=True, slots=True)
class Entry:
    """One act. `subject` is what it was done to, such as a version or a key's id; `id` and `at` are given when read."""

    actor: str
    action: Action
    subject: str
    why: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    id: int = 0
    at: datetime | None = None


def record(connection: Connection, desk: str, entry: Entry) -> None:
    """Writes an act down, in the caller's transaction: it is there exactly when what was done is."""
    row = {
        "desk": desk,
        "actor": entry.actor,
        "action": entry.action.value,
        "subject": entry.subject,
        "why": entry.why,
        "details": entry.details,
        "created_at": datetime.now(UTC),
    }
    connection.execute(insert(audit).values(row))


def newest_first(connection: Connection, desk: str, *, limit: int, before: int | None = None) -> list[Entry]:
    """At most `limit` entries, the latest first; `before` an id, to read on."""
    query = select(audit).where(audit.c.desk == desk).order_by(audit.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(audit.c.id < before)
    return [
        Entry(row.actor, Action(row.action), row.subject, row.why, row.details, row.id, row.created_at)
        for row in connection.execute(query)
    ]
