"""Fields, articles and similar tickets for the agent who gets a request."""

from fastapi import APIRouter

from service import triaging
from service.auth import MayTriage
from service.routes.common import problems
from service.schemas.triage import TriageIn, TriageOut, triage_out
from service.state import Open

router = APIRouter(prefix="/v1", tags=["triage"], responses=problems())


@router.post("/triage")
async def triage(body: TriageIn, caller: MayTriage, state: Open) -> TriageOut:
    """What each field may be filled with, how sure that is, and what may help to answer."""
    triage_id, answer = await triaging.triage(state, caller.desk, body.asked(zone=state.sources.guidance.zone))
    return triage_out(triage_id, answer)
