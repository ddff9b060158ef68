"""A first look through a file of records: how long it is, how its dates are to be read, which ids come twice.

What is wrong with a record is left to the import, which reads the file again.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from triagem.errors import InvalidInput
from triagem.search.dates import DateOrder, proven_order
from triagem.search.records_file import records

_DATES = ("created_at", "closed_at", "updated_at")


@dataclass(frozen=True, slots=True)
class Survey:
    """`lines` counts to the last record; `dates` is None where the file proves no order, or both."""

    lines: int
    dates: DateOrder | None
    repeated: frozenset[str]


def survey(path: Path) -> Survey:
    """Looks through a JSONL or CSV file. Raises `InvalidInput` for one that is not there or has another ending."""
    lines = 0
    proven: set[DateOrder] = set()
    ids: Counter[str] = Counter()
    for number, record in records(path):
        lines = number
        if isinstance(record, InvalidInput):
            continue
        proven.update(order for name in _DATES if (order := proven_order(record.get(name))) is not None)
        ids[str(record.get("id", "")).strip()] += 1
    return Survey(
        lines=lines,
        dates=proven.pop() if len(proven) == 1 else None,
        repeated=frozenset(one for one, count in ids.items() if count > 1),
    )
