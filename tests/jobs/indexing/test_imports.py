"""`triagem import`: good lines go in, bad ones are named, the same file twice changes nothing."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from triagem.__main__ import cli
from triagem.errors import Failure, InvalidInput
from triagem.search.records import ARTICLE_FIELDS, TICKET_FIELDS
from triagem.store import articles, runs, tickets
from triagem.store.database import Database
from triagem.store.runs import RunKind, RunState
from triagem.types import Language, Provenance, Ticket

Run = Callable[..., dict[str, Any]]

GOOD = {
    "id": "T-1",
    "created_at": "2026-03-05T14:30:00-03:00",
    "subject": "Sem acesso",
    "description": "Não entro",
    "team": "n1",
}


def write(path: Path, *lines: str | bytes) -> str:
    path.write_bytes(b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines) + b"\n")
    return str(path)


def test_good_lines_go_in_and_bad_ones_are_named_with_their_reason(run: Run, state: Path, tmp_path: Path) -> None:
    path = write(
        tmp_path / "t.jsonl",
        json.dumps(GOOD),
        "{not json",
        "",
        json.dumps({**GOOD, "id": "T-2", "created_at": "yesterday"}),
        json.dumps({**GOOD, "id": "T-3", "subject": "", "description": " "}),
        b'{"id": "T-4", "subject": "caf\xe9"}',
        json.dumps({**GOOD, "id": "T-5", "colour": "blue"}),
        json.dumps({**GOOD, "id": "T-6", "subject": "a\u0000b"}),
        '{"id": "T-7", "created_at": "2026-01-01", "subject": NaN}',
        "[1, 2]",
        "[" * 100_000,
        json.dumps({**GOOD, "id": "T-8"}),
    )
    report = run("import", "tickets", path)
    assert (report["added"], report["generation"] is not None) == (2, True)
    reasons = {error["where"]: error["reason"] for error in report["errors"]}
    assert list(reasons) == [f"line {number}" for number in (2, 4, 5, 6, 7, 8, 9, 10, 11)]
    assert "ISO 8601" in reasons["line 4"]
    assert "both empty" in reasons["line 5"]
    assert "not UTF-8" in reasons["line 6"]
    assert "Unknown fields: 'colour'." in reasons["line 7"]
    assert "NaN is not a number" in reasons["line 9"]
    with Database(state).read() as connection:
        assert tickets.ids(connection, "main") == ["T-1", "T-8"]


def test_the_same_file_twice_changes_nothing(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path / "t.jsonl", json.dumps(GOOD))
    run("import", "tickets", path)
    again = run("import", "tickets", path)
    assert (again["added"], again["updated"], again["unchanged"], again["generation"]) == (0, 0, 1, None)


def test_a_spreadsheet_saved_in_brazil_is_read(run: Run, state: Path, tmp_path: Path) -> None:
    path = write(
        tmp_path / "t.csv",
        b"\xef\xbb\xbfid;created_at;subject;description;team;article_ids;reopened;language",
        '1;2026-03-05;Sem acesso;"Não entro;\nnem saio";n1;pt/a, pt/b;sim;pt-BR',
        "2;2026-03-05;Boleto;Segunda via;financeiro;;não;pt-BR;sobra",
    )
    report = run("import", "tickets", path)
    assert report["added"] == 1
    assert "a cell without a name" in report["errors"][0]["reason"]
    with Database(state).read() as connection:
        stored = tickets.get(connection, "main", "1")
    assert stored is not None
    assert (stored.description, stored.team, stored.reopened) == ("Não entro;\nnem saio", "n1", True)
    assert (stored.article_ids, stored.language) == (("pt/a", "pt/b"), Language.PT)
    assert stored.provenance is Provenance.IMPORTED


def test_articles_come_in_three_formats(run: Run, state: Path, tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.jsonl",
        json.dumps({"id": "m", "title": "Um", "language": "pt", "markdown": "# Um\n\nTexto **forte**."}),
        json.dumps({"id": "h", "title": "Dois", "language": "pt", "html": "<p>Texto <script>alert(1)</script></p>"}),
        json.dumps({"id": "t", "title": "Três", "language": "pt", "text": "Texto # simples"}),
        json.dumps({"id": "x", "title": "Quatro", "markdown": "a", "html": "b"}),
    )
    report = run("import", "articles", path)
    assert report["added"] == 3
    assert "exactly one of" in report["errors"][0]["reason"]
    with Database(state).read() as connection:
        texts = {one.article_id: one.passage.text for one in articles.passages_of(connection, "main", ["m", "h", "t"])}
    assert texts == {"m": "Texto forte.", "h": "Texto", "t": "Texto # simples"}


def test_a_file_of_nothing_but_bad_lines_fails(run: Run, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="Nothing was taken: line 1 was refused"):
        run("import", "tickets", write(tmp_path / "t.jsonl", "{}"))


@pytest.mark.parametrize("what", ["tickets", "articles"])
@pytest.mark.parametrize(
    ("name", "written"), [("t.csv", ""), ("t.csv", "id;subject"), ("t.jsonl", ""), ("t.jsonl", "\n")]
)
def test_a_file_that_holds_nothing_is_a_failed_run_that_says_so(
    state: Path, tmp_path: Path, what: str, name: str, written: str
) -> None:
    path = tmp_path / name
    path.write_text(written)
    done = CliRunner().invoke(cli, ["--data-dir", str(state), "import", what, str(path)])
    assert isinstance(done.exception, InvalidInput)
    assert done.stderr.count("The file is empty, or holds only the names of columns") == 1
    with Database(state).read() as connection:
        last = runs.last_of(connection, "main", RunKind.INDEX)
    assert last is not None
    assert (last.state, last.failure) == (RunState.FAILED, Failure.NOTHING_TAKEN)


def test_an_unknown_ending_is_refused_with_those_that_are_read(run: Run, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"\.jsonl, \.ndjson, \.csv, \.tsv or \.txt"):
        run("import", "tickets", write(tmp_path / "t.log", "x"))


HEADER = "id;created_at;closed_at;subject"


def stored_ticket(state: Path, ticket_id: str) -> Ticket:
    with Database(state).read() as connection:
        stored = tickets.get(connection, "main", ticket_id)
    assert stored is not None
    return stored


def test_one_day_above_twelve_says_how_all_dates_of_a_file_are_read(run: Run, state: Path, tmp_path: Path) -> None:
    path = write(
        tmp_path / "t.csv",
        HEADER,
        "1;05/04/2026 14:30;01/05/2026;Sem acesso",
        "2;2026-03-05;25/04/2026;Boleto",
        "3;04/25/2026;;Senha",
    )
    report = run("import", "tickets", path, "--dates", "day-first")
    assert (report["added"], [error["where"] for error in report["errors"]]) == (2, ["line 4"])
    write(tmp_path / "t.csv", HEADER, "1;05/04/2026 14:30;01/05/2026;Sem acesso", "2;2026-03-05;25/04/2026;Boleto")
    assert run("import", "tickets", path)["unchanged"] == 2
    first = stored_ticket(state, "1")
    assert (first.created_at, first.closed_at) == (
        datetime(2026, 4, 5, 17, 30, tzinfo=UTC),
        datetime(2026, 5, 1, 3, tzinfo=UTC),
    )


def test_dates_of_two_readings_are_refused_where_nothing_says_which(run: Run, state: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", HEADER, "1;05/04/2026;;Sem acesso", "2;05/05/2026;;Boleto")
    report = run("import", "tickets", path)
    assert (report["added"], report["errors"][0]["where"]) == (1, "line 2")
    assert "--dates day-first or --dates month-first" in report["errors"][0]["reason"]
    run("import", "tickets", path, "--dates", "month-first")
    assert stored_ticket(state, "1").created_at == datetime(2026, 5, 4, 3, tzinfo=UTC)


def test_a_refusal_names_the_column_as_the_file_writes_it(run: Run, tmp_path: Path) -> None:
    path = write(
        tmp_path / "t.csv",
        "id;Aberto  em;Fechado em;Assunto;Descrição;Reaberto",
        "1;;;A;;",
        "2;05/04/2026;;B;;",
        "3;2026-03-05;2026-03-01;C;;",
        "4;2026-03-05;;;;",
        ";2026-03-05;;E;;",
        "6;2026-03-05;;F;;talvez",
        "7;2026-03-05;;G;;",
    )
    reasons = [error["reason"] for error in run("import", "tickets", path)["errors"]]
    assert reasons[0] == 'created_at ("Aberto em") is missing; give an ISO 8601 date and time.'
    assert reasons[1].startswith('created_at ("Aberto em") can be read with the day or the month first')
    assert reasons[2] == 'closed_at ("Fechado em") lies before created_at.'
    assert reasons[3].startswith('subject ("Assunto") and description are both empty')
    assert reasons[4].startswith("id is missing")
    assert reasons[5] == 'reopened ("Reaberto") must be true or false.'


def test_a_file_that_proves_both_orders_settles_nothing(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", HEADER, "1;25/04/2026;;A", "2;04/25/2026;;B", "3;05/04/2026;;C")
    report = run("import", "tickets", path)
    assert (report["added"], [error["where"] for error in report["errors"]]) == (2, ["line 4"])


def test_of_an_id_given_twice_the_later_readable_line_is_kept_and_said(run: Run, state: Path, tmp_path: Path) -> None:
    path = write(
        tmp_path / "t.jsonl",
        json.dumps(GOOD),
        json.dumps({**GOOD, "id": "T-2"}),
        json.dumps({**GOOD, "subject": "Sem acesso desde ontem"}),
        json.dumps({**GOOD, "created_at": "yesterday"}),
    )
    report = run("import", "tickets", path)
    assert (report["added"], len(report["errors"])) == (2, 1)
    assert report["repeated"] == [{"where": "line 1", "reason": "Line 3 has the same id and is kept."}]
    assert stored_ticket(state, "T-1").subject == "Sem acesso desde ontem"
    assert run("import", "tickets", path)["unchanged"] == 2


def test_an_id_whose_accent_is_spelt_in_two_ways_is_given_twice(run: Run, tmp_path: Path) -> None:
    lines = [json.dumps({**GOOD, "id": id_}) for id_ in ("caf\u00e9", "cafe\u0301")]
    report = run("import", "tickets", write(tmp_path / "t.jsonl", *lines))
    assert (report["added"], [one["where"] for one in report["repeated"]]) == (1, ["line 1"])


@pytest.mark.parametrize("what", ["tickets", "articles"])
def test_a_file_that_is_not_there_is_one_sentence(run: Run, tmp_path: Path, what: str) -> None:
    with pytest.raises(InvalidInput, match=r"none\.csv is not a file\."):
        run("import", what, str(tmp_path / "none.csv"))


def test_a_file_of_which_nothing_was_taken_is_a_failed_run_that_says_why(run: Run, state: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="Nothing was taken"):
        run("import", "tickets", write(tmp_path / "t.csv", "setor;situação", "1;Sem acesso", "2;Boleto"))
    with Database(state).read() as connection:
        last = runs.last_of(connection, "main", RunKind.INDEX)
    assert last is not None
    assert (last.state, last.failure) == (RunState.FAILED, Failure.NOTHING_TAKEN)
    assert last.result is not None
    assert [error["where"] for error in last.result["errors"]] == ["line 1"]
    assert last.result["errors"][0]["reason"].startswith("Unknown fields: 'setor', 'situação'. Known are: id, ")
    assert last.parameters["file"] == {"what": "tickets", "name": "t.csv"}


SPREADSHEET = (
    "id;assunto;Descrição;CRIADO EM;Data de fechamento;equipe;\r\n"
    '1;Cartão;"Não entro;\r\nnem saio";31/12/2025 14:30;02/01/2026 09:10;n1;\r\n'
    "2;Boleto;Cobrança de março;05/01/2026;;;\r\n"
    ";;;;;;\r\n"
)


@pytest.mark.parametrize(
    ("name", "written", "encoding"),
    [
        ("t.csv", SPREADSHEET.encode("utf-8"), "utf-8"),
        ("t.csv", SPREADSHEET.encode("utf-8-sig"), "utf-8"),
        ("t.csv", SPREADSHEET.encode("cp1252"), "windows-1252"),
        ("t.csv", ("sep=;\r\n" + SPREADSHEET).encode("cp1252"), "windows-1252"),
        ("t.csv", SPREADSHEET.replace("Não entro;", "Não entro,").replace(";", ",").encode(), "utf-8"),
        ("t.tsv", SPREADSHEET.replace(";", "\t").encode("utf-8"), "utf-8"),
        ("Texto Unicode.txt", SPREADSHEET.replace(";", "\t").encode("utf-16"), "utf-16"),
    ],
)
def test_each_way_in_which_a_brazilian_spreadsheet_is_saved_is_read_alike_and_the_encoding_is_named(
    state: Path, tmp_path: Path, name: str, written: bytes, encoding: str
) -> None:
    path = tmp_path / name
    path.write_bytes(written)
    done = CliRunner().invoke(cli, ["--data-dir", str(state), "import", "tickets", str(path), "--json"])
    report = json.loads(done.stdout)
    assert (report["added"], report["errors"], report["encoding"]) == (2, [], encoding)
    assert (f"was read as {encoding}." in done.stderr) is (encoding != "utf-8")
    first, second = stored_ticket(state, "1"), stored_ticket(state, "2")
    assert (first.subject, first.description[:9], first.team) == ("Cartão", "Não entro", "n1")
    assert first.description.endswith("\nnem saio")
    assert first.created_at == datetime(2025, 12, 31, 17, 30, tzinfo=UTC)
    assert first.closed_at == datetime(2026, 1, 2, 12, 10, tzinfo=UTC)
    assert (second.description, second.created_at.day, second.closed_at) == ("Cobrança de março", 5, None)


def test_articles_with_portuguese_columns_are_read_too(run: Run, state: Path, tmp_path: Path) -> None:
    table = "código;título;conteúdo;atualizado em\r\na1;Segunda via;Abra a cobrança.;31/12/2025\r\n"
    path = write(tmp_path / "a.csv", table.encode("cp1252"))
    assert (run("import", "articles", path)["added"], run("import", "articles", path)["unchanged"]) == (1, 1)
    with Database(state).read() as connection:
        texts = [one.passage.text for one in articles.passages_of(connection, "main", ["a1"])]
    assert texts == ["Abra a cobrança."]


def test_of_several_columns_for_the_body_the_one_with_something_in_it_counts(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "id;markdown;html", "a;# Um;", "b;;<p>Dois</p>", "c;# Um;<p>Dois</p>")
    report = run("import", "articles", path)
    assert (report["added"], [error["where"] for error in report["errors"]]) == (2, ["line 4"])


@pytest.mark.parametrize("codec", ["cp850", "mac_roman"])
def test_a_table_in_another_alphabet_is_refused_as_a_whole_and_told_how_to_be_saved(
    run: Run, state: Path, tmp_path: Path, codec: str
) -> None:
    path = write(
        tmp_path / "t.csv",
        "id;created_at;subject",
        "1;2026-03-05;Boleto",
        "2;2026-03-05;Não há cobrança de março em três faturas, só isto é possível".encode(codec),
    )
    with pytest.raises(InvalidInput, match="Nothing was taken: line 1 was refused"):
        run("import", "tickets", path)
    with Database(state).read() as connection:
        last = runs.last_of(connection, "main", RunKind.INDEX)
    assert last is not None
    assert last.result is not None
    assert [error["reason"] for error in last.result["errors"]] == [
        'The file is not UTF-8; save it as UTF-8 (in Excel: "CSV UTF-8").'
    ]


@pytest.mark.parametrize("name", ["t.xlsx", "t.csv"])
def test_a_workbook_is_told_how_to_be_saved_whatever_it_is_called(run: Run, tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, b"PK\x03\x04\x14\x00")
    with pytest.raises(InvalidInput, match='is a workbook; in Excel save it as "CSV UTF-8" and give that file'):
        run("import", "tickets", path)


def test_two_columns_that_are_the_same_field_are_refused(run: Run, state: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "id;created_at;título;assunto", "1;2026-03-05;Boleto;Cobrança")
    with pytest.raises(InvalidInput, match="Nothing was taken"):
        run("import", "tickets", path)
    with Database(state).read() as connection:
        last = runs.last_of(connection, "main", RunKind.INDEX)
    assert last is not None
    assert last.result is not None
    assert [error["reason"] for error in last.result["errors"]] == [
        "More than one column is subject: 'título', 'assunto'; keep one of them."
    ]


def test_of_a_file_in_utf8_a_broken_row_alone_is_refused(run: Run, tmp_path: Path) -> None:
    path = write(
        tmp_path / "t.csv", "id;created_at;subject", "1;2026-03-05;Cart\xe3o".encode("cp1252"), "2;2026-03-05;Cartão"
    )
    report = run("import", "tickets", path)
    assert (report["added"], [error["where"] for error in report["errors"]]) == (1, ["line 2"])


def test_a_ticket_closed_before_it_was_opened_is_refused(run: Run, state: Path, tmp_path: Path) -> None:
    path = write(
        tmp_path / "t.csv",
        HEADER,
        "1;25/04/2026 14:30;24/04/2026 18:00;Sem acesso",
        "2;25/04/2026 14:30;25/04/2026;Boleto",
        "3;25/04/2026 14:30;24/04/2026;Senha",
    )
    report = run("import", "tickets", path)
    refused = {error["where"]: error["reason"] for error in report["errors"]}
    assert refused == dict.fromkeys(["line 2", "line 4"], "closed_at lies before created_at.")
    assert stored_ticket(state, "2").closed_at == datetime(2026, 4, 25, 17, 30, tzinfo=UTC)


def test_a_time_without_a_zone_is_the_desks_and_one_with_a_zone_stays(run: Run, state: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", HEADER, "1;23/10/2026 09:42;;A", "2;2026-10-23T09:42:00+00:00;;B")
    run("import", "tickets", path)
    assert stored_ticket(state, "1").created_at == datetime(2026, 10, 23, 12, 42, tzinfo=UTC)
    assert stored_ticket(state, "2").created_at == datetime(2026, 10, 23, 9, 42, tzinfo=UTC)
    assert run("import", "tickets", path)["unchanged"] == 2


def test_a_reason_that_many_lines_share_is_said_once(state: Path, tmp_path: Path) -> None:
    lines = [json.dumps({**GOOD, "id": f"T-{number}", "colour": "blue"}) for number in range(7)]
    path = write(tmp_path / "t.jsonl", *lines, json.dumps({**GOOD, "created_at": "31/02/2026"}))
    said = CliRunner().invoke(cli, ["--data-dir", str(state), "import", "tickets", path]).stderr.splitlines()
    assert said[0].startswith("refused  line 1, line 2, line 3, line 4, line 5 and 2 more: Unknown fields: 'colour'.")
    assert said[1] == "refused  line 8: created_at names a day that does not exist."


EXPORT = (
    "ID;Título;Entidade;Status;Última atualização;Data de abertura;Data de fechamento;Prioridade;"
    "Requerente - Requerente;Atribuído - Técnico;Atribuído - Grupo técnico;Categoria;Tipo;Descrição;Solução - Solução;"
    "Tempo para solução;\r\n"
    "1042;Sem acesso à VPN;Matriz;Fechado;26-04-2026 09:10;25-04-2026 14:30;26-04-2026 09:10;Alta;u-31;Ana Lima;"
    'N2 > Redes;Rede > VPN;Incidente;"Não conecta; desde ontem";Certificado renovado;0;\r\n'
    "1043;Segunda via;Filial;Novo;26-04-2026 08:02;26-04-2026 08:02;;Média;u-07;;"
    "N1;Cobrança;Requisição;Boleto de abril;;;\r\n"
)
UNKNOWN = ["Entidade", "Status", "Última atualização", "Atribuído - Técnico", "Tempo para solução"]


def test_an_export_with_columns_that_are_not_known_is_refused_with_the_way_in(
    state: Path, tmp_path: Path, run: Run
) -> None:
    path = tmp_path / "glpi.csv"
    path.write_text(EXPORT, encoding="utf-8", newline="")
    done = CliRunner().invoke(cli, ["--data-dir", str(state), "import", "tickets", str(path)])
    assert done.exit_code != 0
    refused = done.stderr.splitlines()[0]
    assert refused.startswith(
        "refused  line 1: Unknown fields: " + ", ".join(f"'{name}'" for name in UNKNOWN) + ". Known"
    )
    assert refused.endswith("or choose on import to pass over columns or fields that are not known (--known-only).")
    with Database(state).read() as connection:
        assert tickets.ids(connection, "main") == []


def test_what_is_not_known_of_an_export_may_be_passed_over_and_is_named_once(state: Path, tmp_path: Path) -> None:
    path = tmp_path / "glpi.csv"
    path.write_text(EXPORT, encoding="utf-8", newline="")
    command = ["--data-dir", str(state), "import", "tickets", str(path), "--known-only"]
    said = CliRunner().invoke(cli, command).stderr.splitlines()
    assert said == ["passed over  unknown fields: " + ", ".join(f"'{name}'" for name in UNKNOWN)]
    again = json.loads(CliRunner().invoke(cli, [*command, "--json"]).stdout)
    assert (again["unchanged"], again["errors"], again["passed_over"]) == (2, [], UNKNOWN)
    first, second = stored_ticket(state, "1042"), stored_ticket(state, "1043")
    assert (first.subject, first.description) == ("Sem acesso à VPN", "Não conecta; desde ontem")
    assert (first.category, first.type, first.priority, first.team) == ("Rede > VPN", "Incidente", "Alta", "N2 > Redes")
    assert (first.requester, first.resolution) == ("u-31", "Certificado renovado")
    assert first.closed_at == datetime(2026, 4, 26, 12, 10, tzinfo=UTC)
    assert (second.team, second.closed_at) == ("N1", None)


def test_fields_of_lines_of_json_are_passed_over_alike_and_each_is_named_once_as_a_line_can_show_it(
    run: Run, state: Path, tmp_path: Path
) -> None:
    path = write(
        tmp_path / "t.jsonl",
        json.dumps({**GOOD, "colour": "blue"}),
        json.dumps({**GOOD, "id": "T-2", "colour": "red", "a\u0000\ud800": {"deep": "b\u0000"}, "x" * 50: 1}),
        json.dumps({**GOOD, "id": "T-3", "created_at": "yesterday", "colour": "red"}),
    )
    report = run("import", "tickets", path, "--known-only")
    assert (report["added"], [error["where"] for error in report["errors"]]) == (2, ["line 3"])
    assert report["passed_over"] == ["colour", "a??", "x" * 40 + "…"]
    with Database(state).read() as connection:
        last = runs.last_of(connection, "main", RunKind.INDEX)
    assert last is not None
    assert last.result is not None
    assert last.result["passed_over"] == report["passed_over"]


def test_articles_pass_over_what_is_not_known_too(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "id;título;texto;autor", "a1;Boleto;Abra a cobrança.;Ana")
    with pytest.raises(InvalidInput, match="Nothing was taken"):
        run("import", "articles", path)
    report = run("import", "articles", path, "--known-only")
    assert (report["added"], report["passed_over"]) == (1, ["autor"])


def test_two_columns_for_one_field_are_refused_even_where_unknown_ones_are_passed_over(
    state: Path, tmp_path: Path
) -> None:
    path = write(tmp_path / "t.csv", "id;created_at;Título;Assunto;Status", "1;2026-03-05;Boleto;Cobrança;Novo")
    done = CliRunner().invoke(cli, ["--data-dir", str(state), "import", "tickets", path, "--known-only"])
    assert done.exit_code != 0
    assert done.stderr.splitlines()[0] == (
        "refused  line 1: More than one column is subject: 'Título', 'Assunto'; keep one of them."
    )


@pytest.mark.parametrize(("what", "fields"), [("tickets", TICKET_FIELDS), ("articles", ARTICLE_FIELDS)])
def test_the_help_of_an_import_names_every_column(what: str, fields: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(cli, ["import", what, "--help"]).stdout
    assert [name for name in fields if not re.search(rf"\b{name}\b", shown)] == []
    assert "JSONL or CSV" in shown
