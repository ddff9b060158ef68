"""What an agent is told of a ticket's priority: the signs, the matrix, and how they stand to what a model says."""

import re

import pytest
from starlette.testclient import TestClient

from tests.library.triage.handmade import handmade, publish
from tests.web.conftest import Site
from tests.web.pages.browse import Reader, text_of
from triagem.store.database import Database
from triagem.types import TicketField

DOWN = "The router is offline, the whole company has no internet"


@pytest.fixture
def learned(open_site: Site, client: TestClient) -> TestClient:
    """A desk with a model of priorities to which a router that is offline is normal, and an invoice urgent."""
    database = Database(open_site.data_dir)
    publish(database, "v1", handmade(("urgent", "normal"), field=TicketField.PRIORITY))
    database.close()
    put(client, "P-old", "The invoice is wrong", priority="urgent")
    return client


def put(client: TestClient, ticket_id: str, description: str, **also: str) -> None:
    ticket = {"created_at": "2026-03-11T12:00:00Z", "description": description, **also}
    assert client.put(f"/v1/tickets/{ticket_id}", json=ticket).status_code in (200, 201)


def told(client: TestClient, ticket_id: str, *, locale: str = "en") -> str:
    """The words of the ticket's page, each space one."""
    return " ".join(text_of(Reader(client, locale).get(f"/agent/tickets/{ticket_id}")).split())


def test_every_sign_is_told_with_its_reason_and_what_the_matrix_makes_of_them(client: TestClient) -> None:
    put(client, "P-1", "Meu notebook foi roubado", contract="business")
    assert (
        "Signs in the text: severity high (roubado); impact low (nothing tells of more); "
        "urgency low (nothing tells of more) "
        "By the matrix, under the contract business: urgent , by the rule for: severity, contract."
    ) in told(client, "P-1")


def test_what_is_usual_is_told_as_such(client: TestClient) -> None:
    put(client, "P-1", "Bom dia a todos")
    assert "By the matrix, without a contract: normal , the usual one, as no other rule applies." in told(client, "P-1")


def test_where_model_and_matrix_differ_the_agent_is_told_in_both_languages(learned: TestClient) -> None:
    put(learned, "P-1", DOWN)
    assert "Model and matrix differ: the model says normal, the matrix urgent." in told(learned, "P-1")
    assert "Modelo e matriz divergem: o modelo diz normal, a matriz urgent." in told(learned, "P-1", locale="pt-BR")


def test_where_they_say_the_same_the_agent_is_told_so(learned: TestClient) -> None:
    put(learned, "P-1", "The router is offline for me")
    page = told(learned, "P-1")
    assert "The model says the same." in page
    assert "differ" not in page


def test_without_a_model_there_is_nothing_to_compare(client: TestClient) -> None:
    put(client, "P-1", DOWN)
    page = told(client, "P-1")
    assert "By the matrix, without a contract: urgent" in page
    assert not any(said in page for said in ("The model says", "differ", "compared"))


def test_names_that_the_desk_does_not_use_are_not_taken_for_a_difference(open_site: Site, client: TestClient) -> None:
    database = Database(open_site.data_dir)
    publish(database, "v1", handmade(("ouro", "prata"), field=TicketField.PRIORITY))
    database.close()
    put(client, "P-1", DOWN)
    assert ("It cannot be compared with the model, which says prata: no ticket here has the priority urgent.") in told(
        client, "P-1"
    )


def test_names_in_another_language_are_compared_by_what_they_mean(open_site: Site, client: TestClient) -> None:
    database = Database(open_site.data_dir)
    publish(database, "v1", handmade(("Urgente", "Alta"), field=TicketField.PRIORITY))
    database.close()
    put(client, "P-old", "A fatura veio errada", priority="Urgente")
    put(client, "P-2", "Troquei o cabo", priority="Alta")
    put(client, "P-1", "The router is offline, it was stolen")
    page = told(client, "P-1")
    assert "By the matrix, without a contract: Alta , by the rule for: severity. The model says the same." in page
    put(client, "P-3", DOWN)
    assert "Model and matrix differ: the model says Alta, the matrix Urgente." in told(client, "P-3")


def test_all_that_is_accepted_is_in_the_desks_own_words(client: TestClient) -> None:
    put(client, "P-old", "Troquei o cabo", priority="Alta")
    put(client, "P-1", "Meu notebook foi roubado")
    reader, page = Reader(client), "/agent/tickets/P-1"
    told_in = re.search(r'name="triage" value="([^"]+)"', reader.get(page).text)
    assert told_in is not None
    reader.send(f"{page}/accept", {"field": "priority", "triage": told_in[1]}, of=page)
    reader.send(f"{page}/close", {"triage": told_in[1]}, of=page)
    assert client.get("/v1/tickets/P-1").json()["priority"] == "Alta"


def test_over_http_the_signs_and_the_matrix_stand_beside_a_learned_priority(learned: TestClient) -> None:
    asked = {"description": DOWN, "contract": "business"}
    priority = learned.post("/v1/triage", json=asked).json()["fields"]["priority"]
    assert (priority["value"], priority["reason"]) == ("normal", "too_few_examples")
    assert priority["evidence"]["signs"] == {
        "severity": {"level": "high", "words": ["no internet"]},
        "impact": {"level": "high", "words": ["whole company"]},
        "urgency": {"level": "low", "words": []},
        "contract": "business",
        "priority": "urgent",
        "decided_by": ["severity", "impact"],
    }
