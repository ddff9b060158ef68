"""Takes down what people did with an answer, whichever door they came by: the API or our own pages.

What is concluded from it stands in `triagem.triage.labels`.
"""

import asyncio
import queue
from http import HTTPStatus
from typing import Final

from starlette.exceptions import HTTPException

from service.eventlog import new_event
from service.schemas.feedback import FeedbackIn
from service.state import State
from triagem.insight.sessions import person_of
from triagem.store.events import EventKind

_FULL: Final = "Too much waits to be written. Try again in a second."


async def report(state: State, desk: str, body: FeedbackIn, *, by: str | None, once: str = "") -> str:
    """The id of the event, which is on the disk. `by` is who answers for it; None: nobody, and nothing is learned.
    What is reported again with the same `once` is taken down once.

    Raises `NotFound` when the desk has no such suggestion or triage; answers 503 when too much waits to be written.
    """
    payload = body.model_dump(mode="json", exclude_none=True, exclude={"suggestion_id", "triage_id", "requester"})
    if body.requester:
        payload["person"] = person_of(desk, body.requester)
    payload |= {"by": by} if by else {}
    event = new_event(EventKind.FEEDBACK, payload, subject_id=body.subject_id, once=once)
    try:
        written = state.events.report(desk, event, about=body.about)
    except queue.Full:
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, _FULL, {"Retry-After": "1"}) from None
    await asyncio.wrap_future(written)
    return event.id
