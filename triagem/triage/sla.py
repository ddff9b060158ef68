"""By when a ticket is to be answered and solved: the first policy that fits, its due times, and what is at risk.

Opening hours and holidays are reckoned in `triagem.triage.working_time`; what files may say, in `sla_file`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from triagem.phrases import say, when
from triagem.text.names import is_met
from triagem.triage.working_time import Calendar
from triagem.types import Language

# Dates outside are a help desk's way of saying "none"; no clock runs for them.
_YEARS = range(1970, 2200)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a ticket that a policy may ask for."""

    priority: str | None = None
    contract: str | None = None
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """Working time until a first response and until the solution; None where no time for a solution is promised.

    A condition is None or a set of folded values, one of which the ticket must have.
    """

    name: str
    calendar: Calendar
    response: timedelta
    resolution: timedelta | None
    priority: frozenset[str] | None = None
    contract: frozenset[str] | None = None
    type: frozenset[str] | None = None
    zone_name: dict[Language, str] | None = None
    titles: dict[Language, str] | None = None

    def fits(self, known: Known) -> bool:
        return (
            is_met(self.priority, known.priority)
            and is_met(self.contract, known.contract)
            and is_met(self.type, known.type)
        )


@dataclass(frozen=True, slots=True)
class Clock:
    """A ticket's due times, in the policy's zone, and the shares of the time that are used, from 0 to 1."""

    policy: str
    response_due: datetime
    resolution_due: datetime | None
    response_used: float
    resolution_used: float | None
    at_risk: bool


@dataclass(frozen=True, slots=True)
class Policies:
    """A desk's policies in order; the last fits every ticket."""

    each: tuple[Policy, ...]
    at_risk_at: float

    @property
    def zone(self) -> ZoneInfo:
        """The desk's own time: that of the policy that fits every ticket."""
        return self.each[-1].calendar.zone

    @property
    def contracts(self) -> frozenset[str]:
        """The contracts that any policy names, folded."""
        return frozenset().union(*(policy.contract or () for policy in self.each))

    def policy_for(self, known: Known) -> Policy:
        return next(policy for policy in self.each if policy.fits(known))

    def clock(self, known: Known, *, created_at: datetime, now: datetime) -> Clock | None:
        """The clocks of a ticket that waits for its first response. None for a date that cannot be one."""
        if created_at.year not in _YEARS:
            return None
        policy = self.policy_for(known)
        response_due, response_used = _reckon(policy, policy.response, created_at, now)
        resolution_due, resolution_used = None, None
        if policy.resolution is not None:
            resolution_due, resolution_used = _reckon(policy, policy.resolution, created_at, now)
        used = max(response_used, resolution_used or 0.0)
        return Clock(policy.name, response_due, resolution_due, response_used, resolution_used, used >= self.at_risk_at)

    def title(self, name: str, language: Language) -> str:
        """What people call a policy: its title, or its name where the file gives none."""
        titles = next((policy.titles for policy in self.each if policy.name == name), None)
        return titles[language] if titles else name

    def expected_response(self, known: Known, language: Language, *, now: datetime) -> str:
        """What a requester who sends now is told."""
        policy = self.policy_for(known)
        due = policy.calendar.add(now, policy.response)
        said = when(due, language, now=now.astimezone(policy.calendar.zone))
        if policy.zone_name is None:
            return say("sla.expected_response", language, when=said)
        return say("sla.expected_response_in_zone", language, when=said, zone=policy.zone_name[language])


def _reckon(policy: Policy, allowed: timedelta, created_at: datetime, now: datetime) -> tuple[datetime, float]:
    """When the time is over, and how much of it is used; the past beyond the due time is not reckoned."""
    due = policy.calendar.add(created_at, allowed)
    if now >= due:
        return due, 1.0
    return due, round(policy.calendar.between(created_at, now) / allowed, 4)
