"""What the desk learns about itself."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Query

from service.auth import MayAdminister
from service.routes.common import problems
from service.schemas.insights import DeflectionOut, deflection_out
from service.schemas.quality import QualityOut, quality_out
from service.state import Open, State
from triagem.insight.deflection import Deflection
from triagem.insight.measured import measure_deflection
from triagem.insight.quality import Quality, measure_quality

router = APIRouter(prefix="/v1/insights", tags=["insights"], responses=problems())

Days = Annotated[int, Query(ge=1, le=366, description="How far back.")]


@router.get("/deflection")
async def deflection(caller: MayAdminister, state: Open, days: Days = 30) -> DeflectionOut:
    """What became of the sessions at the form: solved as said, as assumed, and contradicted, each apart."""
    return deflection_out(await anyio.to_thread.run_sync(read_deflection, state, caller.desk, days))


@router.get("/quality")
async def quality(caller: MayAdminister, state: Open, days: Days = 30) -> QualityOut:
    """What triage fills and how often rightly, how far requests moved from the training, and what was closed."""
    return quality_out(await anyio.to_thread.run_sync(read_quality, state, caller.desk, days))


def read_quality(state: State, desk: str, days: int) -> Quality:
    """The figures of the last `days` days. Call it from a thread."""
    answering, targets = state.sources.triager.answering(desk), state.sources.triager.targets(desk)
    with state.database.read() as connection:
        return measure_quality(
            connection,
            desk,
            since=datetime.now(UTC) - timedelta(days=days),
            answering=answering,
            targets=targets,
            remembered=state.remembered,
        )


def read_deflection(state: State, desk: str, days: int) -> Deflection:
    """The figures of the last `days` days. Call it from a thread."""
    now = datetime.now(UTC)
    with state.database.read() as connection:
        return measure_deflection(
            connection, desk, since=now - timedelta(days=days), until=now, held_out_share=state.settings.holdout
        )
