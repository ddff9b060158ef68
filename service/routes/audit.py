"""The audit log: who did what to the desk, and why."""

from datetime import datetime
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Query

from service.auth import MayAdminister
from service.routes.common import problems
from service.schemas.base import Out
from service.state import Open, State
from triagem.store import audit
from triagem.store.audit import Action, Entry

router = APIRouter(prefix="/v1", tags=["audit"], responses=problems())


class EntryOut(Out):
    """One act; `subject` is what it was done to."""

    id: int
    at: datetime | None
    actor: str
    action: Action
    subject: str
    why: str
    details: dict[str, Any]


class AuditOut(Out):
    """The latest first; read on with `before` set to the last id."""

    entries: list[EntryOut]


@router.get("/audit")
async def get_audit(
    caller: MayAdminister,
    state: Open,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
) -> AuditOut:
    """Promotions, rollbacks, targets, keys and everything else that somebody answers for."""
    entries = await anyio.to_thread.run_sync(_read, state, caller.desk, limit, before)
    return AuditOut(entries=[_out(one) for one in entries])


def _read(state: State, desk: str, limit: int, before: int | None) -> list[Entry]:
    with state.database.read() as connection:
        return audit.newest_first(connection, desk, limit=limit, before=before)


def _out(entry: Entry) -> EntryOut:
    return EntryOut(
        id=entry.id,
        at=entry.at,
        actor=entry.actor,
        action=entry.action,
        subject=entry.subject,
        why=entry.why,
        details=entry.details,
    )
