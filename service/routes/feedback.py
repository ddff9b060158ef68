"""What people did with an answer: the evidence that everything later learns from."""

import asyncio
from http import HTTPStatus

from fastapi import APIRouter

from service.auth import MayReport, require
from service.eventlog import new_event
from service.routes.common import problems
from service.schemas.feedback import FeedbackIn, FeedbackOut
from service.state import Open
from triagem.store.events import EventKind
from triagem.store.keys import Scope

router = APIRouter(prefix="/v1", tags=["feedback"], responses=problems(404))


@router.post("/feedback", status_code=HTTPStatus.CREATED)
async def feedback(body: FeedbackIn, caller: MayReport, state: Open) -> FeedbackOut:
    """Records one event; when this answers, it is on the disk."""
    about = EventKind.SUGGESTION if body.suggestion_id else EventKind.TRIAGE
    require(caller, Scope.SUGGEST if about is EventKind.SUGGESTION else Scope.TRIAGE)
    payload = body.model_dump(mode="json", exclude_none=True, exclude={"suggestion_id", "triage_id"})
    event = new_event(EventKind.FEEDBACK, payload, subject_id=body.subject_id)
    await asyncio.wrap_future(state.events.report(caller.desk, event, about=about))
    return FeedbackOut(feedback_id=event.id)
