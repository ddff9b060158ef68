"""The agent's page: the queue, one ticket, and what one key does to it."""

from typing import Annotated, Final
from urllib.parse import quote

import anyio.to_thread
from fastapi import APIRouter, Depends, Query
from pydantic import ValidationError
from starlette.responses import Response

from service.pages.agent.fields import closed_ticket, decided_values, reopened_ticket
from service.pages.agent.queue import Chosen, Need, Order, read_queue
from service.pages.agent.ticket import explain, linkable, read_ticket, view_ticket
from service.pages.forms import Form, posted
from service.pages.render import page, see_other
from service.pages.routing import AgentVisit, PageRoute, Refused
from service.pages.visit import Visit
from service.reporting import report
from service.routes.common import PathId
from service.schemas.feedback import FeedbackIn
from service.state import State
from triagem.types import FeedbackEvent, Ticket, TicketField

router = APIRouter(prefix="/agent", include_in_schema=False, route_class=PageRoute)

_NAME: Final = "agent"
_LONGEST_QUERY: Final = 200
_LONGEST_RESOLUTION: Final = 4_000
_SAID: Final = {
    FeedbackEvent.ACCEPTED: "done.accepted",
    FeedbackEvent.CORRECTED: "done.corrected",
    FeedbackEvent.CLOSED: "done.closed",
    FeedbackEvent.REOPENED: "done.ticket_reopened",
}


def _chosen(
    q: Annotated[str, Query(max_length=_LONGEST_QUERY)] = "",
    team: Annotated[str, Query(max_length=_LONGEST_QUERY)] = "",
    need: Need = Need.ANYTHING,
    risk: bool = False,
    order: Order = Order.DUE,
) -> Chosen:
    return Chosen(q.strip(), team, need, risk, order)


# The queue that somebody works on; every address of a page that was opened from it names it.
FromQueue = Annotated[Chosen, Depends(_chosen)]


@router.get("")
async def queue(visited: AgentVisit, chosen: FromQueue) -> Response:
    found = await anyio.to_thread.run_sync(lambda: read_queue(visited.state, visited.desk, chosen, now=visited.now))
    return page("agent/queue.html", visited, queue=found, chosen=chosen, needs=list(Need), orders=list(Order))


@router.get("/tickets/{ticket_id:path}/evidence/{field}")
async def evidence(visited: AgentVisit, ticket_id: PathId, field: TicketField) -> Response:
    known = await anyio.to_thread.run_sync(read_ticket, visited.state, visited.desk, ticket_id)
    found = await anyio.to_thread.run_sync(explain, visited.state, visited.desk, known.ticket, field)
    return page("agent/evidence.html", visited, ticket=known.ticket, name=field.value, explanation=found)


@router.get("/tickets/{ticket_id:path}")
async def ticket(visited: AgentVisit, ticket_id: PathId, chosen: FromQueue, done: str = "") -> Response:
    said = visited.speaker.say(_SAID[FeedbackEvent(done)]) if done in set(_SAID) else None
    return page("agent/ticket.html", visited, done=said, **await view_ticket(visited, ticket_id, chosen))


@router.post("/tickets/{ticket_id:path}/accept")
async def accept(visited: AgentVisit, ticket_id: PathId, chosen: FromQueue) -> Response:
    form = await posted(visited)
    for field in form.texts("field"):
        await _report(visited, form, ticket_id, event=FeedbackEvent.ACCEPTED, field=field)
    return _back(ticket_id, chosen, FeedbackEvent.ACCEPTED)


@router.post("/tickets/{ticket_id:path}/correct")
async def correct(visited: AgentVisit, ticket_id: PathId, chosen: FromQueue) -> Response:
    form = await posted(visited)
    value = form.text("value")
    await _report(visited, form, ticket_id, event=FeedbackEvent.CORRECTED, field=form.text("field"), value=value)
    return _back(ticket_id, chosen, FeedbackEvent.CORRECTED)


@router.post("/tickets/{ticket_id:path}/close")
async def close(visited: AgentVisit, ticket_id: PathId, chosen: FromQueue) -> Response:
    form = await posted(visited)
    known = await anyio.to_thread.run_sync(read_ticket, visited.state, visited.desk, ticket_id)
    decided = decided_values(known.ticket, known.reviews)
    linked = await anyio.to_thread.run_sync(linkable, visited.state, visited.desk, known.ticket, form.texts("article"))
    said = {"values": decided} | ({"article_ids": linked} if linked else {})
    await _report(visited, form, ticket_id, event=FeedbackEvent.CLOSED, **said)
    resolution = form.text("resolution", longest=_LONGEST_RESOLUTION)
    closed = closed_ticket(known.ticket, decided, resolution=resolution, article_ids=linked, at=visited.now)
    await anyio.to_thread.run_sync(_store, visited.state, visited.desk, closed, limiter=visited.state.writing)
    return _back(ticket_id, chosen, FeedbackEvent.CLOSED)


@router.post("/tickets/{ticket_id:path}/reopen")
async def reopen(visited: AgentVisit, ticket_id: PathId, chosen: FromQueue) -> Response:
    form = await posted(visited)
    known = await anyio.to_thread.run_sync(read_ticket, visited.state, visited.desk, ticket_id)
    if known.ticket.closed_at is not None:
        await _report(visited, form, ticket_id, event=FeedbackEvent.REOPENED)
        again = reopened_ticket(known.ticket)
        await anyio.to_thread.run_sync(_store, visited.state, visited.desk, again, limiter=visited.state.writing)
    return _back(ticket_id, chosen, FeedbackEvent.REOPENED)


async def _report(visited: Visit, form: Form, ticket_id: str, **said: object) -> None:
    """By the same way as `POST /v1/feedback`. Raises `Refused` for what that would refuse."""
    try:
        body = FeedbackIn.model_validate({"triage_id": form.text("triage"), "ticket_id": ticket_id, **said})
    except ValidationError:
        raise Refused("error.input") from None
    by = visited.known.answers_for(None if visited.known.key else _NAME)
    await report(visited.state, visited.desk, body, by=by, once=form.once)


def _store(state: State, desk: str, ticket: Ticket) -> None:
    state.ingest(desk).put_tickets([ticket])
    state.runner.tend(desk)


def _back(ticket_id: str, chosen: Chosen, done: FeedbackEvent) -> Response:
    queue_of = f"{chosen.query}&" if chosen.query else "?"
    return see_other(f"/agent/tickets/{quote(ticket_id)}{queue_of}done={done.value}")
