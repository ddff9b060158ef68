"""What the desk learns about itself, on the wire."""

from datetime import datetime

from service.schemas.base import Out
from triagem.insight.comparison import Interval
from triagem.insight.deflection import Counts, Deflection, HoldOut
from triagem.types import Language


class CountsOut(Out):
    """Sessions that articles were shown to, and what became of them.

    `explicit` said that it was solved; `implicit` opened an article, said nothing and sent nothing for 24 hours; who of
    both came back with the same matter within 7 days is `contradicted` and in neither. `undecided` may still send;
    `left` opened none, or said that none helped, and sent nothing for 24 hours. `submitted` are all who sent, also some
    of `explicit` and `contradicted`.
    """

    sessions: int
    explicit: int
    implicit: int
    contradicted: int
    submitted: int
    undecided: int
    left: int


class IntervalOut(Out):
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


class HoldOutOut(Out):
    """Two groups by lot: `offered` saw articles, `withheld` did not; `spared` is the difference of who sent a request.

    `sessions_needed` says how many more sessions it takes to notice a difference of 5 in 100.
    """

    offered: int
    offered_submitted: int
    withheld: int
    withheld_submitted: int
    spared: IntervalOut | None
    sessions_needed: int


class DeflectionOut(Out):
    """Sessions of a period: those that asked, those that articles were found for, and what became of these.

    `hold_out` is null while nothing is withheld from anybody.
    """

    since: datetime
    until: datetime
    asked: int
    found: int
    counts: CountsOut
    by_language: dict[Language, CountsOut]
    hold_out: HoldOutOut | None


def deflection_out(measured: Deflection) -> DeflectionOut:
    return DeflectionOut(
        since=measured.since,
        until=measured.until,
        asked=measured.asked,
        found=measured.found,
        counts=_counts_out(measured.counts),
        by_language={language: _counts_out(counts) for language, counts in measured.by_language.items()},
        hold_out=_hold_out_out(measured.hold_out) if measured.hold_out else None,
    )


def _counts_out(counts: Counts) -> CountsOut:
    return CountsOut(
        sessions=counts.sessions,
        explicit=counts.explicit,
        implicit=counts.implicit,
        contradicted=counts.contradicted,
        submitted=counts.submitted,
        undecided=counts.undecided,
        left=counts.left,
    )


def _hold_out_out(hold_out: HoldOut) -> HoldOutOut:
    return HoldOutOut(
        offered=hold_out.offered,
        offered_submitted=hold_out.offered_submitted,
        withheld=hold_out.withheld,
        withheld_submitted=hold_out.withheld_submitted,
        spared=_interval_out(hold_out.spared) if hold_out.spared else None,
        sessions_needed=hold_out.sessions_needed,
    )


def _interval_out(interval: Interval) -> IntervalOut:
    return IntervalOut(value=interval.value, low=interval.low, high=interval.high)
