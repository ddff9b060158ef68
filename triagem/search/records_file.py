"""JSONL and CSV files as a stream of records, each with its line number; a bad line is told, never fatal."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final, TextIO

from triagem.errors import Failure, InvalidInput
from triagem.search.columns import Columns, fields_of
from triagem.search.encodings import Encoding, encoding_of
from triagem.search.records import record_from_line
from triagem.search.rows import ROW_CHARS, rows

# "Unicode text" of Excel is a table too, parted by tabs.
TABLES: Final = (".csv", ".tsv", ".txt")
ENDINGS: Final = (".jsonl", ".ndjson", *TABLES)
_LINE_BYTES = 8 << 20
# Of a ZIP archive, as .xlsx and .ods are, and of the older .xls.
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def records(path: Path, columns: Columns) -> Iterator[tuple[int, dict[str, Any] | InvalidInput]]:
    """Each record's first line, counted from 1, with the record or the reason why it has none.

    A table's header may name its fields as `columns` do; an empty row of it is passed over. Raises `InvalidInput` for
    a file that is not there, has another ending or is a workbook.
    """
    if not path.is_file():
        raise InvalidInput(f"{path} is not a file.", failure=Failure.FILE_MISSING)
    with path.open("rb") as stream:
        if stream.read(4) in _WORKBOOKS:
            raise InvalidInput(f'{path.name} is a workbook; in Excel save it as "CSV UTF-8" and give that file.')
    if path.suffix.lower() in TABLES:
        yield from _table(path, columns)
    elif path.suffix.lower() in ENDINGS:
        yield from _jsonl(path)
    else:
        raise InvalidInput(f"{path.name}: give a file ending in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}.")


def table_encoding(path: Path) -> Encoding | None:
    """The encoding in which `records` reads a table; None where it cannot, and of lines of JSON, which are UTF-8."""
    return encoding_of(path) if path.suffix.lower() in TABLES else None


def written_names(path: Path, columns: Columns) -> dict[str, str]:
    """How the header of a table writes the fields that it calls otherwise; empty where `records` reads no header."""
    encoding = table_encoding(path)
    if encoding is None:
        return {}
    with _opened(path, encoding) as stream:
        _, header = _header(rows(stream, _delimiter(stream)))
    if isinstance(header, InvalidInput):
        return {}
    named = zip(fields_of(header, columns), (" ".join(name.split()) for name in header), strict=True)
    return {field: name for field, name in named if field in columns and name != field}


def with_written_name(reason: str, written: Mapping[str, str]) -> str:
    """A reason that begins with a field's name, with the column's own beside it: `created_at ("Aberto em") ...`."""
    field, _, rest = reason.partition(" ")
    return f'{field} ("{written[field]}") {rest}' if field in written else reason


def _jsonl(path: Path) -> Iterator[tuple[int, dict[str, Any] | InvalidInput]]:
    with path.open("rb") as stream:
        number = 0
        while line := stream.readline(_LINE_BYTES):
            number += 1
            if len(line) == _LINE_BYTES and not line.endswith(b"\n"):
                while (rest := stream.readline(_LINE_BYTES)) and not rest.endswith(b"\n"):
                    pass
                yield number, InvalidInput("The line is longer than 8 MiB.")
            elif line.strip():
                yield number, _parsed(line)


def _parsed(line: bytes) -> dict[str, Any] | InvalidInput:
    try:
        return record_from_line(line)
    except InvalidInput as reason:
        return reason


def _table(path: Path, columns: Columns) -> Iterator[tuple[int, dict[str, Any] | InvalidInput]]:
    encoding = encoding_of(path)
    if encoding is None:
        yield 1, InvalidInput('The file is not UTF-8; save it as UTF-8 (in Excel: "CSV UTF-8").')
        return
    with _opened(path, encoding) as stream:
        table = rows(stream, _delimiter(stream))
        number, header = _header(table)
        if isinstance(header, InvalidInput):
            yield number, header
            return
        fields = fields_of(header, columns)
        if twice := [field for field in columns if fields.count(field) > 1]:
            same = [name for name, field in zip(header, fields, strict=True) if field == twice[0]]
            named = ", ".join(f"'{' '.join(name.split())}'" for name in same)
            yield 1, InvalidInput(f"More than one column is {twice[0]}: {named}; keep one of them.")
            return
        for number, row in table:
            if isinstance(row, InvalidInput):
                yield number, row
            elif any(row):
                yield number, _record(fields, row)


def _opened(path: Path, encoding: Encoding) -> TextIO:
    codec = "utf-8-sig" if encoding is Encoding.UTF_8 else encoding.value
    # What cannot be decoded comes in as surrogates, and its row is refused.
    errors = "surrogatepass" if encoding is Encoding.UTF_16 else "surrogateescape"
    return path.open(encoding=codec, errors=errors, newline="")


def _delimiter(stream: TextIO) -> str:
    try:
        first = stream.readline(ROW_CHARS)
    except UnicodeDecodeError:  # told where its line is read
        first = ""
    stream.seek(0)
    # Spreadsheets set to Portuguese part columns by semicolons.
    return max(",;\t", key=first.count)


def _header(table: Iterator[tuple[int, list[str] | InvalidInput]]) -> tuple[int, list[str] | InvalidInput]:
    number, header = next(table, (1, []))
    if isinstance(header, list) and header and header[0].startswith("sep="):  # it says the delimiter to Excel
        number, header = next(table, (2, []))
    return number, header


def _record(fields: Sequence[str], row: Sequence[str]) -> dict[str, Any] | InvalidInput:
    if any(_is_broken(text) for text in (*fields, *row)):
        return InvalidInput('The row is not UTF-8; save the file as UTF-8 (in Excel: "CSV UTF-8").')
    cells = list(zip_longest(fields, row, fillvalue=""))
    if any(cell and not field for field, cell in cells):
        return InvalidInput("The row has a cell without a name above it.")
    return {field: cell for field, cell in cells if field}


def _is_broken(value: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in value)
