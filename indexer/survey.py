"""A first look through a file of records: how long it is, how its dates are to be read, which ids come twice.

What is wrong with a record is left to the import, which reads the file again; what is wrong with all of a CSV file is
found here, so that it is said once.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from triagem.errors import InvalidInput
from triagem.search.dates import DateOrder, proven_order
from triagem.search.records_file import line_not_utf8, records

_DATES = ("created_at", "closed_at", "updated_at")
_NAMED, _NAME_CHARS = 10, 40


@dataclass(frozen=True, slots=True)
class Survey:
    """`lines` counts to the last record; `dates` is None where the file proves no order, or both.

    `flaw` is the line and the reason for which nothing of the file can be used.
    """

    lines: int
    dates: DateOrder | None
    repeated: frozenset[str]
    flaw: tuple[int, InvalidInput] | None


def survey(path: Path, known: Sequence[str]) -> Survey:
    """Looks through a JSONL or CSV file with the fields `known`.

    Raises `InvalidInput` for one that is not there or has another ending.
    """
    lines = 0
    columns: Iterable[str] = ()
    proven: set[DateOrder] = set()
    ids: Counter[str] = Counter()
    for number, record in records(path):
        lines = number
        if isinstance(record, InvalidInput):
            continue
        columns = columns or record
        proven.update(order for name in _DATES if (order := proven_order(record.get(name))) is not None)
        ids[str(record.get("id", "")).strip()] += 1
    return Survey(
        lines=lines,
        dates=proven.pop() if len(proven) == 1 else None,
        repeated=frozenset(one for one, count in ids.items() if count > 1),
        flaw=_flaw(path, columns, known) if path.suffix.lower() == ".csv" else None,
    )


def unknown_fields(names: Iterable[str], known: Sequence[str]) -> InvalidInput | None:
    """The refusal that names the first of `names` that are not known; None where all are."""
    unknown = [name for name in names if name not in known]
    if not unknown:
        return None
    named = ", ".join(f"'{_shown(name)}'" for name in unknown[:_NAMED]) + ", …" * (len(unknown) > _NAMED)
    return InvalidInput(f"Unknown fields: {named}. Known are: {', '.join(known)}.")


def _flaw(path: Path, columns: Iterable[str], known: Sequence[str]) -> tuple[int, InvalidInput] | None:
    line = line_not_utf8(path)
    if line is not None:
        return line, InvalidInput('The file is not UTF-8; save it as UTF-8 (in Excel: "CSV UTF-8").')
    unknown = unknown_fields(columns, known)
    return None if unknown is None else (1, unknown)


def _shown(name: str) -> str:
    """A name as one line can show it."""
    plain = "".join(character if character.isprintable() else "?" for character in name)
    return plain if len(plain) <= _NAME_CHARS else f"{plain[:_NAME_CHARS]}…"
