"""The open tickets as agents see them: each with its fields and clock, narrowed to what was asked for.

What a ticket's own page shows stands in `service.pages.agent.ticket`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from textwrap import shorten
from typing import Final
from urllib.parse import urlencode

import numpy as np

from service.pages.agent.fields import FieldView, fields_of, known_of
from service.state import State
from triagem.encoder.base import Vectors
from triagem.store import events, tickets, vectors
from triagem.store.database import Connection
from triagem.store.tickets import StoredTicket
from triagem.text.inputs import ticket_input
from triagem.text.normalise import fold
from triagem.triage import taxonomy
from triagem.triage.labels import Review, last_words, reviews_of
from triagem.triage.sla import Clock
from triagem.triage.targets import PROVEN_MODES
from triagem.types import FieldDecision, Mode, Ticket, TicketField

MOST: Final = 200
_EXCERPT: Final = 160


class Order(StrEnum):
    """What comes first: what is overdue, then what is at risk, then what is due next; or what came last."""

    DUE = "due"
    NEWEST = "newest"


class Need(StrEnum):
    """What a ticket still needs of a person."""

    ANYTHING = "anything"
    UNDECIDED = "undecided"
    ONE_KEY = "one_key"
    DOUBTFUL = "doubtful"
    LEFT_OPEN = "left_open"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the queue is narrowed to, and in which order it is."""

    words: str = ""
    team: str = ""
    need: Need = Need.ANYTHING
    at_risk: bool = False
    order: Order = Order.DUE

    @property
    def narrows(self) -> bool:
        return replace(self, order=Order.DUE) != Chosen()

    @property
    def query(self) -> str:
        """What follows the address of a page that keeps to this queue, with its question mark; empty for the whole."""
        return self.by(self.order)

    def by(self, order: Order) -> str:
        """The same for the same queue in another order."""
        said = {
            "q": self.words,
            "team": self.team,
            "need": "" if self.need is Need.ANYTHING else self.need.value,
            "risk": "1" if self.at_risk else "",
            "order": "" if order is Order.DUE else order.value,
        }
        given = urlencode({name: value for name, value in said.items() if value})
        return f"?{given}" if given else ""


@dataclass(frozen=True, slots=True)
class Row:
    ticket: Ticket
    fields: list[FieldView]
    clock: Clock | None

    @property
    def excerpt(self) -> str:
        return shorten(self.ticket.description, width=_EXCERPT, placeholder=" …")

    @property
    def team(self) -> str | None:
        return next(one.value for one in self.fields if one.field is TicketField.TEAM)

    @property
    def at_risk(self) -> bool:
        return self.clock is not None and self.clock.at_risk

    @property
    def urgency(self) -> tuple[int, float]:
        """Sorts by what waits least: overdue, at risk, others, each by due time; what no clock runs for is last."""
        if self.clock is None:
            return 3, 0.0
        rank = 0 if self.clock.response_used >= 1 else 1 if self.clock.at_risk else 2
        return rank, self.clock.response_due.timestamp()


@dataclass(frozen=True, slots=True)
class Queue:
    """`considered` are at most `MOST` open tickets; `rows` those of them that were asked for.

    `closed` is the ticket whose number was searched for, where it is closed.
    """

    rows: list[Row]
    considered: int
    teams: list[str]
    closed: Ticket | None


def read_queue(state: State, desk: str, chosen: Chosen, *, now: datetime, keeping: str = "") -> Queue:
    """The open tickets in the order that is asked for; `keeping` is the id of one that stays, asked for or not.

    Of more than `MOST` the newest, or to find those that are due the oldest and newest. Call it from a thread.
    """
    with state.database.read() as connection:
        stored = _open(connection, desk, chosen.order)
        said = events.on_triages(connection, desk, tickets=[one.ticket.id for one in stored])
        names = taxonomy.load(connection, desk)
        closed = _closed(connection, desk, chosen.words)
    reviews = by_ticket(reviews_of(last_words(said, names)))
    decided = state.sources.triager.decide_all(
        desk,
        [ticket_input(one.ticket.subject, one.ticket.description) for one in stored],
        _vectors(state, desk, stored),
        contracts=[one.ticket.contract for one in stored],
    )
    rows = [
        _row(state, one.ticket, found.fields, reviews.get(one.ticket.id, {}), now)
        for one, found in zip(stored, decided, strict=True)
    ]
    if chosen.order is Order.DUE:
        rows.sort(key=lambda row: row.urgency)
    teams = sorted({row.team for row in rows if row.team})
    kept = [row for row in rows if row.ticket.id == keeping or _is_asked_for(row, chosen)]
    return Queue(kept, len(rows), teams, closed)


def _closed(connection: Connection, desk: str, number: str) -> Ticket | None:
    if not number:
        return None
    found = tickets.get_many(connection, desk, list({number, number.upper(), number.lower()}))
    return next((one for one in found.values() if one.closed_at is not None), None)


def _open(connection: Connection, desk: str, order: Order) -> list[StoredTicket]:
    newest = tickets.newest_open(connection, desk, limit=MOST)
    if order is Order.NEWEST or len(newest) < MOST:
        return newest
    ends = [*newest[: MOST // 2], *tickets.oldest_open(connection, desk, limit=MOST // 2)]
    return list({one.ticket.id: one for one in ends}.values())


def by_ticket(reviews: Sequence[Review]) -> dict[str, dict[TicketField, Review]]:
    found: dict[str, dict[TicketField, Review]] = {}
    for review in reviews:
        found.setdefault(review.subject, {})[review.field] = review
    return found


def _row(
    state: State,
    ticket: Ticket,
    decisions: Mapping[TicketField, FieldDecision],
    reviews: Mapping[TicketField, Review],
    now: datetime,
) -> Row:
    fields = fields_of(ticket, decisions, reviews)
    clock = state.sources.guidance.policies.clock(known_of(ticket, fields), created_at=ticket.created_at, now=now)
    return Row(ticket, fields, clock)


def _vectors(state: State, desk: str, stored: Sequence[StoredTicket]) -> Vectors:
    """One unit vector per ticket, `(len(stored), dimension)`; one that the store lacks is computed."""
    with state.database.read() as connection:
        known = vectors.load(
            connection, desk, encoder=state.encoder.digest, digests=[one.text_digest for one in stored]
        )
    lacking = {one.text_digest: one.ticket for one in stored if one.text_digest not in known}
    if lacking:
        texts = [ticket_input(ticket.subject, ticket.description) for ticket in lacking.values()]
        known |= dict(zip(lacking, state.encoder.encode(texts), strict=True))
    found = [known[one.text_digest] for one in stored]
    return np.array(found, dtype=np.float32).reshape(len(stored), state.encoder.dimension)


def _is_asked_for(row: Row, chosen: Chosen) -> bool:
    return (
        (not chosen.team or row.team == chosen.team)
        and (not chosen.at_risk or row.at_risk)
        and needs(row, chosen.need)
        and _holds(row.ticket, chosen.words)
    )


def needs(row: Row, need: Need) -> bool:
    """Whether the ticket still needs this of a person."""
    open_fields = [one for one in row.fields if not one.decided]
    if need is Need.UNDECIDED:
        return bool(open_fields)
    if need is Need.ONE_KEY:
        return bool(open_fields) and all(one.mode in PROVEN_MODES for one in open_fields)
    if need is Need.DOUBTFUL:
        return any(one.mode is Mode.SUGGEST for one in open_fields)
    if need is Need.LEFT_OPEN:
        return any(one.mode is Mode.ABSTAIN for one in open_fields)
    return True


def _holds(ticket: Ticket, words: str) -> bool:
    text = fold(f"{ticket.id} {ticket.requester or ''} {ticket.subject} {ticket.description}")
    return all(word in text for word in fold(words).split())
