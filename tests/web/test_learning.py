"""A correction over HTTP is in the next training set; what nobody answers for is not."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.auth import Caller
from tests.web.conftest import Site
from tests.web.runs import train
from triagem.store import models, triaged
from triagem.store.database import Database
from triagem.store.keys import Key, Scope
from triagem.triage.triager import open_model
from triagem.types import TicketField

WORDS = {"billing": "invoice charge refund", "network": "router cable signal"}


def _subject(category: str, number: int) -> str:
    """Words of the category and one that no other ticket has."""
    return f"{WORDS[category]} {chr(97 + number % 26) * 3}{chr(97 + number // 26) * 3}"


@pytest.fixture
def taught(client: TestClient) -> TestClient:
    """A service with forty labelled tickets of two categories, the last one labelled wrongly."""
    for number in range(40):
        category = ("billing", "network")[number % 2]
        body = {
            "created_at": f"2026-01-{number % 28 + 1:02}T00:00:00Z",
            "subject": _subject(category, number),
            "category": "network" if number == 38 else category,
        }
        assert client.put(f"/v1/tickets/L-{number}", json=body).status_code == 201
    return client


def _classes(site: Site, version: str) -> dict[str, str]:
    """The class that each ticket had in a training."""
    database = Database(site.data_dir)
    with database.read() as connection:
        model = models.get(connection, "main", version)
    opened = open_model(site.data_dir, "main", model, encoder_digest="hashing-1")
    database.close()
    head = opened.heads[TicketField.CATEGORY]
    return {one: head.classes[owner] for one, owner in zip(opened.anchors.ids, head.owners, strict=True) if one}


def _ask(client: TestClient, subject: str, **more: Any) -> str:
    identifier: str = client.post("/v1/triage", json={"subject": subject, **more}).json()["triage_id"]
    return identifier


def _say(client: TestClient, triage_id: str, event: str, **more: Any) -> None:
    body = {"triage_id": triage_id, "event": event, "actor": "ana", **more}
    assert client.post("/v1/feedback", json=body).status_code == 201


def test_a_correction_is_in_the_next_training_set(taught: TestClient, open_site: Site) -> None:
    of_ticket = _ask(taught, _subject("billing", 38), ticket_id="L-38")
    _say(taught, of_ticket, "corrected", field="category", value="billing")
    alone = _ask(taught, "the modem blinks red")
    _say(taught, alone, "closed", values={"category": "network"})
    found = _classes(open_site, train(taught, "category"))
    assert found["L-38"] == "billing"
    assert found[alone] == "network"
    labels = taught.get("/v1/models/v1").json()["report"]["labels"]
    assert (labels["human"], labels["over_cap"]) == (2, 0)


def test_the_answer_follows_what_was_corrected(taught: TestClient) -> None:
    train(taught, "category")
    text = "my parcel never came"
    for number in range(12):
        _say(taught, _ask(taught, f"parcel {chr(97 + number) * 4} lost"), "corrected", field="category", value="orders")
    assert "orders" not in {one["value"] for one in _candidates(taught, text)}
    taught.post(f"/v1/models/{train(taught, 'category')}:promote", json={"force": True, "why": "a new class"})
    assert _candidates(taught, text)[0]["value"] == "orders"


def _candidates(client: TestClient, text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.post("/v1/triage", json={"subject": text}).json()["fields"]["category"][
        "candidates"
    ]
    return found


def test_anonymous_and_reopened_corrections_are_not_learned(taught: TestClient, open_site: Site) -> None:
    anonymous = _ask(taught, "who said this", ticket_id="L-0")
    body = {"triage_id": anonymous, "event": "corrected", "field": "category", "value": "network"}
    assert taught.post("/v1/feedback", json=body).status_code == 201
    reopened = _ask(taught, "not solved after all", ticket_id="L-1")
    _say(taught, reopened, "closed", values={"category": "billing"})
    _say(taught, reopened, "reopened")
    found = _classes(open_site, train(taught, "category"))
    assert (found["L-0"], found["L-1"]) == ("billing", "network")


def test_a_key_that_pages_carry_and_a_nameless_local_caller_answer_for_nothing() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    secret = Key("k1", "main", "desk", (Scope.TRIAGE,), (), now, None)
    public = replace(secret, origins=("https://help.example.com",))
    assert Caller("main", secret).answers_for("ana") == "k1:ana"
    assert Caller("main", secret).answers_for(None) == "k1:"
    assert Caller("main", public).answers_for("ana") is None
    assert Caller("main", None).answers_for("ana") == "loopback:ana"
    assert Caller("main", None).answers_for(None) is None


def test_texts_are_kept_masked_or_not_at_all(client: TestClient, open_site: Site) -> None:
    triage_id = _ask(client, "write to ana@example.com please", requester="ana")
    _say(client, triage_id, "accepted")
    database = Database(open_site.data_dir)
    with database.read() as connection:
        kept = triaged.get_many(connection, "main", [triage_id])[triage_id]
    database.close()
    assert "ana@example.com" not in kept.subject
    assert (kept.requester, kept.ticket_id) == ("ana", None)


def test_a_refused_promotion_names_each_objection_by_code_and_in_words(client: TestClient) -> None:
    for number in range(18):  # two tickets are there
        category = ("billing", "network")[number % 2]
        body = {"created_at": "2026-01-05T00:00:00Z", "subject": _subject(category, number)}
        body["category"] = category if number else "fraud"
        assert client.put(f"/v1/tickets/L-{number}", json=body).status_code == 201
    assert (train(client), train(client)) == ("v1", "v2")
    refused = client.post("/v1/models/v2:promote")
    problem = refused.json()
    assert (refused.status_code, problem["type"]) == (409, "urn:triagem:problem:not-promoted")
    said = "only 20 tickets to compare on, 30 are needed"
    assert problem["errors"] == [{"field": "category", "rule": "few_tickets", "message": said}]
    assert said in problem["detail"]
    page = client.get("/admin/models/v2/gate", headers={"Accept-Language": "pt-BR"}).text
    assert "Há só 20 chamados para comparar, e são necessários 30." in page
    assert "Chamados de menos para dizer, julgados juntos: opção &#39;account&#39;, opção &#39;fraud&#39;, " in page
    [category] = client.get("/v1/models/v2/gate").json()["fields"]
    assert (category["untold_classes"], category["untold_languages"]) == (["account", "fraud"], ["pt", "und"])
