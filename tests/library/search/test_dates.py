"""Dates of files: ISO 8601, and those with the year last, of which none is guessed."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from triagem.errors import InvalidInput
from triagem.search.dates import DateOrder, is_day, moment, proven_order

SAO_PAULO = ZoneInfo("America/Sao_Paulo")


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
    ("written", "reason"),
    [
        ("yesterday", "must be an ISO 8601 date"),
        ("2026-4-9", "must be an ISO 8601 date"),
        ("25/04.2026", "must be an ISO 8601 date"),
        ("٢٥/٠٤/2026", "must be an ISO 8601 date"),
        ("31/02/2026", "names a day that does not exist"),
        ("2026-02-31T10:00", "names a day that does not exist"),
        ("25/04/26", "a year of two digits"),
        ("10/10/26 09:00", "a year of two digits"),
        ("25/04/2026 14", "a time that cannot be read"),
        ("10/10/2026 9h", "a time that cannot be read"),
        ("2026-10-10T25:00", "a time that cannot be read"),
    ],
)
def test_what_is_no_date_is_refused_with_what_is_wrong_with_it(written: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=f"^created_at .*{reason}"):
        moment(written, "created_at")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("23/10/2026 09:42", datetime(2026, 10, 23, 12, 42, tzinfo=UTC)),
        ("2026-04-09", datetime(2026, 4, 9, 3, tzinfo=UTC)),
        ("2026-04-09T10:00:00Z", datetime(2026, 4, 9, 10, tzinfo=UTC)),
        ("2018-11-04T00:30", datetime(2018, 11, 4, 3, 30, tzinfo=UTC)),  # the clock went from 00:00 to 01:00
        ("2019-02-16T23:30", datetime(2019, 2, 17, 1, 30, tzinfo=UTC)),  # said twice: the first, in summer time
    ],
)
def test_what_names_no_zone_is_of_the_zone_that_is_given(written: str, read: datetime) -> None:
    assert moment(written, "created_at", zone=SAO_PAULO) == read


def test_a_day_stays_that_day_in_its_zone_even_where_the_clock_skips_its_midnight() -> None:
    for written in ("2026-04-09", "2018-11-04"):
        read = moment(written, "updated_at", zone=SAO_PAULO)
        assert read is not None
        assert read.astimezone(SAO_PAULO).date().isoformat() == written


def test_a_day_is_told_from_a_moment() -> None:
    assert [is_day(value) for value in ("2026-04-09", " 25/04/2026 ")] == [True, True]
    assert [is_day(value) for value in ("2026-04-09T00:00", "25/04/2026 00:00", "", None)] == [False] * 4


def test_only_a_day_above_twelve_proves_an_order() -> None:
    assert proven_order("25/04/2026 14:30") is DateOrder.DAY_FIRST
    assert proven_order("04/25/2026") is DateOrder.MONTH_FIRST
    assert [proven_order(value) for value in ("05/04/2026", "05/05/2026", "2026-04-25", "", None, 7)] == [None] * 6
