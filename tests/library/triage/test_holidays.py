"""The shipped table says what the library says; what it does not hold is asked there."""

import json
from datetime import date

import pytest

from training.holidays import YEARS, table
from triagem.triage.holidays import FILE, Country, ask_library, holidays_of


def test_the_shipped_table_is_what_the_library_says_today() -> None:
    stored = json.loads(FILE.read_text(encoding="utf-8"))
    assert stored["days"] == table(), "write it anew: python -m training.holidays"
    assert stored["years"] == [YEARS[0], YEARS[-1]]


@pytest.mark.parametrize("code", ["BR", "BR-SP", "BR-RJ"])
@pytest.mark.parametrize("year", [2023, 2026, 2045, 2046])
def test_days_are_the_librarys_within_the_table_and_beyond_it(code: str, year: int) -> None:
    country = Country(code, ("Carnaval", "Corpus Christi"))
    assert holidays_of(country, year) == ask_library(country, year)


def test_a_state_keeps_its_own_holidays_too() -> None:
    revolution = date(2026, 7, 9)
    assert revolution in holidays_of(Country("BR-SP"), 2026)
    assert revolution not in holidays_of(Country("BR"), 2026)


def test_an_optional_day_is_kept_by_those_who_name_it() -> None:
    carnival = date(2026, 2, 17)
    assert carnival in holidays_of(Country("BR", ("Carnaval",)), 2026)
    assert carnival not in holidays_of(Country("BR"), 2026)


def test_other_countries_are_asked_for_and_unknown_ones_refused() -> None:
    assert date(2026, 4, 25) in holidays_of(Country("PT"), 2026)
    with pytest.raises(KeyError):
        holidays_of(Country("XX"), 2026)
