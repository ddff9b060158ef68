"""How many requests the form spared, counted so that nobody is flattered.

Said, assumed and contradicted are three figures and never one; where suggestions are withheld by lot, the difference
between the two groups is the only figure that tells cause from coincidence.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from triagem.insight.comparison import Interval, difference, sessions_needed
from triagem.insight.sessions import Session
from triagem.types import Language

# An article was opened, nothing was said, and no request came for so long.
SILENCE: Final = timedelta(hours=24)
# The same person asks about the same article again within so long: it was not solved.
AGAIN_WITHIN: Final = timedelta(days=7)
# A difference of five requests in a hundred is worth knowing; fewer take more sessions than a desk has.
WORTH_KNOWING: Final = 0.05


@dataclass(frozen=True, slots=True)
class LaterTicket:
    """A ticket of somebody, and the articles that it is about: those found for it or named in its solution."""

    person: str
    created_at: datetime
    articles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Counts:
    """Of `sessions` that articles were shown to: `explicit` said that it was solved, `implicit` opened an article, said
    nothing and sent nothing for 24 hours. Those of both who came back with the same matter are `contradicted` instead.
    `left` opened none, or said that none helped, and sent nothing for 24 hours; `undecided` may still send. `submitted`
    are all who sent, also those who had said before that it was solved.
    """

    sessions: int
    explicit: int
    implicit: int
    contradicted: int
    submitted: int
    undecided: int
    left: int

    @property
    def sent(self) -> int:
        """Those who sent and are in none of the other groups: with this one the groups add up to `sessions`."""
        return self.sessions - self.explicit - self.implicit - self.contradicted - self.undecided - self.left


@dataclass(frozen=True, slots=True)
class HoldOut:
    """Sessions for which articles were found, by lot: those that saw them, and those that did not.

    `spared` is the share of the second that sent a request less that of the first. `sessions_needed` says how many more
    it takes to notice a difference of 5 in 100, about; 0 when there are enough.
    """

    offered: int
    offered_submitted: int
    withheld: int
    withheld_submitted: int
    spared: Interval | None
    sessions_needed: int


@dataclass(frozen=True, slots=True)
class Deflection:
    """What became of the sessions of a period; `by_language` holds the languages that occurred."""

    since: datetime
    until: datetime
    asked: int
    found: int
    counts: Counts
    by_language: Mapping[Language, Counts]
    hold_out: HoldOut | None


def deflection(
    sessions: Iterable[Session],
    later: Iterable[LaterTicket],
    *,
    since: datetime,
    until: datetime,
    held_out_share: float = 0.0,
) -> Deflection:
    """Counts the sessions that began in [since, until). `later` are tickets of the same desk from any channel."""
    every = list(sessions)
    inside = [session for session in every if since <= session.first_at < until]
    eligible = [session for session in inside if session.articles]
    offered = [session for session in eligible if not session.withheld]
    again = _Again(every, later)
    return Deflection(
        since=since,
        until=until,
        asked=len(inside),
        found=len(eligible),
        counts=_counts(offered, again, until),
        by_language={
            language: _counts([one for one in offered if one.language is language], again, until)
            for language in sorted({session.language for session in offered})
        },
        hold_out=_hold_out(eligible, until, held_out_share),
    )


class _Outcome(Enum):
    """What became of a session: each has one."""

    EXPLICIT = auto()
    IMPLICIT = auto()
    CONTRADICTED = auto()
    SENT = auto()
    UNDECIDED = auto()
    LEFT = auto()


class _Again:
    """Who came back, with what, and when."""

    def __init__(self, sessions: Iterable[Session], later: Iterable[LaterTicket]) -> None:
        self._of: dict[str, list[LaterTicket]] = {}
        for ticket in later:
            self._of.setdefault(ticket.person, []).append(ticket)
        for session in sessions:
            for person in session.people if session.submitted_at else ():
                sent = LaterTicket(person, session.submitted_at or session.first_at, frozenset(session.articles))
                self._of.setdefault(person, []).append(sent)

    def contradicts(self, session: Session, at: datetime) -> bool:
        """Whether this session, or its author afterwards, sent a request about one of the same articles."""
        if session.submitted_at is not None and session.submitted_at >= at:
            return True
        return any(
            at <= ticket.created_at <= at + AGAIN_WITHIN and not session.articles.isdisjoint(ticket.articles)
            for person in session.people
            for ticket in self._of.get(person, ())
        )


def _counts(sessions: list[Session], again: _Again, now: datetime) -> Counts:
    outcomes = Counter(_outcome(session, again, now) for session in sessions)
    return Counts(
        sessions=len(sessions),
        explicit=outcomes[_Outcome.EXPLICIT],
        implicit=outcomes[_Outcome.IMPLICIT],
        contradicted=outcomes[_Outcome.CONTRADICTED],
        submitted=sum(session.submitted_at is not None for session in sessions),
        undecided=outcomes[_Outcome.UNDECIDED],
        left=outcomes[_Outcome.LEFT],
    )


def _outcome(session: Session, again: _Again, now: datetime) -> _Outcome:
    if session.solved_at is not None:
        return _Outcome.CONTRADICTED if again.contradicts(session, session.solved_at) else _Outcome.EXPLICIT
    if session.submitted_at is not None:
        return _Outcome.SENT
    if session.opened_at is not None and again.contradicts(session, session.opened_at):
        return _Outcome.CONTRADICTED
    if now - (session.opened_at or session.first_at) < SILENCE:
        return _Outcome.UNDECIDED
    return _Outcome.LEFT if session.opened_at is None else _Outcome.IMPLICIT


def _hold_out(eligible: list[Session], now: datetime, share: float) -> HoldOut | None:
    if not share and not any(session.withheld for session in eligible):
        return None
    settled = [session for session in eligible if session.submitted_at or now - session.first_at >= SILENCE]
    sent = {held: [one for one in settled if one.withheld is held] for held in (False, True)}
    offered, withheld = len(sent[False]), len(sent[True])
    offered_submitted, withheld_submitted = (
        sum(one.submitted_at is not None for one in sent[held]) for held in (False, True)
    )
    # Without a single session to go by, half of them send: the most that is needed.
    base = withheld_submitted / withheld if withheld else 0.5
    arm = share or (withheld / len(settled) if settled else 0.0)
    needed = sessions_needed(max(base, 2 * WORTH_KNOWING), WORTH_KNOWING, smaller_arm=arm) if 0 < arm < 1 else 0
    return HoldOut(
        offered=offered,
        offered_submitted=offered_submitted,
        withheld=withheld,
        withheld_submitted=withheld_submitted,
        spared=difference(withheld_submitted, withheld, offered_submitted, offered),
        sessions_needed=max(0, needed - len(settled)),
    )
