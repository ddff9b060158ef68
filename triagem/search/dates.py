"""Dates as files write them: ISO 8601, or day, month and year parted by slashes, dots or hyphens.

Which of two numbers is the day is never guessed: a date that can be read both ways needs to be told.
"""

import re
from datetime import UTC, datetime, tzinfo
from enum import StrEnum

from triagem.errors import InvalidInput

_LAST_YEAR = 9999
_YEAR_LAST = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?:(?:T|,? +)(\d{1,2})(:\d{2}\S*))?", re.ASCII)
_SHORT_YEAR = re.compile(r"\d{1,2}([/.-])\d{1,2}\1\d{2}(?!\d).*", re.ASCII)
_DAY_AND_MORE = re.compile(r"(\d{4}-\d{2}-\d{2}|\d{1,2}([/.-])\d{1,2}\2\d{4})(?!\d)(.*)", re.ASCII)


class DateOrder(StrEnum):
    """How a date that ends in its year is read."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


def moment(value: object, name: str, *, order: DateOrder | None = None, zone: tzinfo = UTC) -> datetime | None:
    """A date or date and time; None for an empty one. A date alone is its first moment.

    `order` reads 05/04/2026. Without it such a date must have one reading only, as 25/04/2026 has. What names no zone
    is of `zone` and comes back in UTC; a time that the clock skips is read as before the change, one said twice as the
    first. Raises `InvalidInput` naming the field.
    """
    if value is None or value == "":
        return None
    parsed = _parsed(value.strip(), name, order) if isinstance(value, str) else None
    if parsed is None:
        raise _refusal(value, name)
    if not 1970 <= parsed.year < _LAST_YEAR:
        raise InvalidInput(f"{name} must lie between 1970 and {_LAST_YEAR}.")
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=zone).astimezone(UTC)


def is_day(value: object) -> bool:
    """Whether a date that `moment` reads was written without a time."""
    match = _DAY_AND_MORE.fullmatch(value.strip()) if isinstance(value, str) else None
    return match is not None and not match[3]


def proven_order(value: object) -> DateOrder | None:
    """The only order in which this is a date; None where both are, neither is, or the date is ISO 8601."""
    orders = list(_readings(value.strip())) if isinstance(value, str) else []
    return orders[0] if len(orders) == 1 else None


def _parsed(value: str, name: str, order: DateOrder | None) -> datetime | None:
    read = _iso(value)
    if read is not None:
        return read
    readings = _readings(value)
    if order is not None and readings and order not in readings:
        raise InvalidInput(f"{name} is no date when read {order.value}; write it as 2026-03-05.")
    if order is not None:
        return readings.get(order)
    if len(set(readings.values())) > 1:
        raise InvalidInput(
            f"{name} can be read with the day or the month first, and no other date settles which. "
            "Write it as 2026-03-05, or say which it is: "
            f"--dates {DateOrder.DAY_FIRST.value} or --dates {DateOrder.MONTH_FIRST.value}."
        )
    return next(iter(readings.values()), None)


def _readings(value: str) -> dict[DateOrder, datetime]:
    """The orders in which a date that ends in its year exists."""
    match = _YEAR_LAST.fullmatch(value)
    if match is None:
        return {}
    first, _, second, year, hour, rest = match.groups()
    time = f"T{hour:>02}{rest}" if hour else ""
    written = {
        DateOrder.DAY_FIRST: f"{year}-{second:>02}-{first:>02}{time}",
        DateOrder.MONTH_FIRST: f"{year}-{first:>02}-{second:>02}{time}",
    }
    read = {order: _iso(text) for order, text in written.items()}
    return {order: found for order, found in read.items() if found is not None}


def _refusal(value: object, name: str) -> InvalidInput:
    """What is wrong with a value that is no date."""
    written = value.strip() if isinstance(value, str) else ""
    if _SHORT_YEAR.fullmatch(written):
        return InvalidInput(f"{name} has a year of two digits; write four, such as 25/04/2026.")
    match = _DAY_AND_MORE.fullmatch(written)
    if match is None:
        return InvalidInput(f"{name} must be an ISO 8601 date, such as 2026-03-05 or 2026-03-05T14:30:00-03:00.")
    if _iso(match[1]) is None and not _readings(match[1]):
        return InvalidInput(f"{name} names a day that does not exist.")
    return InvalidInput(f"{name} has a time that cannot be read; write it as 14:30, or leave it out.")


def _iso(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None
