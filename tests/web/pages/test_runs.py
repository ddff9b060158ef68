"""The page of a run that failed: what an administrator can do, in their language, and the program's own words below."""

import re

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import Site
from tests.web.pages.browse import Reader, text_of
from triagem.errors import Failure, InvalidInput
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
