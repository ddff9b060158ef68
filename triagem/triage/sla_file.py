"""The file of service levels: what may stand in it, and how it becomes calendars and policies.

The shipped `sla.toml` explains every entry; how policies are applied stands in `triagem.triage.sla`.
"""

import re
from datetime import date, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from triagem.text.names import wanted
from triagem.triage.holidays import Country, holidays_of
from triagem.triage.priority_names import with_same
from triagem.triage.rules_file import Rules, read_rules
from triagem.triage.sla import Policies, Policy
from triagem.triage.working_time import Calendar, Hours
from triagem.types import Language

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)")
_DURATION = re.compile(r"(?=.)(?:(\d{1,4})h)?(?:(\d{1,4})m)?")
# Five weeks of working hours, or nearly four months by day and night.
_LONGEST = timedelta(hours=2_600)
# A policy's time must be over after so many weeks of a calendar, holidays left aside.
_LONGEST_WEEKS = 100
_MIDNIGHT = "24:00"
_KNOWN_YEAR = 2026


def read_policies(path: Path | None = None) -> Policies:
    """The policies of a desk's own file, or the shipped ones. Raises `InvalidInput` with the place of a mistake."""
    rules = read_rules(_File, path, shipped="sla.toml")
    calendars = {name: _calendar(one) for name, one in rules.calendars.items()}
    named = {name for one in rules.policies for name in one.priority or ()}
    each = tuple(
        _policy(one, calendars[one.calendar], rules.calendars[one.calendar], named=named) for one in rules.policies
    )
    return Policies(each, rules.at_risk_at)


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise ValueError(f"there is no time zone '{name}'; they read like America/Sao_Paulo") from None
    return name


def _is_span(text: str) -> str:
    span = _SPAN.fullmatch(text)
    opening, _, closing = text.partition("-")
    if span is None or opening >= closing:
        raise ValueError(f"'{text}' is not a span of one day; it reads like 09:00-18:00, and a night shift is two")
    return text


def _is_duration(text: str) -> str:
    if _DURATION.fullmatch(text) is None or not timedelta() < _duration(text) <= _LONGEST:
        raise ValueError(f"'{text}' is not a working time; it reads like 30m, 4h or 1h30m, up to 2600h")
    return text


def _are_apart(spans: tuple[str, ...]) -> tuple[str, ...]:
    spans = tuple(sorted(spans))
    for before, after in pairwise(spans):
        if after[:5] < before[6:]:
            raise ValueError(f"the hours {before} and {after} overlap")
    return spans


Spans = Annotated[tuple[Annotated[str, AfterValidator(_is_span)], ...], AfterValidator(_are_apart)]
Duration = Annotated[str, AfterValidator(_is_duration)]
Values = Annotated[list[str], Field(min_length=1)]


class _Week(Rules):
    monday: Spans = ()
    tuesday: Spans = ()
    wednesday: Spans = ()
    thursday: Spans = ()
    friday: Spans = ()
    saturday: Spans = ()
    sunday: Spans = ()

    @model_validator(mode="after")
    def _opens(self) -> Self:
        if not any(self.in_order()):
            raise ValueError("no day has hours; leave the week out to be open day and night")
        return self

    def in_order(self) -> tuple[Spans, ...]:
        return (self.monday, self.tuesday, self.wednesday, self.thursday, self.friday, self.saturday, self.sunday)

    def open_time(self) -> timedelta:
        return sum((_length(span) for spans in self.in_order() for span in spans), timedelta())


class _InBoth(Rules):
    pt: str
    en: str


class _Calendar(Rules):
    time_zone: Annotated[str, AfterValidator(_zone)]
    zone_name: _InBoth | None = None
    holidays: str | None = None
    optional_holidays: tuple[str, ...] = ()
    week: _Week | None = None
    days: dict[date, Spans] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _rests_only_where_it_works(self) -> Self:
        if self.week is None and (self.holidays or self.days):
            raise ValueError("holidays and days need a week to differ from")
        return self

    @model_validator(mode="after")
    def _keeps_known_holidays(self) -> Self:
        if self.holidays is not None:
            try:
                holidays_of(Country(self.holidays), _KNOWN_YEAR)
            except KeyError:
                raise ValueError(f"nobody knows the holidays of '{self.holidays}'; BR and BR-SP are known") from None
        elif self.optional_holidays:
            raise ValueError("optional_holidays need holidays: whose?")
        return self


class _Policy(Rules):
    name: str
    title: _InBoth | None = None
    calendar: str
    response: Duration
    resolution: Duration | None = None
    priority: Values | None = None
    contract: Values | None = None
    type: Values | None = None

    @property
    def fits_all(self) -> bool:
        return self.priority is None and self.contract is None and self.type is None


class _File(Rules):
    at_risk_at: Annotated[float, Field(gt=0, le=1)] = 0.75
    calendars: dict[str, _Calendar]
    policies: Annotated[list[_Policy], Field(min_length=1)]

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        for policy in self.policies:
            if policy.calendar not in self.calendars:
                raise ValueError(f"policy '{policy.name}' names the calendar '{policy.calendar}', which is not there")
            week = self.calendars[policy.calendar].week
            longest = max(_duration(policy.response), _duration(policy.resolution or "0h"))
            if week is not None and longest > _LONGEST_WEEKS * week.open_time():
                raise ValueError(f"the hours of calendar '{policy.calendar}' are too few for policy '{policy.name}'")
        if not self.policies[-1].fits_all:
            raise ValueError("the last policy must have no conditions, so that every ticket has one")
        return self


def _policy(rules: _Policy, calendar: Calendar, described: _Calendar, *, named: set[str]) -> Policy:
    return Policy(
        name=rules.name,
        calendar=calendar,
        response=_duration(rules.response),
        resolution=_duration(rules.resolution) if rules.resolution else None,
        priority=with_same(rules.priority, apart=named) if rules.priority else None,
        contract=wanted(rules.contract),
        type=wanted(rules.type),
        zone_name=_in_both(described.zone_name),
        titles=_in_both(rules.title),
    )


def _in_both(said: _InBoth | None) -> dict[Language, str] | None:
    return {Language.PT: said.pt, Language.EN: said.en} if said else None


def _calendar(rules: _Calendar) -> Calendar:
    return Calendar(
        zone=ZoneInfo(rules.time_zone),
        week=tuple(_hours(spans) for spans in rules.week.in_order()) if rules.week else None,
        days={day: _hours(spans) for day, spans in rules.days.items()},
        country=Country(rules.holidays, tuple(rules.optional_holidays)) if rules.holidays else None,
    )


def _length(span: str) -> timedelta:
    opening, closing = (timedelta(hours=int(text[:2]), minutes=int(text[3:])) for text in span.split("-"))
    return closing - opening


def _hours(spans: Spans) -> Hours:
    parted = [span.split("-") for span in spans]
    return tuple((_time(opening), None if closing == _MIDNIGHT else _time(closing)) for opening, closing in parted)


def _time(text: str) -> time:
    return time.fromisoformat(text)


def _duration(text: str) -> timedelta:
    found = _DURATION.fullmatch(text)
    hours, minutes = found.groups() if found else (None, None)
    return timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
