"""Whose holidays a desk keeps, and on which days they fall.

Brazil's stand in a table that `training.holidays` writes from the library of holidays: asking the library loads the
calendars of the whole world, a fifth of a second and 16 MB at every start. It is asked for other countries and years.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

COUNTRY = "BR"
FILE = Path(__file__).with_name("holidays_br.json")

Days = Mapping[str, frozenset[date]]
"""Days by a code, and by a code and an optional day as `BR Carnaval`; a state has those beside the country's."""


@dataclass(frozen=True, slots=True)
class Country:
    """Whose holidays count: a code such as `BR` or `BR-SP`, and which of its optional days by their name there."""

    code: str
    optional: tuple[str, ...] = ()


@lru_cache(maxsize=256)
def holidays_of(country: Country, year: int) -> frozenset[date]:
    """The days that `country` rests in a year. Raises `KeyError` for a country or part of one that nobody knows."""
    years, table = _shipped()
    if year not in years or country.code not in table:
        return ask_library(country, year)
    names = [f"{code} {name}".strip() for code in (COUNTRY, country.code) for name in ("", *country.optional)]
    return frozenset(day for name in names for day in table.get(name, ()) if day.year == year)


def ask_library(country: Country, year: int) -> frozenset[date]:
    """The same from the library itself."""
    import holidays  # noqa: PLC0415 - what this module is there to avoid

    code, _, part = country.code.partition("-")
    try:
        kept = holidays.country_holidays(code, subdiv=part or None, years=year)
        found = set(kept)
        if country.optional:
            offered = holidays.country_holidays(
                code, subdiv=part or None, years=year, categories=("optional",), language=kept.default_language
            )
            found |= {day for day, name in offered.items() if not set(country.optional).isdisjoint(name.split("; "))}
    except (NotImplementedError, ValueError):
        raise KeyError(country.code) from None
    return frozenset(found)


@cache
def _shipped() -> tuple[range, Days]:
    stored = json.loads(FILE.read_text(encoding="utf-8"))
    first, last = stored["years"]
    return range(first, last + 1), {
        name: frozenset(date.fromisoformat(day) for day in days) for name, days in stored["days"].items()
    }
