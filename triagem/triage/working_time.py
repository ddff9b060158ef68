"""Time that counts at a desk: opening hours in a time zone, without holidays, across daylight saving.

How long an answer may take is a policy's business, in `triagem.triage.sla`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from triagem.triage.holidays import Country, holidays_of

# Further than any policy reaches: what needs longer is refused when policies are read.
_LONGEST_DAYS = 3 * 366

Hours = tuple[tuple[time, time | None], ...]
"""Spans of a day from opening to closing; None closes at midnight."""

CLOSED: Hours = ()


@dataclass(frozen=True, slots=True)
class Calendar:
    """Opening hours of a week from Monday on, those of particular days instead, and whose holidays are kept.

    Without a `week` it is always open.
    """

    zone: ZoneInfo
    week: tuple[Hours, ...] | None = None
    days: dict[date, Hours] = field(default_factory=dict)
    country: Country | None = None

    def add(self, start: datetime, working: timedelta) -> datetime:
        """The moment at which `working` time has passed since `start`, in the calendar's zone.

        Raises `OverflowError` when it lies more than three years ahead.
        """
        if self.week is None:
            return (start.astimezone(UTC) + working).astimezone(self.zone)
        left = working
        for opens, closes in self._open_from(start):
            if closes - opens >= left:
                return (opens + left).astimezone(self.zone)
            left -= closes - opens
        raise OverflowError("the desk is not open long enough within three years")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from `start` to `end`; none when `end` is not after `start`."""
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        if end <= start:
            return timedelta()
        if self.week is None:
            return end - start
        passed = timedelta()
        for opens, closes in self._open_from(start):
            if opens >= end:
                break
            passed += min(closes, end) - opens
        return passed

    def _open_from(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Open spans in UTC, in order, the first cut to what is after `start`."""
        start = start.astimezone(UTC)
        day = start.astimezone(self.zone).date()
        for _ in range(_LONGEST_DAYS):
            for opening, closing in self._hours(day):
                opens = self._moment(day, opening)
                closes = self._moment(day + timedelta(days=closing is None), closing or time())
                if closes > max(opens, start):
                    yield max(opens, start), closes
            day += timedelta(days=1)

    def _moment(self, day: date, at: time) -> datetime:
        """A time on the wall in UTC. One that the clock skips is read as before the change, one said twice as first."""
        return datetime.combine(day, at, tzinfo=self.zone).astimezone(UTC)

    def _hours(self, day: date) -> Hours:
        if day in self.days:
            return self.days[day]
        if self.country is not None and day in holidays_of(self.country, day.year):
            return CLOSED
        return self.week[day.weekday()] if self.week is not None else CLOSED
