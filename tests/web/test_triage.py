"""What the agent gets when a ticket arrives."""

import pytest
from starlette.testclient import TestClient

TICKET = {"subject": "Não consigo entrar", "description": "Troquei a senha e não consigo entrar na minha conta."}


def test_an_answer_has_exactly_the_fields_of_the_contract(shared: TestClient) -> None:
    answer = shared.post("/v1/triage", json=TICKET).json()
    assert set(answer) == {
        "triage_id",
        "language",
        "fields",
        "articles",
        "nearest_topics",
        "similar",
        "missing",
        "sla",
        "model_version",
        "index_generation",
        "not_searched",
    }
    assert answer["not_searched"] is None
    assert list(answer["fields"]) == ["category", "type", "priority", "team"]
    assert answer["fields"]["team"]["evidence"] == {
        "words": [],
        "neighbours": [],
        "left_out": None,
        "signs": None,
        "branch": None,
    }
    assert set(answer["fields"]["team"]) == {"mode", "value", "probability", "candidates", "reason", "evidence"}


def test_without_a_model_every_field_is_left_open_with_the_reason(shared: TestClient) -> None:
    answer = shared.post("/v1/triage", json=TICKET).json()
    assert {field["mode"] for field in answer["fields"].values()} == {"abstain"}
    assert {field["reason"] for field in answer["fields"].values()} == {"no_model"}
    assert answer["model_version"] is None


def test_the_signs_of_priority_are_shown_and_suggest_one_where_no_model_does(shared: TestClient) -> None:
    ticket = {"description": "A escola inteira está sem rede, preciso de retorno imediato", "contract": "basic"}
    priority = shared.post("/v1/triage", json=ticket).json()["fields"]["priority"]
    assert (priority["value"], priority["mode"], priority["probability"]) == ("urgent", "suggest", None)
    assert priority["evidence"]["signs"] == {
        "severity": {"level": "high", "words": ["sem rede"]},
        "impact": {"level": "high", "words": ["escola inteira"]},
        "urgency": {"level": "high", "words": ["imediato"]},
        "contract": "basic",
        "priority": "urgent",
        "decided_by": ["severity", "impact"],
    }


def test_where_no_article_helps_the_nearest_topics_are_named_and_only_there(shared: TestClient) -> None:
    far = shared.post("/v1/triage", json={"subject": "qual o horário do zoológico municipal?"}).json()
    assert far["articles"] == []
    assert 1 <= len(far["nearest_topics"]) <= 3
    assert set(far["nearest_topics"][0]) == {"topic", "article_id", "title"}
    assert all(topic["article_id"] and topic["title"] for topic in far["nearest_topics"])
    near = shared.post("/v1/triage", json=TICKET).json()
    assert near["articles"] and near["nearest_topics"] == []


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


def test_the_clocks_start_when_the_ticket_was_created(shared: TestClient) -> None:
    friday = {**TICKET, "created_at": "2026-03-13T17:00:00-03:00"}
    assert shared.post("/v1/triage", json=friday).json()["sla"] == {
        "policy": "standard",
        "response_due": "2026-03-16T17:00:00-03:00",
        "resolution_due": "2026-03-20T17:00:00-03:00",
        "response_used": 1.0,
        "resolution_used": 1.0,
        "at_risk": True,
    }


def test_a_time_without_a_zone_is_of_the_desks(shared: TestClient) -> None:
    zoned, plain = (
        shared.post("/v1/triage", json={**TICKET, "created_at": f"2026-03-13T17:00:00{offset}"}).json()["sla"]
        for offset in ("-03:00", "")
    )
    assert zoned["response_due"] == plain["response_due"] == "2026-03-16T17:00:00-03:00"


def test_a_new_ticket_is_not_at_risk(shared: TestClient) -> None:
    sla = shared.post("/v1/triage", json=TICKET).json()["sla"]
    assert (sla["response_used"], sla["at_risk"]) == (0.0, False)


def test_the_contract_chooses_the_policy(shared: TestClient) -> None:
    assert shared.post("/v1/triage", json={**TICKET, "contract": "Business"}).json()["sla"]["policy"] == "business"


@pytest.mark.parametrize("created_at", ["0001-01-01T00:00:00Z", "1900-01-01", "9999-12-31T23:59:59Z"])
def test_a_date_that_means_none_starts_no_clock(shared: TestClient, created_at: str) -> None:
    answer = shared.post("/v1/triage", json={**TICKET, "created_at": created_at})
    assert (answer.status_code, answer.json()["sla"]) == (200, None)


def test_the_agent_gets_the_questions_to_send_in_the_requesters_language(shared: TestClient) -> None:
    ticket = {"subject": "the app does not open", "description": "it closes by itself"}
    missing = shared.post("/v1/triage", json=ticket).json()["missing"]
    assert [one["slot"] for one in missing] == ["error_message", "system", "steps"]
    assert all(one["question"].endswith("?") for one in missing)


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
