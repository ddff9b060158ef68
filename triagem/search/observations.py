"""What people did with articles becomes observations of relevance, by rules that are stated here and nowhere else.

1. `solved` says that an article helped, `rejected` that it did not: the one it names, else the first that was shown,
   for only that one was certainly seen. An article that was not shown is none.
2. Of the words that count, by rule 5, the latest of a sitting on an article does. Sending the request after all
   (`submitted`), or a `rejected` that names nothing, takes back that anything solved it.
3. An article linked at closing has helped, and those that stood before it have not: they were passed over. What stood
   behind says nothing, nor does a link to what was not shown. A reopened ticket says nothing either. What was reported
   at closing (`closed`) and is stored with the ticket too was said once, by who reported it.
   Source: Joachims, Optimizing Search Engines using Clickthrough Data, KDD 2002 (clicked over skipped above).
4. A sitting at the form needs no name. Of a triage somebody known must speak, as for labels.
5. Nobody moves a desk alone: of the words of one anonymous sitting or person count the newest 3, of a named agent the
   newest 10, or a fifth of all where that is more; taking back is a word too. What is over that was not said: the word
   before it stands.
6. Relevance means something for one set of weights and one encoder: what was shown by others is left out.
"""

from collections import defaultdict
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
    """What is known of a desk. `left_out` words were over a cap, `of_another_basis` answers had other weights."""

    observations: tuple[Observation, ...]
    left_out: int = 0
    of_another_basis: int = 0


@dataclass(frozen=True, slots=True)
class _Word:
    """What a source said in a sitting. Without an observation it takes back what solved it, or `takes_all` back."""

    sitting: str
    source: str
    is_agent: bool
    at: datetime
    observation: Observation | None = None
    takes_all: bool = False

    @property
    def subject(self) -> tuple[str, str, str | None]:
        """What a later word of the same source replaces."""
        return self.source, self.sitting, self.observation.article_id if self.observation else None


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
    words: list[_Word] = field(default_factory=list)
    # By sitting, whether anything that was said in it is that an article helped.
    spoken: dict[str, bool] = field(default_factory=dict)
    # By sitting, who reported the articles that it was closed with.
    closed_by: dict[str, str] = field(default_factory=dict)
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
        linked = payload.get("article_ids") or ([named] if named else [])
        at_form = f"person:{payload['person']}" if payload.get("person") else about.sitting
        source = by if about.is_triage else at_form
        if not source:
            return
        unsolved = what is FeedbackEvent.SUBMITTED or (what is FeedbackEvent.REJECTED and not named)
        if what is FeedbackEvent.REOPENED and about.sitting in self.spoken:
            self.closed_by.pop(about.sitting, None)
            self.words.append(_Word(about.sitting, source, about.is_triage, event.created_at, takes_all=True))
        elif what is FeedbackEvent.CLOSED and linked:
            self.closed_by[about.sitting] = source
            self.link(about, linked, source=source, is_agent=about.is_triage, at=event.created_at)
        elif unsolved and self.spoken.get(about.sitting):
            self.words.append(_Word(about.sitting, source, about.is_triage, event.created_at))
        if what in (FeedbackEvent.SOLVED, FeedbackEvent.REJECTED):
            article = named or next(iter(about.relevance))
            helped = what is FeedbackEvent.SOLVED
            self._put(about, article, helped, source=source, is_agent=about.is_triage, at=event.created_at)

    def _put(self, about: _Shown, article: str, helped: bool, *, source: str, is_agent: bool, at: datetime) -> None:
        if article in about.relevance:
            new = Observation(article, about.relevance[article], helped, source, is_agent, at)
            self.words.append(_Word(about.sitting, source, is_agent, at, new))
            self.spoken[about.sitting] = helped or self.spoken.get(about.sitting, False)


def observations_of(happened: Iterable[Event], closed: Iterable[Ticket] = (), *, basis: str) -> Observed:
    """What is known from events, in the order of their time, and from tickets that were closed with articles."""
    sittings = _Sittings()
    for event in happened:
        sittings.take(event, basis)
    triages: dict[str, list[_Shown]] = {}
    for shown in sittings.shown.values():
        if shown.is_triage:
            triages.setdefault(shown.sitting, []).append(shown)
    reopened = set()
    for ticket in closed:
        at = ticket.closed_at
        sitting = f"{EventKind.TRIAGE.value}:{ticket.id}"
        before = [shown for shown in triages.get(sitting, ()) if at is not None and shown.at <= at]
        if ticket.reopened:
            reopened.add(sitting)
        elif before and at is not None:
            by = sittings.closed_by.get(sitting)
            sittings.link(before[-1], ticket.article_ids, source=by or sitting, is_agent=by is not None, at=at)
    words = [one for one in sittings.words if one.sitting not in reopened]
    kept = _within_caps(words)
    over = {one.subject for one in words} - {one.subject for one in kept}
    found = sorted(_latest(kept), key=lambda one: (one.at, one.source, one.article_id))
    return Observed(tuple(found), len(over), sittings.of_another_basis)


def _within_caps(words: Sequence[_Word]) -> list[_Word]:
    """The words that count, in their order; whoever says more of the same only replaces what they said."""
    agents_most = max(AGENT_MOST, int(AGENT_SHARE * len({one.subject for one in words})))
    counted: defaultdict[str, set[tuple[str, str, str | None]]] = defaultdict(set)
    for one in sorted(words, key=lambda one: one.at)[::-1]:
        if len(counted[one.source]) < (agents_most if one.is_agent else SITTING_MOST):
            counted[one.source].add(one.subject)
    return [one for one in words if one.subject in counted[one.source]]


def _latest(words: Iterable[_Word]) -> list[Observation]:
    """What stands after all these words, the latest on each article of each sitting."""
    said: dict[str, dict[str, Observation]] = {}
    for one in words:
        before = said.setdefault(one.sitting, {})
        if one.observation is not None:
            before[one.observation.article_id] = one.observation
        else:
            said[one.sitting] = {name: kept for name, kept in before.items() if not (one.takes_all or kept.helped)}
    return [one for standing in said.values() for one in standing.values()]


def read_observations(connection: Connection, desk: str, *, basis: str, since: datetime, until: datetime) -> Observed:
    """What people of a desk did with what was shown to them in [since, until)."""
    kinds = (EventKind.SUGGESTION, EventKind.TRIAGE, EventKind.FEEDBACK)
    happened = events.between(connection, desk, kinds=kinds, since=since, until=until)
    looked_at = sorted({event.payload["ticket_id"] for event in happened if event.payload.get("ticket_id")})
    known = tickets.get_many(connection, desk, looked_at)
    closed = [one for one in known.values() if one.closed_at is not None and (one.article_ids or one.reopened)]
    return observations_of(happened, closed, basis=basis)
