"""Tables as streams of records: each row under the number of its first line, a broken one alone refused."""

import time
from pathlib import Path

import pytest

from triagem.errors import InvalidInput
from triagem.search.columns import TICKET_COLUMNS
from triagem.search.records_file import records


def found_in(path: Path, text: str) -> list[tuple[int, str]]:
    """Each record's line with its subject, or with why it was refused."""
    path.write_bytes(text.encode())
    return [
        (number, str(record) if isinstance(record, InvalidInput) else record["subject"])
        for number, record in records(path, TICKET_COLUMNS)
    ]


def test_a_record_over_several_lines_is_named_by_its_first(tmp_path: Path) -> None:
    table = 'id,subject\n1,"a\nb"\n\n2,"c\nd",e\n3,f\n'
    assert found_in(tmp_path / "t.csv", table) == [
        (2, "a\nb"),
        (5, "The row has a cell without a name above it."),
        (7, "f"),
    ]


UNCLOSED = "A quotation mark opened here is never closed; close it, and write one that belongs to the text twice."
TOO_LONG = "The line is longer than 8 MiB."


def table_of(count: int, changed: dict[int, str]) -> str:
    """A table whose rows are lines 2 to `count` + 1, some of them changed, by their line."""
    return "id;subject;team\n" + "".join(changed.get(line, f"{line};s{line};n1") + "\n" for line in range(2, count + 2))


@pytest.mark.parametrize("count", [30, 20_000])
def test_a_mark_that_is_never_closed_costs_its_line_and_no_other(tmp_path: Path, count: int) -> None:
    found = found_in(tmp_path / "t.csv", table_of(count, {2: '2;"s2;n1'}))
    assert found == [(2, UNCLOSED), *((line, f"s{line}") for line in range(3, count + 2))]


def test_where_every_cell_is_quoted_the_mark_of_another_row_closes_none(tmp_path: Path) -> None:
    rows = {line: f'"{line}";"s{line}\nand more";"n1"' for line in range(2, 7)}
    found = found_in(tmp_path / "t.csv", table_of(5, {**rows, 3: '"3";"s3;"n1"', 4: '"4";"s4;n1'}))
    assert found == [
        (2, "s2\nand more"),
        (4, 's3;n1"'),
        (5, UNCLOSED),
        (6, "s5\nand more"),
        (8, "s6\nand more"),
    ]


def test_the_last_lines_mark_is_not_closed_by_the_end_of_the_file(tmp_path: Path) -> None:
    assert found_in(tmp_path / "t.csv", 'id,subject\n1,a\n2,"b') == [(2, "a"), (3, UNCLOSED)]
    assert found_in(tmp_path / "t.csv", 'id,subject\n1,a\n2,"b"') == [(2, "a"), (3, "b")]
    assert found_in(tmp_path / "t.csv", 'id,"subject\n1,a\n') == [(1, UNCLOSED)]


def test_marks_inside_a_cell_open_nothing(tmp_path: Path) -> None:
    found = found_in(tmp_path / "t.csv", table_of(3, {2: '2;pipe of 5";n1', 3: '3;"pipe of 5" or more";n1'}))
    assert found == [(2, 'pipe of 5"'), (3, 'pipe of 5 or more"'), (4, "s4")]


def test_a_cell_may_hold_empty_lines_and_doubled_marks_and_another_may_follow_it(tmp_path: Path) -> None:
    text = 'id,subject,description\r\n1,"a\r\n\r\nsaid ""b"",\r\n""","c\r\nd"\r\n2,e\r\n'
    assert found_in(tmp_path / "t.csv", text) == [(2, 'a\r\n\r\nsaid "b",\r\n"'), (7, "e")]


def test_lines_that_close_one_mark_and_open_the_next_are_read_once(tmp_path: Path) -> None:
    started = time.process_time()
    found = found_in(tmp_path / "t.csv", "id;subject\n" + 'a";"\n' * 20_000)
    assert (found[0], found[-1], len(found)) == ((2, UNCLOSED), (20_001, UNCLOSED), 20_000)
    assert time.process_time() - started < 5  # two minutes where each line looks for its end anew


def test_a_mark_is_looked_for_in_8_mib_and_a_longer_line_is_refused_alone(tmp_path: Path) -> None:
    long = "x" * (1 << 20)
    found = found_in(tmp_path / "t.csv", table_of(12, {2: '2;"a', **{line: f"{line};{long}" for line in range(3, 13)}}))
    assert (found[0], len(found), found[-1]) == ((2, UNCLOSED), 12, (13, "s13"))
    found = found_in(tmp_path / "t.csv", table_of(3, {3: "3;" + 9 * long}))
    assert found == [(2, "s2"), (3, TOO_LONG), (4, "s4")]


def test_a_table_that_ends_in_half_a_character_is_told_and_not_fatal(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_bytes("id;subject".encode("utf-16") + b"a")
    [(number, reason)] = list(records(table, TICKET_COLUMNS))
    assert number == 1
    assert isinstance(reason, InvalidInput) and "Not CSV from here on" in str(reason)
