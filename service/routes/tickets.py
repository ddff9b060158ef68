"""Past tickets in and out, one at a time or as a stream of lines."""

from functools import partial
from http import HTTPStatus

import anyio.to_thread
from fastapi import APIRouter, Request, Response

from service.auth import MayIndex
from service.imports import import_lines, imported
from service.routes.common import PathId, Responses, problems
from service.schemas.articles import ImportOut, PutOut
from service.schemas.tickets import TicketIn, TicketOut, ticket_out
from service.state import Open, State
from triagem.errors import NotFound
from triagem.search.ingest import Outcome
from triagem.search.records import ticket_from_record
from triagem.store import tickets
from triagem.types import Ticket

router = APIRouter(prefix="/v1", tags=["tickets"], responses=problems())

_ADDED: Responses = {201: {"model": PutOut, "description": "Added."}}


@router.put(
    "/tickets/{ticket_id:path}",
    responses=problems(404, others=_ADDED),
)
async def put_ticket(ticket_id: PathId, body: TicketIn, caller: MayIndex, state: Open, response: Response) -> PutOut:
    """Stores a ticket, personal data masked."""
    outcome = await anyio.to_thread.run_sync(_put, state, caller.desk, body, ticket_id, limiter=state.writing)
    response.status_code = HTTPStatus.CREATED if outcome is Outcome.ADDED else HTTPStatus.OK
    return PutOut(id=ticket_id, outcome=outcome)


@router.get("/tickets/{ticket_id:path}", responses=problems(404))
async def get_ticket(ticket_id: PathId, caller: MayIndex, state: Open) -> TicketOut:
    """A ticket as it was stored."""
    return ticket_out(await anyio.to_thread.run_sync(_get, state, caller.desk, ticket_id))


@router.delete("/tickets/{ticket_id:path}", status_code=HTTPStatus.NO_CONTENT, responses=problems(404))
async def delete_ticket(ticket_id: PathId, caller: MayIndex, state: Open) -> None:
    """Takes a ticket out."""
    await anyio.to_thread.run_sync(_delete, state, caller.desk, ticket_id, limiter=state.writing)


@router.post("/tickets:import", responses=problems(415), openapi_extra=imported("A ticket"))
async def import_tickets(request: Request, caller: MayIndex, state: Open) -> ImportOut:
    """Stores a ticket per line of JSON; a bad line is reported and the others go in."""
    ingest = await anyio.to_thread.run_sync(state.ingest, caller.desk)
    outcome = await import_lines(
        request,
        read=partial(ticket_from_record, zone=state.sources.guidance.zone),
        put=ingest.put_tickets,
        limiter=state.writing,
    )
    state.runner.tend(caller.desk)
    return outcome


def _put(state: State, desk: str, body: TicketIn, ticket_id: str) -> Outcome:
    outcome = state.ingest(desk).put_tickets([body.to_ticket(ticket_id, zone=state.sources.guidance.zone)])[0]
    state.runner.tend(desk)
    return outcome


def _get(state: State, desk: str, ticket_id: str) -> Ticket:
    with state.database.read() as connection:
        ticket = tickets.get(connection, desk, ticket_id)
    if ticket is None:
        raise NotFound("This desk has no such ticket.")
    return ticket


def _delete(state: State, desk: str, ticket_id: str) -> None:
    if not state.ingest(desk).remove_tickets([ticket_id]):
        raise NotFound("This desk has no such ticket.")
    state.runner.tend(desk)
