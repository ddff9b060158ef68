"""Targets of precision: what holds, what another would change, and setting one."""

import anyio.to_thread
from fastapi import APIRouter

from service.auth import Caller, MayAdminister
from service.routes.common import problems
from service.schemas.targets import (
    EffectsOut,
    StandingsOut,
    TargetsIn,
    TargetsPutIn,
    WhyIn,
    effects_out,
    standing_out,
)
from service.state import Open, State
from triagem.triage.standing import change, standing
from triagem.triage.targets import choose
from triagem.triage.watch import reopen
from triagem.types import TicketField

router = APIRouter(prefix="/v1", tags=["targets"], responses=problems())


@router.get("/targets")
async def get_targets(caller: MayAdminister, state: Open) -> StandingsOut:
    """Each field's targets and its curve: what it would fill at which precision."""
    return await anyio.to_thread.run_sync(_standing, state, caller.desk)


@router.post("/targets/{field}:preview", responses=problems(409))
async def preview_targets(field: TicketField, body: TargetsIn, caller: MayAdminister, state: Open) -> EffectsOut:
    """What these targets would change; nothing is set."""
    return await anyio.to_thread.run_sync(_preview, state, caller.desk, field, body)


@router.put("/targets/{field}")
async def put_targets(field: TicketField, body: TargetsPutIn, caller: MayAdminister, state: Open) -> StandingsOut:
    """Sets a field's targets from the next answer on."""
    return await anyio.to_thread.run_sync(_put, state, caller, field, body)


@router.post("/targets/{field}:reopen")
async def reopen_classes(field: TicketField, body: WhyIn, caller: MayAdminister, state: Open) -> StandingsOut:
    """Takes back what corrections have closed in a field; only what is said from now on can close it again."""
    return await anyio.to_thread.run_sync(_reopen, state, caller, field, body)


def _reopen(state: State, caller: Caller, field: TicketField, body: WhyIn) -> StandingsOut:
    with state.database.write() as connection:
        reopen(connection, caller.desk, field, actor=caller.actor, why=body.why)
    return _standing(state, caller.desk)


def _standing(state: State, desk: str) -> StandingsOut:
    return StandingsOut(fields=[standing_out(standing(state.sources.triager, desk, field)) for field in TicketField])


def _preview(state: State, desk: str, field: TicketField, body: TargetsIn) -> EffectsOut:
    targets = body.to_targets()
    return effects_out(field, targets, change(state.sources.triager, desk, field, targets))


def _put(state: State, caller: Caller, field: TicketField, body: TargetsPutIn) -> StandingsOut:
    with state.database.write() as connection:
        choose(connection, caller.desk, field, body.to_targets(), actor=caller.actor, why=body.why)
    return _standing(state, caller.desk)
