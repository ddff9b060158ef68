"""What the agent gets when a ticket arrives."""

from starlette.testclient import TestClient

TICKET = {"subject": "Não consigo entrar", "description": "Troquei a senha e não consigo entrar na minha conta."}


def test_an_answer_has_exactly_the_fields_of_the_contract(shared: TestClient) -> None:
    answer = shared.post("/v1/triage", json=TICKET).json()
    assert set(answer) == {
        "triage_id",
        "language",
        "fields",
        "articles",
        "similar",
        "missing",
        "sla",
        "model_version",
        "index_generation",
    }
    assert list(answer["fields"]) == ["category", "type", "priority", "team"]
    assert set(answer["fields"]["team"]) == {"mode", "value", "probability", "candidates", "reason", "evidence"}


def test_without_a_model_every_field_is_left_open_with_the_reason(shared: TestClient) -> None:
    answer = shared.post("/v1/triage", json=TICKET).json()
    assert {field["mode"] for field in answer["fields"].values()} == {"abstain"}
    assert {field["reason"] for field in answer["fields"].values()} == {"no_model"}
    assert answer["model_version"] is None


def test_only_solved_tickets_are_shown_as_similar(shared: TestClient) -> None:
    similar = shared.post("/v1/triage", json=TICKET).json()["similar"]
    assert [(ticket["ticket_id"], ticket["resolution"]) for ticket in similar] == [("T-1", "Limpou o cache e entrou.")]


def test_agents_see_internal_articles(shared: TestClient) -> None:
    ticket = {"subject": "Fraude na conta: senha trocada por outra pessoa", "description": "bloqueie a conta"}
    assert "pt/fraude" in [hit["article_id"] for hit in shared.post("/v1/triage", json=ticket).json()["articles"]]


def test_the_language_of_the_ticket_is_told(shared: TestClient) -> None:
    assert shared.post("/v1/triage", json=TICKET).json()["language"] == "pt"
    english = {"subject": "I cannot sign in to my account after I changed the password"}
    assert shared.post("/v1/triage", json=english).json()["language"] == "en"


def test_everything_a_help_desk_knows_may_come_along(shared: TestClient) -> None:
    known = {
        "language": "pt-BR",
        "channel": "email",
        "requester": "r-1",
        "contract": "plus",
        "ticket_id": "T-99",
        "created_at": "2026-03-01T09:00:00-03:00",
    }
    assert shared.post("/v1/triage", json={**TICKET, **known}).status_code == 200
