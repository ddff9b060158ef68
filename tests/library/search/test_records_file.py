"""Tables as streams of records: each row under the number of its first line, a broken one alone refused."""

from pathlib import Path

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
