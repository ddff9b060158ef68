"""The rows of a table, each under its first line; a quotation mark that nothing closes costs its own line alone.

`csv` takes the rest of a file as one cell then, so it is asked line by line. What a row means is left to the caller.
"""

import csv
from collections import deque
from collections.abc import Iterator
from typing import Final, TextIO

from triagem.errors import InvalidInput

ROW_CHARS: Final = 8 << 20
csv.field_size_limit(ROW_CHARS)


def rows(stream: TextIO, delimiter: str) -> Iterator[tuple[int, list[str] | InvalidInput]]:
    """Each row's first line, counted from 1, with its cells or the reason why it has none.

    A mark at the beginning of a cell may be closed in a later line, within 8 Mi characters, where the cell ends too.
    One that other text follows there opens another cell or is part of a text: the row that was to end there is refused
    with its first line, and the next line begins a row. `stream` is opened with `newline=""`.
    """
    lines = _lines(stream)
    ahead: deque[str | InvalidInput] = deque()
    number = 0
    while (line := ahead.popleft() if ahead else next(lines, None)) is not None:
        number += 1
        if isinstance(line, InvalidInput):
            yield number, line
        elif (cells := _cells(line, delimiter)) is not None:
            yield number, cells
        # With lines ahead an earlier one's mark was not closed in them, so that this one's is not either.
        elif ahead or (row := _row(line, lines, ahead, delimiter)) is None:
            reason = InvalidInput(
                "A quotation mark opened here is never closed; close it, and write one that belongs to the text twice."
            )
            yield number, reason
        else:
            yield number, next(csv.reader(row, delimiter=delimiter))
            number += len(row) - 1


def _lines(stream: TextIO) -> Iterator[str | InvalidInput]:
    """Each line, or why it cannot be read; none follows one that cannot be decoded."""
    try:
        while line := stream.readline(ROW_CHARS):
            if len(line) < ROW_CHARS or line.endswith(("\r", "\n")):
                yield line
                continue
            while (rest := stream.readline(ROW_CHARS)) and not rest.endswith(("\r", "\n")):
                pass
            yield InvalidInput("The line is longer than 8 MiB.")
    except UnicodeDecodeError as error:
        yield InvalidInput(f"Not CSV from here on: {error}.")


def _cells(line: str, delimiter: str) -> list[str] | None:
    """The cells of a line; None where it leaves a mark open."""
    reader = csv.reader([line, '"'], delimiter=delimiter)
    cells = next(reader)
    return cells if reader.line_num == 1 else None


def _row(
    first: str, lines: Iterator[str | InvalidInput], ahead: deque[str | InvalidInput], delimiter: str
) -> list[str] | None:
    """The lines of a row whose first leaves a mark open; None where it is not closed, and what was read is `ahead`."""
    row, size = [first], len(first)
    for line in lines:
        ahead.append(line)
        if isinstance(line, InvalidInput) or (size := size + len(line)) > ROW_CHARS:
            return None
        row.append(line)
        mark = line.replace('""', "  ").find('"')
        if mark < 0:
            continue
        behind = line[mark + 1 :].lstrip(" ")
        if behind and not behind.startswith((delimiter, "\r", "\n")):
            return None
        if _cells(behind, delimiter) is not None:
            ahead.clear()
            return row
    return None
