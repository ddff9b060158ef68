"""The page of a run that failed: what an administrator can do, in their language, and the program's own words below."""

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import Site
from tests.web.pages.browse import Reader, text_of
from triagem.errors import Failure, InvalidInput, TriagemError
from triagem.store import runs
from triagem.store.database import Database
from triagem.store.runs import RunKind, Worker


def _failed(site: Site, failure: Failure | None) -> str:
    database = Database(site.data_dir)
    with database.write() as connection:
        run = runs.queue(connection, "main", kind=RunKind.AUDIT, parameters={})
    with pytest.raises(InvalidInput), Worker(database, "main", run):
        raise InvalidInput("Desk 'main' has <b>nothing</b>.", failure=failure)
    database.close()
    return run.id


def test_a_failure_is_said_in_the_readers_language_and_english_is_marked_as_such(
    client: TestClient, open_site: Site
) -> None:
    run_id = _failed(open_site, Failure.NOTHING_LABELLED)
    page = Reader(client).get(f"/admin/runs/{run_id}")
    words = text_of(page)
    assert "Não há chamados rotulados com que aprender." in words
    assert "Detalhe técnico, em inglês: Desk 'main' has <b>nothing</b>." in " ".join(words.split())
    assert re.search(r'<span lang="en">Desk &#39;main&#39; has &lt;b&gt;nothing&lt;/b&gt;\.</span>', page.text)
    assert "There are no labelled tickets to learn from." in text_of(
        Reader(client, locale="en").get(f"/admin/runs/{run_id}")
    )
    assert client.get(f"/v1/runs/{run_id}").json()["failure"] == "nothing_labelled"


def test_a_failure_without_a_code_of_its_own_points_to_the_detail(client: TestClient, open_site: Site) -> None:
    words = text_of(Reader(client).get(f"/admin/runs/{_failed(open_site, None)}"))
    assert "O trabalho não pôde ser feito; o detalhe técnico diz por quê." in words


def test_a_reason_that_many_lines_share_is_told_once(client: TestClient, open_site: Site) -> None:
    refused = [{**_REFUSED[0], "where": f"line {number}"} for number in range(2, 9)]
    run_id = _ended(open_site, {**_COUNTS, "added": 1, "errors": refused})
    words = " ".join(text_of(Reader(client).get(f"/admin/runs/{run_id}")).split())
    assert "linha 2, linha 3, linha 4, linha 5, linha 6 … (+2): Campos desconhecidos: 'código'." in words
    assert words.count("Campos desconhecidos") == 1


def test_an_import_by_command_stands_among_the_runs_with_its_files_name(client: TestClient, open_site: Site) -> None:
    parameters = {"rebuild": False, "file": {"what": "tickets", "name": "chamados.csv"}}
    database = Database(open_site.data_dir)
    with database.write() as connection:
        runs.queue(connection, "main", kind=RunKind.INDEX, parameters=parameters)
    database.close()
    assert "Importação de chamados: chamados.csv" in text_of(Reader(client).get("/admin/imports"))


def _ended(site: Site, result: dict[str, Any], *, failed: TriagemError | None = None) -> str:
    database = Database(site.data_dir)
    with Worker.queue(database, "main", kind=RunKind.INDEX, parameters={}) as worker, database.write() as connection:
        worker.finish(connection, result, failed=failed)
    database.close()
    return worker.run.id


_COUNTS = {"added": 0, "updated": 0, "unchanged": 0, "removed": 0, "repeated": []}
_REFUSED = [{"where": "line 2", "reason": "Unknown fields: 'código'. Known are: id, title."}]


def test_a_wholly_refused_import_has_failed_and_lists_why(client: TestClient, open_site: Site) -> None:
    nothing = InvalidInput("Nothing was taken: all 1 were refused.", failure=Failure.NOTHING_TAKEN)
    run_id = _ended(open_site, {**_COUNTS, "errors": _REFUSED}, failed=nothing)
    page = Reader(client).get(f"/admin/runs/{run_id}")
    words = " ".join(text_of(page).split())
    assert "falhou" in words
    assert "concluído" not in words
    assert "Nada entrou: todas as linhas ou arquivos foram recusados." in words
    assert "linha 2: Campos desconhecidos: 'código'. Os conhecidos são: id, title." in words
    answer = client.get(f"/v1/runs/{run_id}").json()
    assert (answer["state"], answer["failure"]) == ("failed", "nothing_taken")


def test_a_partly_refused_import_is_not_shown_as_wholly_done(client: TestClient, open_site: Site) -> None:
    repeated = [{"where": "line 1", "reason": "Line 3 has the same id and is kept."}]
    run_id = _ended(open_site, {**_COUNTS, "added": 1, "errors": _REFUSED, "repeated": repeated})
    words = " ".join(text_of(Reader(client).get(f"/admin/runs/{run_id}")).split())
    assert "concluído em parte" in words
    assert "Uma parte não entrou." in words
    assert "Linhas com o mesmo id de outra (vale a última): 1" in words
    assert "linha 1: A linha 3 tem o mesmo id, e é ela que vale." in words


@pytest.mark.parametrize(("encoding", "is_said"), [("windows-1252", True), ("utf-8", False), (None, False)])
def test_the_encoding_in_which_a_table_was_read_is_said_unless_it_is_utf8(
    client: TestClient, open_site: Site, encoding: str | None, is_said: bool
) -> None:
    run_id = _ended(open_site, {**_COUNTS, "added": 1, "errors": [], "encoding": encoding})
    words = text_of(Reader(client).get(f"/admin/runs/{run_id}"))
    assert (f"O arquivo não está em UTF-8 e foi lido como {encoding}." in words) is is_said
    assert ("foi lido como" in words) is is_said


def test_what_an_import_passed_over_is_named(client: TestClient, open_site: Site) -> None:
    run_id = _ended(open_site, {**_COUNTS, "added": 1, "errors": [], "passed_over": ["Técnico", "<b>SLA</b>"]})
    said = "Colunas ou campos que não são conhecidos e ficaram de lado: Técnico, <b>SLA</b>"
    assert said in text_of(Reader(client).get(f"/admin/runs/{run_id}"))
    assert "ficaram de lado" not in text_of(
        Reader(client).get(f"/admin/runs/{_ended(open_site, {**_COUNTS, 'errors': [], 'passed_over': []})}")
    )


@pytest.mark.parametrize("result", [{"version": "v1", "live": []}, {"fields": {}}, {**_COUNTS, "errors": []}])
def test_runs_that_refused_nothing_are_listed_as_done(
    client: TestClient, open_site: Site, result: dict[str, Any]
) -> None:
    run_id = _ended(open_site, {name: value for name, value in result.items() if name != "repeated"})
    for address in ("/admin/imports", f"/admin/runs/{run_id}"):
        words = text_of(Reader(client).get(address))
        assert "concluído" in words
        assert "concluído em parte" not in words
