"""The closed table of column names."""

from itertools import chain

import pytest

from triagem.search.columns import ARTICLE_COLUMNS, CASE_COLUMNS, TICKET_COLUMNS, Columns, fields_of
from triagem.search.records import ARTICLE_FIELDS, TICKET_FIELDS


def test_every_field_of_a_record_may_be_a_column() -> None:
    assert set(TICKET_COLUMNS) == set(TICKET_FIELDS)
    assert set(ARTICLE_COLUMNS) == set(ARTICLE_FIELDS)


@pytest.mark.parametrize("columns", [TICKET_COLUMNS, ARTICLE_COLUMNS, CASE_COLUMNS])
def test_no_name_stands_for_two_fields(columns: Columns) -> None:
    names = [name for field, others in columns.items() for name in (field, *chain.from_iterable(others.values()))]
    told = dict(zip(names, fields_of(names, columns), strict=True))
    assert len(told) == len(names)
    assert [told[name] for name in columns] == list(columns)
    assert all(told[name] == field for field in columns for said in columns[field].values() for name in said)


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


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        (
            "ID;Título;Data de abertura;Data de fechamento;Categoria;Prioridade;Tipo;Requerente - Requerente;"
            "Atribuído - Grupo técnico;Solução - Solução;Descrição",
            "id subject created_at closed_at category priority type requester team resolution description",
        ),
        (
            "ID;Title;Opening date;Closing date;Requester - Requester;Assigned to - Technician group;"
            "Solution - Solution",
            "id subject created_at closed_at requester team resolution",
        ),
        (
            "Id;Requester;Group;Subject;Priority;Ticket type;Created at",
            "id requester team subject priority type created_at",
        ),
        ("Ticket ID;Subject;Type;Group;Created time;Closed time", "id subject type team created_at closed_at"),
        ("Summary;Issue key;Issue Type;Created;Resolved", "subject id type created_at closed_at"),
    ],
    ids=["GLPI in Portuguese", "GLPI", "Zendesk", "Freshdesk", "Jira"],
)
def test_what_exports_of_help_desks_call_their_columns_is_known(header: str, fields: str) -> None:
    assert fields_of(header.split(";"), TICKET_COLUMNS) == fields.split()


@pytest.mark.parametrize(
    "name",
    [
        *("Técnico", "Atribuído - Técnico", "Assignee", "Agent", "Status", "Data da solução", "Solved at"),
        *("Resolved time", "Issue id", "Requester id", "Requerente - Grupo requerente", "Tags", "Source"),
    ],
)
def test_what_only_resembles_a_field_is_none(name: str) -> None:
    assert fields_of([name], TICKET_COLUMNS) == [name]
