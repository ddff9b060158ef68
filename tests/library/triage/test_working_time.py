from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from triagem.triage.holidays import Country
from triagem.triage.working_time import CLOSED, Calendar, Hours

SAO_PAULO, LISBON, LORD_HOWE = (
    ZoneInfo(name) for name in ("America/Sao_Paulo", "Europe/Lisbon", "Australia/Lord_Howe")
)
NINE_TO_SIX: Hours = ((time(9), time(18)),)
WEEK = (*[NINE_TO_SIX] * 5, CLOSED, CLOSED)
BRAZIL = Country("BR", ("Carnaval", "Corpus Christi"))
DESK = Calendar(SAO_PAULO, WEEK, country=BRAZIL)
HOURS = timedelta(hours=1)


def at(text: str, zone: ZoneInfo = SAO_PAULO) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-03-11 10:00", 4, "2026-03-11 14:00"),
        ("2026-03-11 16:00", 4, "2026-03-12 11:00"),
        ("2026-03-11 14:00", 4, "2026-03-11 18:00"),  # to the very end of the day
        ("2026-03-11 06:30", 1, "2026-03-11 10:00"),  # before opening
        ("2026-03-11 23:59", 1, "2026-03-12 10:00"),  # after closing
        ("2026-03-13 17:00", 2, "2026-03-16 10:00"),  # over a weekend
        ("2026-03-14 12:00", 1, "2026-03-16 10:00"),  # on a Saturday
        ("2026-01-30 17:00", 2, "2026-02-02 10:00"),  # over the end of a month
        ("2024-02-29 17:00", 2, "2024-03-01 10:00"),  # of a leap year's February
        ("2025-12-31 17:00", 2, "2026-01-02 10:00"),  # of a year, and New Year's Day
        ("2026-02-13 17:00", 2, "2026-02-18 10:00"),  # Friday before Carnival: Monday and Tuesday are off
        ("2026-04-02 17:00", 2, "2026-04-06 10:00"),  # Good Friday
        ("2026-06-03 17:00", 2, "2026-06-05 10:00"),  # Corpus Christi, a Thursday
        ("2026-11-19 17:00", 2, "2026-11-23 10:00"),  # 20 November, national since 2024
        ("2023-11-19 17:00", 2, "2023-11-20 11:00"),  # and a working Monday before
    ],
)
def test_time_counts_while_the_desk_is_open(start: str, hours: int, due: str) -> None:
    assert DESK.add(at(start), hours * HOURS) == at(due)


def test_a_moment_in_another_zone_is_the_same_moment() -> None:
    assert DESK.add(datetime(2026, 3, 11, 13, 0, tzinfo=UTC), 4 * HOURS) == at("2026-03-11 14:00")
    assert DESK.add(datetime(2026, 3, 11, 13, 0, tzinfo=UTC), 4 * HOURS).utcoffset() == timedelta(hours=-3)


def test_sao_paulo_has_had_no_daylight_saving_since_2019() -> None:
    summers = [DESK.add(at(f"{year}-01-15 10:00"), HOURS).utcoffset() for year in (2019, 2020)]
    assert summers == [timedelta(hours=-2), timedelta(hours=-3)]


def test_a_lunch_break_does_not_count() -> None:
    parted = Calendar(SAO_PAULO, ((((time(9), time(12)), (time(13), time(18))),) * 5) + (CLOSED, CLOSED))
    assert parted.add(at("2026-03-11 11:00"), 2 * HOURS) == at("2026-03-11 14:00")
    assert parted.between(at("2026-03-11 11:30"), at("2026-03-11 13:15")) == timedelta(minutes=45)


def test_a_particular_day_may_have_other_hours_even_if_it_is_a_holiday() -> None:
    days: dict[date, Hours] = {date(2026, 12, 24): ((time(9), time(12)),), date(2026, 12, 25): NINE_TO_SIX}
    desk = Calendar(SAO_PAULO, WEEK, days=days, country=BRAZIL)
    assert desk.add(at("2026-12-24 10:00"), 3 * HOURS) == at("2026-12-25 10:00")


def test_a_night_shift_over_the_change_to_summer_time_is_an_hour_shorter() -> None:
    night = Calendar(LISBON, (((time(0), time(6)), (time(22), None)),) * 7)
    # On 29 March 2026 at 01:00 the clocks in Lisbon go to 02:00.
    assert night.between(at("2026-03-28 22:00", LISBON), at("2026-03-29 06:00", LISBON)) == 7 * HOURS
    assert night.add(at("2026-03-28 22:00", LISBON), 7 * HOURS) == at("2026-03-29 06:00", LISBON)
    # On 25 October 2026 at 02:00 they go back to 01:00.
    assert night.between(at("2026-10-24 22:00", LISBON), at("2026-10-25 06:00", LISBON)) == 9 * HOURS


def test_office_hours_keep_their_length_and_their_clock_over_the_change() -> None:
    office = Calendar(LISBON, WEEK)
    friday, monday = at("2026-03-27 17:00", LISBON), at("2026-03-30 10:00", LISBON)
    assert office.add(friday, 2 * HOURS) == monday
    assert (friday.utcoffset(), monday.utcoffset()) == (timedelta(0), HOURS)
    assert office.between(friday, monday) == 2 * HOURS


def test_day_and_night_means_hours_that_pass_and_not_hours_on_the_wall() -> None:
    always = Calendar(LISBON)
    due = always.add(at("2026-03-28 12:00", LISBON), 24 * HOURS)
    assert due == at("2026-03-29 13:00", LISBON)
    assert always.between(at("2026-03-28 12:00", LISBON), due) == 24 * HOURS
    assert always.add(at("2026-02-28 23:00", LISBON), 2 * HOURS) == at("2026-03-01 01:00", LISBON)


def test_a_desk_that_opens_at_a_time_the_clock_skips_opens_right_after() -> None:
    early = Calendar(LISBON, (((time(1, 30), time(6)),),) * 7)
    assert early.add(at("2026-03-29 00:00", LISBON), HOURS) == at("2026-03-29 03:30", LISBON)


def test_a_change_of_half_an_hour_is_reckoned_too() -> None:
    every_day = Calendar(LORD_HOWE, (((time(0), None),),) * 7)
    start, end = at("2026-10-03 12:00", LORD_HOWE), at("2026-10-04 12:00", LORD_HOWE)
    assert every_day.between(start, end) == timedelta(hours=23, minutes=30)


def test_what_is_added_is_what_lies_between() -> None:
    for hour in range(0, 24 * 60, 7):
        start = at("2026-01-28 00:00") + timedelta(hours=hour)
        for minutes in (1, 59, 540, 541, 2_700):
            due = DESK.add(start, timedelta(minutes=minutes))
            assert DESK.between(start, due) == timedelta(minutes=minutes), start


def test_nothing_lies_between_a_moment_and_an_earlier_one() -> None:
    assert DESK.between(at("2026-03-11 12:00"), at("2026-03-11 10:00")) == timedelta()


def test_a_desk_that_never_opens_long_enough_says_so() -> None:
    with pytest.raises(OverflowError):
        Calendar(SAO_PAULO, (CLOSED,) * 7).add(at("2026-03-11 12:00"), HOURS)
