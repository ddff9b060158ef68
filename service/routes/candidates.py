"""Looking at a candidate before it answers: by the gate, in shadow beside today's models, and by replay."""

from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Query

from service.auth import Caller, MayAdminister
from service.routes.common import PathId, problems
from service.schemas.candidates import (
    GateOut,
    ReplayOut,
    ShadowIn,
    ShadowOut,
)
from service.schemas.targets import Precision
from service.state import Open, State
from triagem.triage.gate import gate_as_record, judge_promotion
from triagem.triage.replay import MOST, replay, replay_as_record
from triagem.triage.shadow import put_in_shadow, shadow_as_record, shadow_record
from triagem.triage.standing import other_targets
from triagem.types import Language, TicketField

router = APIRouter(prefix="/v1", tags=["models"], responses=problems())


@router.get("/shadow")
async def get_shadow(caller: MayAdminister, state: Open) -> ShadowOut:
    """How the candidate in shadow compares with what was answered, the more surely the more answers were corrected."""
    return await anyio.to_thread.run_sync(_shadow, state, caller.desk)


@router.put("/shadow", responses=problems(404))
async def put_shadow(body: ShadowIn, caller: MayAdminister, state: Open) -> ShadowOut:
    """Lets a version answer in shadow from the next triage on; null ends it."""
    return await anyio.to_thread.run_sync(_put_shadow, state, caller, body)


@router.get("/models/{version}/gate", responses=problems(404, 409))
async def get_gate(version: PathId, caller: MayAdminister, state: Open) -> GateOut:
    """What the gate would say of promoting a version, field by field; nothing is changed."""

    def work() -> GateOut:
        verdicts = judge_promotion(state.database, caller.desk, version, encoder_digest=state.encoder.digest)
        return GateOut.model_validate(gate_as_record(version, verdicts, Language.EN))

    return await anyio.to_thread.run_sync(work)


@router.get("/models/{version}/replay", responses=problems(404, 409))
async def get_replay(
    version: PathId,
    caller: MayAdminister,
    state: Open,
    last: Annotated[int, Query(ge=1, le=MOST)] = 200,
    field: TicketField | None = None,
    auto: Annotated[Precision | None, Query()] = None,
    preselect: Annotated[Precision | None, Query()] = None,
) -> ReplayOut:
    """Which of the newest tickets would be answered otherwise by a version (`current`: the one that answers), or by
    other targets of one field.
    """

    def work() -> ReplayOut:
        triager = state.sources.triager
        targets = other_targets(triager, caller.desk, field, auto=auto, preselect=preselect)
        found = replay(state.database, triager, state.encoder, caller.desk, version=version, targets=targets, last=last)
        return ReplayOut.model_validate(replay_as_record(found))

    return await anyio.to_thread.run_sync(work)


def _shadow(state: State, desk: str) -> ShadowOut:
    with state.database.read() as connection:
        return ShadowOut.model_validate(shadow_as_record(shadow_record(connection, desk)))


def _put_shadow(state: State, caller: Caller, body: ShadowIn) -> ShadowOut:
    with state.database.write() as connection:
        put_in_shadow(connection, caller.desk, body.version, actor=caller.actor, why=body.why)
    return _shadow(state, caller.desk)
