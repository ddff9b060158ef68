"""A form's own way to send a request, for desks whose form leads nowhere else: it becomes a ticket in the queue."""

from datetime import UTC, datetime
from http import HTTPStatus

import anyio.to_thread
from fastapi import APIRouter

from service.answering import told_from
from service.pace import MaySend
from service.routes.common import problems
from service.schemas.requests import RequestIn, RequestOut
from service.state import Open, State
from triagem.store import tickets
from triagem.text.inputs import ticket_input
from triagem.text.language import detect
from triagem.types import Ticket

router = APIRouter(prefix="/v1", tags=["requests"], responses=problems())


@router.post("/requests", status_code=HTTPStatus.CREATED, responses=problems(429))
async def send_request(body: RequestIn, caller: MaySend, state: Open) -> RequestOut:
    """Stores the request as an open ticket, personal data masked; agents see it at /agent."""
    ticket = body.to_ticket(caller.contract)
    await anyio.to_thread.run_sync(_put, state, caller.desk, ticket, limiter=state.writing)
    expected = await anyio.to_thread.run_sync(_expected_response, state, ticket)
    return RequestOut(ticket_id=ticket.id, expected_response=expected)


def _put(state: State, desk: str, ticket: Ticket) -> None:
    with state.database.read() as connection:
        if tickets.get(connection, desk, ticket.id) is not None:
            return  # sent a second time, or somebody guessed a number: what is there stays
    state.ingest(desk).put_tickets([ticket])
    state.runner.tend(desk)


def _expected_response(state: State, ticket: Ticket) -> str:
    text = ticket_input(ticket.subject, ticket.description)
    reads = told_from(detect(text, ticket.language), ticket.language)
    told = state.sources.guidance.for_requester(text, reads, now=datetime.now(UTC), contract=ticket.contract)
    return told.expected_response
