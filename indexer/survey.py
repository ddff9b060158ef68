"""A first look through a file of records: how long it is, how its dates are to be read, which ids come twice.

What is wrong with a record is left to the import, which reads the file again; a column of a table that is not known is
found here, so that it is said once.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from triagem.errors import InvalidInput
from triagem.search.columns import Columns
from triagem.search.dates import DateOrder, proven_order
from triagem.search.encodings import Encoding
from triagem.search.records_file import records, table_encoding, written_names
from triagem.text.normalise import one_form

_DATES = ("created_at", "closed_at", "updated_at")
_NAMED, _NAME_CHARS = 10, 40


@dataclass(frozen=True, slots=True)
class Survey:
    """`lines` counts to the last record; `dates` is None where the file proves no order, or both.

    `encoding` is that of a table, as `table_encoding` says it, and `written` as `written_names` does. `unknown` is why
    nothing of a table can be used.
    """

    lines: int
    dates: DateOrder | None
    repeated: frozenset[str]
    encoding: Encoding | None
    written: Mapping[str, str]
    unknown: InvalidInput | None


def survey(path: Path, columns: Columns) -> Survey:
    """Looks through a JSONL or CSV file with the fields of `columns`; raises as `records` does."""
    lines = 0
    names: Iterable[str] = ()
    proven: set[DateOrder] = set()
    ids: Counter[str] = Counter()
    for number, record in records(path, columns):
        lines = number
        if isinstance(record, InvalidInput):
            continue
        names = names or record
        proven.update(order for name in _DATES if (order := proven_order(record.get(name))) is not None)
        ids[one_form(str(record.get("id", "")))] += 1
    encoding = table_encoding(path)
    return Survey(
        lines=lines,
        dates=proven.pop() if len(proven) == 1 else None,
        repeated=frozenset(one for one, count in ids.items() if count > 1),
        encoding=encoding,
        written=written_names(path, columns),
        unknown=unknown_fields(names, columns) if encoding else None,
    )


def unknown_fields(names: Iterable[str], known: Collection[str]) -> InvalidInput | None:
    """The refusal that names the first of `names` that are not known and the ways out; None where all are known."""
    unknown = [name for name in names if name not in known]
    if not unknown:
        return None
    named = ", ".join(f"'{shown(name)}'" for name in unknown[:_NAMED]) + ", …" * (len(unknown) > _NAMED)
    return InvalidInput(
        f"Unknown fields: {named}. Known are: {', '.join(known)}. "
        "Correct the names, or choose on import to pass over columns or fields that are not known (--known-only)."
    )


def shown(name: str) -> str:
    """A name as one line can show it."""
    plain = "".join(character if character.isprintable() else "?" for character in name)
    return plain if len(plain) <= _NAME_CHARS else f"{plain[:_NAME_CHARS]}…"
