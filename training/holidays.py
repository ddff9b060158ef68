"""Writes the table of Brazil's holidays that `triagem.triage.holidays` reads, from the library of holidays.

Run it again when the library knows a new one: python -m training.holidays
"""

import json

import click
import holidays

from triagem.triage.holidays import COUNTRY, FILE, Country, ask_library

YEARS = range(2024, 2046)


def table() -> dict[str, list[str]]:
    """Days in ISO form by code, and by code and optional day; a state has those that it keeps beside the country."""
    country = _days(COUNTRY)
    found = {name: sorted(days) for name, days in country.items()}
    for part in holidays.list_supported_countries()[COUNTRY]:
        code = f"{COUNTRY}-{part}"
        for name, days in _days(code).items():
            own = days - country.get(name.replace(code, COUNTRY, 1), set())
            if own or name == code:
                found[name] = sorted(own)
    return found


def _days(code: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {code: set()}
    for year in YEARS:
        kept = ask_library(Country(code), year)
        found[code].update(day.isoformat() for day in kept)
        for name in _optional(code, year):
            more = ask_library(Country(code, (name,)), year) - kept
            found.setdefault(f"{code} {name}", set()).update(day.isoformat() for day in more)
    return found


def _optional(code: str, year: int) -> set[str]:
    country, _, part = code.partition("-")
    offered = holidays.country_holidays(
        country, subdiv=part or None, years=year, categories=("optional",), language="pt_BR"
    )
    return {name for names in offered.values() for name in names.split("; ")}


@click.command()
def main() -> None:
    """Write the shipped table anew."""
    record = {"years": [YEARS[0], YEARS[-1]], "days": table()}
    FILE.write_text(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
