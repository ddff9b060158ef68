"""Dates of files: ISO 8601, and those with the year last, of which none is guessed."""

from datetime import UTC, datetime

import pytest

from triagem.errors import InvalidInput
from triagem.search.dates import DateOrder, moment, proven_order


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-03-05", datetime(2026, 3, 5, tzinfo=UTC)),
        ("2026-03-05T14:30:00-03:00", datetime(2026, 3, 5, 17, 30, tzinfo=UTC)),
        ("25/04/2026", datetime(2026, 4, 25, tzinfo=UTC)),
        ("04/25/2026", datetime(2026, 4, 25, tzinfo=UTC)),
        ("5/5/2026", datetime(2026, 5, 5, tzinfo=UTC)),
        ("25.04.2026 9:05", datetime(2026, 4, 25, 9, 5, tzinfo=UTC)),
        ("25-04-2026, 14:30:15", datetime(2026, 4, 25, 14, 30, 15, tzinfo=UTC)),
        (" 25/04/2026 14:30 ", datetime(2026, 4, 25, 14, 30, tzinfo=UTC)),
    ],
)
def test_a_date_of_one_reading_needs_no_order(written: str, read: datetime) -> None:
    assert moment(written, "created_at") == read


def test_a_date_of_two_readings_is_refused_with_what_to_do() -> None:
    with pytest.raises(InvalidInput, match="--dates day-first or --dates month-first"):
        moment("05/04/2026 14:30", "created_at")


def test_a_date_of_two_readings_is_read_in_the_order_that_was_given() -> None:
    written = "05/04/2026 14:30"
    assert moment(written, "created_at", order=DateOrder.DAY_FIRST) == datetime(2026, 4, 5, 14, 30, tzinfo=UTC)
    assert moment(written, "created_at", order=DateOrder.MONTH_FIRST) == datetime(2026, 5, 4, 14, 30, tzinfo=UTC)


def test_an_order_is_kept_to_even_where_the_other_one_would_be_a_date() -> None:
    with pytest.raises(InvalidInput, match="no date when read day-first"):
        moment("04/25/2026", "created_at", order=DateOrder.DAY_FIRST)


@pytest.mark.parametrize(
    "written", ["yesterday", "31/02/2026", "25/04/26", "25/04.2026", "25/04/2026 14", "٢٥/٠٤/2026"]
)
def test_what_is_no_date_is_refused(written: str) -> None:
    with pytest.raises(InvalidInput, match="ISO 8601"):
        moment(written, "created_at")


def test_only_a_day_above_twelve_proves_an_order() -> None:
    assert proven_order("25/04/2026 14:30") is DateOrder.DAY_FIRST
    assert proven_order("04/25/2026") is DateOrder.MONTH_FIRST
    assert [proven_order(value) for value in ("05/04/2026", "05/05/2026", "2026-04-25", "", None, 7)] == [None] * 6
