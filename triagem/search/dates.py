"""Dates as files write them: ISO 8601, or day, month and year parted by slashes, dots or hyphens.

Which of two numbers is the day is never guessed: a date that can be read both ways needs to be told.
"""

import re
from datetime import UTC, datetime
from enum import StrEnum

from triagem.errors import InvalidInput

_LAST_YEAR = 9999
_YEAR_LAST = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?:(?:T|,? +)(\d{1,2})(:\d{2}\S*))?", re.ASCII)


class DateOrder(StrEnum):
    """How a date that ends in its year is read."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


def moment(value: object, name: str, *, order: DateOrder | None = None) -> datetime | None:
    """A date or date and time; None for an empty one, without a zone it is UTC.

    `order` reads 05/04/2026. Without it such a date must have one reading only, as 25/04/2026 has.
    Raises `InvalidInput` naming the field.
    """
    if value is None or value == "":
        return None
    parsed = _parsed(value.strip(), name, order) if isinstance(value, str) else None
    if parsed is None:
        raise InvalidInput(f"{name} must be an ISO 8601 date, such as 2026-03-05 or 2026-03-05T14:30:00-03:00.")
    if not 1970 <= parsed.year < _LAST_YEAR:
        raise InvalidInput(f"{name} must lie between 1970 and {_LAST_YEAR}.")
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


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
            f"{name} can be read with the day or the month first. "
            "Write it as 2026-03-05, or say on import which it is: "
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


def _iso(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None
