"""A candidate before it answers: in shadow, and by replay; over HTTP."""

import shutil
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.library.triage.handmade import publish_one_and_a_candidate
from tests.waiting import eventually
from tests.web.conftest import Site
from triagem.store.database import Database
from triagem.triage import taxonomy
from triagem.triage.taxonomy import Taxonomy
from triagem.triage.triager import model_path
from triagem.types import TicketField

INVOICE = {"subject": "the invoice is wrong"}


@pytest.fixture
def two(client: TestClient, open_site: Site) -> TestClient:
    """v1 answers; v2 calls everything by other names and waits."""
    publish_one_and_a_candidate(open_site.data_dir)
    return client


def _until(read: Callable[[], Any], wanted: Callable[[Any], bool]) -> Any:
    eventually(lambda: wanted(read()))
    return read()


def test_a_candidate_in_shadow_is_scored_by_corrections_and_shown_to_nobody(two: TestClient) -> None:
    put = two.put("/v1/shadow", json={"version": "v2", "why": "is it better?"}).json()
    assert (put["version"], put["fields"][0]["answers"]) == ("v2", 0)
    answers = [two.post("/v1/triage", json=INVOICE).json() for _ in range(6)]
    assert {one["fields"]["category"]["value"] for one in answers} == {"billing"}
    for number, one in enumerate(answers[:4]):
        value = "faturamento" if number else "billing"
        said = {"triage_id": one["triage_id"], "event": "corrected", "field": "category", "value": value}
        assert two.post("/v1/feedback", json={**said, "actor": "ana"}).status_code == 201
    found = _until(lambda: two.get("/v1/shadow").json()["fields"][0], lambda one: one["answers"] == 6)
    assert (found["same"], found["reviewed"], found["gained"], found["lost"]) == (0, 4, 3, 1)
    assert found["is_better"] is False
    ended = two.put("/v1/shadow", json={"version": None, "why": "seen enough"}).json()
    assert ended == {"version": None, "fields": []}
    assert [one["action"] for one in two.get("/v1/audit?limit=2").json()["entries"]] == ["shadow", "shadow"]
    assert two.put("/v1/shadow", json={"version": "v9", "why": "x"}).status_code == 404


def test_answers_by_names_that_became_one_are_the_same(two: TestClient, open_site: Site) -> None:
    two.put("/v1/shadow", json={"version": "v2", "why": "is it better?"})
    asked = two.post("/v1/triage", json=INVOICE).json()["triage_id"]
    said = {"triage_id": asked, "event": "corrected", "field": "category", "value": "faturamento", "actor": "ana"}
    two.post("/v1/feedback", json=said)
    _until(lambda: two.get("/v1/shadow").json()["fields"][0], lambda one: (one["same"], one["gained"]) == (0, 1))
    with Database(open_site.data_dir).write() as connection:
        renamed = Taxonomy().with_renamed(TicketField.CATEGORY, "billing", "faturamento")
        taxonomy.store(connection, "main", renamed, actor="ana", why="one name for it")
    found = two.get("/v1/shadow").json()["fields"][0]
    assert (found["answers"], found["same"], found["reviewed"], found["gained"]) == (1, 1, 1, 0)


def test_replay_lists_the_tickets_that_a_version_or_a_target_would_change(two: TestClient) -> None:
    for number, text in enumerate(("the invoice is wrong", "the router is offline")):
        body = {"created_at": f"2026-03-0{number + 1}T00:00:00Z", "subject": text, "category": "billing"}
        two.put(f"/v1/tickets/R-{number}", json=body)
    by_version = two.get("/v1/models/v2/replay?last=2").json()
    assert by_version["tickets"] == 2
    assert [(one["ticket_id"], one["before"]["value"], one["after"]["value"]) for one in by_version["changes"]] == [
        ("R-1", "network", "rede"),
        ("R-0", "billing", "faturamento"),
    ]
    [category] = by_version["fields"]
    assert (category["values_changed"], category["became_right"], category["became_wrong"]) == (2, 0, 1)
    by_target = two.get("/v1/models/current/replay?last=2&field=category&auto=0.9").json()
    [change] = by_target["changes"]
    assert (change["ticket_id"], change["before"]["mode"], change["after"]["mode"]) == ("R-1", "preselect", "auto")
    assert (by_target["fields"][0]["filled_before"], by_target["fields"][0]["filled_after"]) == (1, 2)
    assert two.get("/v1/models/current/replay?auto=0.9").status_code == 422


def test_the_gate_is_asked_beforehand_and_changes_nothing(two: TestClient) -> None:
    found = two.get("/v1/models/v2/gate").json()
    [category] = found["fields"]
    assert (found["version"], category["field"], category["against"]) == ("v2", "category", "v1")
    assert category["objection"] == {
        "code": "few_tickets",
        "sentence": "only 0 tickets to compare on, 30 are needed",
    }
    assert [category[name] for name in ("tickets", "gained", "lost", "is_better")] == [0, 0, 0, False]
    assert two.get("/v1/models/v1/gate").json()["fields"] == []
    assert two.get("/v1/models/v9/gate").status_code == 404
    assert two.post("/v1/triage", json=INVOICE).json()["model_version"] == "v1"


@pytest.mark.parametrize("is_judged", [True, False])
def test_what_was_forced_is_written_down_with_what_the_gate_says_if_it_can_tell(
    two: TestClient, open_site: Site, *, is_judged: bool
) -> None:
    if not is_judged:
        with closing(Database(open_site.data_dir)) as database:
            shutil.rmtree(model_path(database.data_dir, "main", "v1"))
    promoted = two.post("/v1/models/v2:promote", json={"force": True, "why": "the names are agreed"})
    assert promoted.json()["assignments"] == {"category": "v2"}
    details = two.get("/v1/audit?limit=1").json()["entries"][0]["details"]
    assert (details["assignments"], details["forced"]) == ({"category": "v2"}, True)
    judged = {"category": {"against": "v1", "objection": "few_tickets"}}
    assert details.get("gate") == (judged if is_judged else None)


def test_nothing_is_replayed_before_something_answers(client: TestClient) -> None:
    answer = client.get("/v1/models/current/replay")
    assert (answer.status_code, "triagem --desk main train" in answer.json()["detail"]) == (409, True)
