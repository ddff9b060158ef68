"""What people did with articles becomes observations of relevance, by rules that are stated here and nowhere else.

1. `solved` says that an article helped, `rejected` that it did not: the one it names, else the first that was shown,
   for only that one was certainly seen. An article that was not shown is none.
2. Of what one sitting says of an article the latest counts. Sending the request after all (`submitted`), or a
   `rejected` that names nothing, takes back that anything solved it.
3. An article linked at closing has helped, and those that stood before it have not: they were passed over. What stood
   behind says nothing, nor does a link to what was not shown. A reopened ticket says nothing either.
   Source: Joachims, Optimizing Search Engines using Clickthrough Data, KDD 2002 (clicked over skipped above).
4. A sitting at the form needs no name. Of a triage somebody known must speak, as for labels.
5. Nobody moves a desk alone: of one anonymous sitting or person count the newest 3, of a named agent the newest 10, or
   a fifth of all where that is more.
6. Relevance means something for one set of weights and one encoder: what was shown by others is left out.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from triagem.store import events, tickets
from triagem.store.database import Connection
from triagem.store.events import Event, EventKind
from triagem.types import FeedbackEvent, Ticket

SITTING_MOST = 3
AGENT_MOST = 10
AGENT_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Observation:
    """Somebody saw an article of this shipped `relevance`, and it helped or did not. `source` is who says so."""

    article_id: str
    relevance: float
    helped: bool
    source: str
    is_agent: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Observed:
    """What is known of a desk. `left_out` were over somebody's cap, `of_another_basis` were shown by other weights."""

    observations: tuple[Observation, ...]
    left_out: int = 0
    of_another_basis: int = 0


@dataclass(slots=True)
class _Shown:
    """The articles of one answer, best first, with their shipped relevance, and the sitting or ticket it belongs to."""

    sitting: str
    is_triage: bool
    relevance: Mapping[str, float]
    at: datetime


@dataclass(slots=True)
class _Sittings:
    shown: dict[str, _Shown] = field(default_factory=dict)
    said: dict[str, dict[str, Observation]] = field(default_factory=dict)
    of_another_basis: int = 0

    def take(self, event: Event, basis: str) -> None:
        """An answer or what was said of one, in the order of time."""
        payload = event.payload
        if event.kind is EventKind.FEEDBACK:
            about = self.shown.get(event.subject_id or "")
            if about is not None:
                self._say(about, event)
        elif payload.get("raw") and payload.get("basis") == basis:
            is_triage = event.kind is EventKind.TRIAGE
            sitting = payload.get("ticket_id" if is_triage else "session_id") or event.id
            self.shown[event.id] = _Shown(f"{event.kind.value}:{sitting}", is_triage, payload["raw"], event.created_at)
        elif payload.get("raw"):
            self.of_another_basis += 1

    def link(self, about: _Shown, linked: Sequence[str], *, source: str, is_agent: bool, at: datetime) -> None:
        """Rule 3."""
        last = max((place for place, article in enumerate(about.relevance) if article in linked), default=-1)
        for article in list(about.relevance)[: last + 1]:
            self._put(about, article, article in linked, source=source, is_agent=is_agent, at=at)

    def _say(self, about: _Shown, event: Event) -> None:
        payload, what = event.payload, FeedbackEvent(event.payload["event"])
        by, named = payload.get("by"), payload.get("article_id")
        at_form = f"person:{payload['person']}" if payload.get("person") else about.sitting
        source = by if about.is_triage else at_form
        if not source:
            return
        said = self.said.setdefault(about.sitting, {})
        if what is FeedbackEvent.REOPENED:
            said.clear()
        elif what is FeedbackEvent.CLOSED and named:
            self.link(about, [named], source=source, is_agent=about.is_triage, at=event.created_at)
        elif what is FeedbackEvent.SUBMITTED or (what is FeedbackEvent.REJECTED and not named):
            self.said[about.sitting] = {article: one for article, one in said.items() if not one.helped}
        if what in (FeedbackEvent.SOLVED, FeedbackEvent.REJECTED):
            article = named or next(iter(about.relevance))
            helped = what is FeedbackEvent.SOLVED
            self._put(about, article, helped, source=source, is_agent=about.is_triage, at=event.created_at)

    def _put(self, about: _Shown, article: str, helped: bool, *, source: str, is_agent: bool, at: datetime) -> None:
        if article in about.relevance:
            new = Observation(article, about.relevance[article], helped, source, is_agent, at)
            self.said.setdefault(about.sitting, {})[article] = new


def observations_of(happened: Iterable[Event], closed: Iterable[Ticket] = (), *, basis: str) -> Observed:
    """What is known from events, in the order of their time, and from tickets that were closed with articles."""
    sittings = _Sittings()
    for event in happened:
        sittings.take(event, basis)
    triages: dict[str, list[_Shown]] = {}
    for shown in sittings.shown.values():
        if shown.is_triage:
            triages.setdefault(shown.sitting, []).append(shown)
    for ticket in closed:
        at = ticket.closed_at
        sitting = f"{EventKind.TRIAGE.value}:{ticket.id}"
        before = [shown for shown in triages.get(sitting, ()) if at is not None and shown.at <= at]
        if ticket.reopened:
            sittings.said.pop(sitting, None)
        elif before and at is not None:
            sittings.link(before[-1], ticket.article_ids, source=sitting, is_agent=False, at=at)
    every = [one for said in sittings.said.values() for one in said.values()]
    kept = within_caps(every)
    return Observed(tuple(kept), len(every) - len(kept), sittings.of_another_basis)


def within_caps(every: Sequence[Observation]) -> list[Observation]:
    """The newest of each source up to its cap, oldest first: whoever says more only replaces what they said."""
    given: Counter[str] = Counter()
    kept = []
    for one in sorted(every, key=lambda one: (one.at, one.source, one.article_id), reverse=True):
        cap = max(AGENT_MOST, int(AGENT_SHARE * len(every))) if one.is_agent else SITTING_MOST
        if given[one.source] < cap:
            given[one.source] += 1
            kept.append(one)
    return kept[::-1]


def read_observations(connection: Connection, desk: str, *, basis: str, since: datetime, until: datetime) -> Observed:
    """What people of a desk did with what was shown to them in [since, until)."""
    kinds = (EventKind.SUGGESTION, EventKind.TRIAGE, EventKind.FEEDBACK)
    happened = events.between(connection, desk, kinds=kinds, since=since, until=until)
    looked_at = sorted({event.payload["ticket_id"] for event in happened if event.payload.get("ticket_id")})
    known = tickets.get_many(connection, desk, looked_at)
    closed = [one for one in known.values() if one.closed_at is not None and (one.article_ids or one.reopened)]
    return observations_of(happened, closed, basis=basis)
