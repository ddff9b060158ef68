"""Reads the figures of the form from a desk's store; how they are counted stands in the modules beside this one."""

from datetime import datetime

from triagem.insight.deflection import Deflection, LaterTicket, deflection
from triagem.insight.sessions import Session, person_of, sessions
from triagem.store import events, tickets
from triagem.store.database import Connection
from triagem.store.events import EventKind


def measure_deflection(
    connection: Connection, desk: str, *, since: datetime, until: datetime, held_out_share: float = 0.0
) -> Deflection:
    """What became of the sessions of a desk that began in [since, until)."""
    happened = events.between(
        connection, desk, kinds=(EventKind.SUGGESTION, EventKind.FEEDBACK), since=since, until=until
    )
    found = sessions(happened)
    later = _later_tickets(connection, desk, found, since=since, until=until)
    return deflection(found, later, since=since, until=until, held_out_share=held_out_share)


def _later_tickets(
    connection: Connection, desk: str, found: list[Session], *, since: datetime, until: datetime
) -> list[LaterTicket]:
    """Tickets of those who are known to have found something, whichever way these came."""
    people = {person for session in found if session.solved_at or session.opened_at for person in session.people}
    later = []
    for ticket in tickets.with_requester(connection, desk, since=since, until=until) if people else ():
        person = person_of(desk, ticket.requester or "")
        if person in people:
            triage = events.newest_triage_of(connection, desk, ticket.id)
            articles = {*ticket.article_ids, *(triage.payload.get("articles", {}) if triage else {})}
            later.append(LaterTicket(person, ticket.created_at, frozenset(articles)))
    return later
