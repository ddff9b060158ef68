"""What people did with an answer: the evidence that everything later learns from."""

from http import HTTPStatus

from fastapi import APIRouter

from service.auth import require
from service.pace import MayReport
from service.reporting import report
from service.routes.common import problems
from service.schemas.feedback import FeedbackIn, FeedbackOut
from service.state import Open
from triagem.store.events import EventKind
from triagem.store.keys import Scope

router = APIRouter(prefix="/v1", tags=["feedback"], responses=problems(404, 429))


@router.post("/feedback", status_code=HTTPStatus.CREATED)
async def feedback(body: FeedbackIn, caller: MayReport, state: Open) -> FeedbackOut:
    """Records one event; when this answers, it is on the disk."""
    require(caller, Scope.SUGGEST if body.about is EventKind.SUGGESTION else Scope.TRIAGE)
    return FeedbackOut(feedback_id=await report(state, caller.desk, body, by=caller.answers_for(body.actor)))
