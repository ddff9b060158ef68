"""JSONL and CSV files as a stream of records, each with its line number; a bad line is told, never fatal."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from triagem.errors import Failure, InvalidInput
from triagem.search.records import record_from_line

_LINE_BYTES = 8 << 20
csv.field_size_limit(_LINE_BYTES)


def records(path: Path) -> Iterator[tuple[int, dict[str, Any] | InvalidInput]]:
    """Each line's number, counted from 1, with its record or the reason why it has none."""
    if not path.is_file():
        raise InvalidInput(f"{path} is not a file.", failure=Failure.FILE_MISSING)
    suffix = path.suffix.lower()
    if suffix == ".csv":
        yield from _csv(path)
    elif suffix in (".jsonl", ".ndjson"):
        yield from _jsonl(path)
    else:
        raise InvalidInput(f"{path.name}: give a file ending in .jsonl, .ndjson or .csv.")


def line_not_utf8(path: Path) -> int | None:
    """The first line that is not UTF-8, counted from 1, of a file in which no line is both UTF-8 and more than ASCII.

    Such a file was written in another alphabet as a whole; in others a line or two is broken.
    """
    first = None
    with path.open("rb") as stream:
        for number, line in enumerate(iter(lambda: stream.readline(_LINE_BYTES), b""), 1):
            if line.isascii():
                continue
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                first = first or number
            else:
                return None
    return first


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


def _csv(path: Path) -> Iterator[tuple[int, dict[str, Any] | InvalidInput]]:
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
        first = stream.readline()
        stream.seek(0)
        # Spreadsheets set to Portuguese part columns by semicolons.
        rows = csv.DictReader(stream, delimiter=";" if first.count(";") > first.count(",") else ",")
        try:
            for row in rows:
                yield rows.line_num, _row(row)
        except csv.Error as error:
            yield rows.line_num, InvalidInput(f"Not CSV from here on: {error}.")


def _row(row: dict[str | None, Any]) -> dict[str, Any] | InvalidInput:
    if None in row:
        return InvalidInput("The row has more cells than the header.")
    if any(text is not None and _is_broken(text) for text in (*row, *row.values())):
        return InvalidInput('The row is not UTF-8; save the file as UTF-8 (in Excel: "CSV UTF-8").')
    return {str(name).strip(): value for name, value in row.items()}


def _is_broken(value: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in value)
