"""The page of what would change: by a version that waits, and by other targets."""

import re

import pytest
from starlette.testclient import TestClient

from tests.library.triage.handmade import publish_one_and_a_candidate
from tests.web.conftest import Site
from tests.web.pages.browse import Reader, text_of

REPLAY = "/admin/models/{}/replay?last=2"


@pytest.fixture
def reader(client: TestClient, open_site: Site) -> Reader:
    """v1 answers, v2 calls everything by other names and waits; people called both of the newest tickets billing."""
    publish_one_and_a_candidate(open_site.data_dir)
    for number, text in enumerate(("the invoice is wrong", "the router is offline")):
        body = {"created_at": f"2026-03-0{number + 1}T00:00:00Z", "subject": text, "category": "billing"}
        client.put(f"/v1/tickets/R-{number}", json=body)
    return Reader(client)


def _words(reader: Reader, address: str) -> str:
    return " ".join(text_of(reader.get(address)).split())


def test_a_version_that_waits_is_shown_beside_what_answers_ticket_by_ticket(reader: Reader) -> None:
    words = _words(reader, REPLAY.format("v2"))
    assert "2 pedidos teriam outra resposta" in words
    assert "Preenchido: billing 97% → passa a ser Preenchido: faturamento 97% as pessoas decidiram: billing" in words
    assert "passam a ficar errados 1" in words
    assert '<a class="title" href="/agent/tickets/R-1">' in reader.get(REPLAY.format("v2")).text


def test_other_targets_say_what_they_fill_and_what_of_it_people_decided_otherwise(reader: Reader) -> None:
    words = _words(reader, REPLAY.format("current") + "&field=category&auto=90&preselect=")
    assert "Pré-selecionado: network 97% → passa a ser Preenchido: network 97%" in words
    assert "preenchidos 1 → 2 preenchidos em desacordo com as pessoas 1" in words


def test_a_request_that_is_stored_nowhere_leads_nowhere(reader: Reader) -> None:
    reader.client.post("/v1/triage", json={"subject": "the router is offline again"})
    reader.client.post("/v1/feedback", json={"suggestion_id": "unknown", "event": "shown"})  # waits for the triage
    page = reader.get("/admin/models/v2/replay?last=1").text
    assert '<span class="title">the router is offline again</span>' in page


def test_what_stays_as_it_is_is_said(reader: Reader) -> None:
    assert "Todos seriam respondidos como hoje." in _words(reader, REPLAY.format("current"))


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("&auto=90", 422, "Escolha o campo"),
        ("&field=category&auto=abc", 422, "As exigências ficam entre"),
        ("&field=category&auto=70&preselect=80", 422, "As exigências ficam entre"),
        ("&field=mood&auto=70", 422, "Não deu certo"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_the_pages_language(
    reader: Reader, query: str, status: int, said: str
) -> None:
    answer = reader.get(REPLAY.format("current") + query)
    assert (answer.status_code, said in text_of(answer)) == (status, True)


def test_what_cannot_be_compared_stands_in_its_form_again(reader: Reader) -> None:
    shown = reader.get(REPLAY.format("v2") + "&field=category&auto=70&preselect=80").text
    assert re.findall(r'name="(auto|preselect)"[^>]* value="([^"]*)"', shown) == [("auto", "70"), ("preselect", "80")]
    assert '<option value="category" selected>' in shown
    assert '<option value="2" selected>' in shown
    assert 'role="alert"' in shown
    assert "teriam outra resposta" not in shown


def test_without_a_model_there_is_nothing_to_compare_with(client: TestClient) -> None:
    answer = Reader(client).get("/admin/models/current/replay")
    assert answer.status_code == 409
    assert "Nenhum modelo responde por isto agora." in text_of(answer)
    assert 'name="last"' in answer.text
