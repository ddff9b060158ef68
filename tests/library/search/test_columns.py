"""The closed table of column names."""

import pytest

from triagem.search.columns import ARTICLE_COLUMNS, CASE_COLUMNS, TICKET_COLUMNS, Columns, fields_of
from triagem.search.records import ARTICLE_FIELDS, TICKET_FIELDS


def test_every_field_of_a_record_may_be_a_column() -> None:
    assert set(TICKET_COLUMNS) == set(TICKET_FIELDS)
    assert set(ARTICLE_COLUMNS) == set(ARTICLE_FIELDS)


@pytest.mark.parametrize("columns", [TICKET_COLUMNS, ARTICLE_COLUMNS, CASE_COLUMNS])
def test_no_name_stands_for_two_fields(columns: Columns) -> None:
    names = [name for field, others in columns.items() for name in (field, *others)]
    assert len(set(names)) == len(names)


def test_case_accents_and_what_parts_words_do_not_matter_and_other_names_stay() -> None:
    header = ["ID", " Created At ", "DESCRICAO", "fechado_em", "Título", "Situação", ""]
    assert fields_of(header, TICKET_COLUMNS) == [
        "id",
        "created_at",
        "description",
        "closed_at",
        "subject",
        "Situação",
        "",
    ]
