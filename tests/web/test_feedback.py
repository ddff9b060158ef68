"""What people did with an answer, recorded before it is acknowledged."""

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import Site
from triagem.store import events
from triagem.store.database import Database
from triagem.store.events import EventKind


def _suggestion(client: TestClient) -> str:
    answer: str = client.post("/v1/suggest", json={"description": "senha"}).json()["suggestion_id"]
    return answer


def test_an_acknowledged_event_is_on_the_disk_with_its_suggestion(client: TestClient, open_site: Site) -> None:
    suggestion_id = _suggestion(client)
    given = {"suggestion_id": suggestion_id, "event": "solved", "article_id": "pt/entrar"}
    feedback_id = client.post("/v1/feedback", json=given).json()["feedback_id"]
    with Database(open_site.data_dir).read() as connection:
        suggestion = events.get(connection, "main", suggestion_id)
        reported = events.newest(connection, "main", kind=EventKind.FEEDBACK, limit=2)
    assert suggestion is not None and suggestion.kind is EventKind.SUGGESTION
    assert [(event.id, event.subject_id, event.payload) for event in reported] == [
        (feedback_id, suggestion_id, {"event": "solved", "article_id": "pt/entrar"})
    ]


def test_the_text_of_a_request_is_not_kept(client: TestClient, open_site: Site) -> None:
    canary = "palavra-secreta-7f3a"
    suggestion_id = client.post("/v1/suggest", json={"description": canary}).json()["suggestion_id"]
    client.post("/v1/feedback", json={"suggestion_id": suggestion_id, "event": "shown"})
    assert all(canary.encode() not in path.read_bytes() for path in open_site.data_dir.rglob("*") if path.is_file())


def test_a_correction_of_a_triage_names_the_field_and_its_value(client: TestClient) -> None:
    triage_id = client.post("/v1/triage", json={"subject": "senha"}).json()["triage_id"]
    corrected = {"triage_id": triage_id, "event": "corrected"}
    assert client.post("/v1/feedback", json=corrected).status_code == 422
    assert client.post("/v1/feedback", json={**corrected, "field": "team", "value": "finance"}).status_code == 201


@pytest.mark.parametrize(
    "wrong",
    [
        {"event": "solved", "article_ids": ["pt/entrar"]},
        {"event": "closed", "article_id": "pt/entrar", "article_ids": ["pt/entrar"]},
        {"event": "closed", "article_ids": [" "]},
    ],
    ids=["not closed", "both", "blank"],
)
def test_several_articles_go_with_closed_alone_and_have_ids(client: TestClient, wrong: dict[str, object]) -> None:
    triage_id = client.post("/v1/triage", json={"subject": "senha"}).json()["triage_id"]
    assert client.post("/v1/feedback", json={"triage_id": triage_id, **wrong}).status_code == 422


def test_a_reported_closing_leaves_the_stored_ticket_to_who_stores_it(client: TestClient) -> None:
    before = client.get("/v1/tickets/T-2").json()
    triage_id = client.post("/v1/triage", json={"subject": "senha", "ticket_id": "T-2"}).json()["triage_id"]
    closed = {"triage_id": triage_id, "event": "closed", "ticket_id": "T-2", "article_ids": ["pt/entrar"]}
    assert client.post("/v1/feedback", json=closed).status_code == 201
    assert client.get("/v1/tickets/T-2").json() == before
    assert (before["closed_at"], before["article_ids"]) == (None, [])


@pytest.mark.parametrize("event", ["shown", "opened", "solved", "rejected", "submitted", "closed", "reopened"])
def test_every_event_of_the_contract_is_taken(client: TestClient, event: str) -> None:
    given = {"suggestion_id": _suggestion(client), "event": event}
    assert client.post("/v1/feedback", json=given).status_code == 201


def test_an_event_about_nothing_known_is_not_found(client: TestClient) -> None:
    assert client.post("/v1/feedback", json={"suggestion_id": "unknown", "event": "shown"}).status_code == 404
    given = {"triage_id": _suggestion(client), "event": "shown"}
    assert client.post("/v1/feedback", json=given).status_code == 404


def test_an_event_speaks_of_a_suggestion_or_of_a_triage_but_not_of_both(client: TestClient) -> None:
    assert client.post("/v1/feedback", json={"event": "shown"}).status_code == 422
    both = {"event": "shown", "suggestion_id": "a", "triage_id": "b"}
    assert client.post("/v1/feedback", json=both).status_code == 422
