"""Models and runs over HTTP, with real trainings of the sample tickets by the service's own runner."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from tests.web.conftest import LOOPBACK, Site
from tests.web.pages.browse import Reader
from tests.web.runs import wait
from triagem.store import audit, runs
from triagem.store.audit import OVER_HTTP
from triagem.store.database import Database
from triagem.store.runs import RunKind

TICKETS = Path(__file__).parents[2] / "kb_articles" / "tickets.jsonl"
WHY = "another seed may do better"
QUESTION = {"subject": "pix nao caiu", "description": "paguei no pix ontem e o pedido continua pendente"}


@pytest.fixture(scope="module")
def trained(_open_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Site]]:
    """A service that has trained two models: v1 answers, v2 waits."""
    data_dir = tmp_path_factory.mktemp("models") / "data"
    shutil.copytree(_open_template, data_dir)
    site = Site(data_dir, {})
    with TestClient(create_app(site.settings), base_url=LOOPBACK, client=("127.0.0.1", 1)) as client:
        headers = {"Content-Type": "application/x-ndjson"}
        assert client.post("/v1/tickets:import", content=TICKETS.read_bytes(), headers=headers).json()["errors"] == []
        for seed in (0, 1):
            asked = client.post("/v1/models:train", json={"fields": ["category", "team"], "seed": seed, "why": WHY})
            run = wait(client, asked.headers["location"])
            assert run["state"] == "done", run
        yield client, site


def test_the_first_model_answers_by_itself_and_the_next_one_waits(trained: tuple[TestClient, Site]) -> None:
    client, _ = trained
    listed = client.get("/v1/models").json()["models"]
    assert [(model["version"], model["current_for"]) for model in listed] == [("v2", []), ("v1", ["category", "team"])]
    answer = client.post("/v1/triage", json=QUESTION).json()
    assert answer["model_version"] == "v1"
    assert answer["fields"]["category"]["value"] == "billing"
    assert answer["fields"]["category"]["candidates"][0]["value"] == "billing"
    assert answer["fields"]["priority"]["reason"] == "no_model"


def test_promoting_and_rolling_back_change_the_very_next_answer(trained: tuple[TestClient, Site]) -> None:
    client, _ = trained
    promoted = client.post("/v1/models/v2:promote", json={"why": "another seed"}).json()
    assert promoted["assignments"] == {"category": "v2", "team": "v2"}
    assert (promoted["actor"], promoted["why"]) == ("loopback", "another seed")
    assert client.post("/v1/triage", json=QUESTION).json()["model_version"] == "v2"
    assert client.post("/v1/models:rollback").json()["assignments"] == {"category": "v1", "team": "v1"}
    assert client.post("/v1/triage", json=QUESTION).json()["model_version"] == "v1"
    assert client.get("/v1/models/v1").json()["current_for"] == ["category", "team"]
    back, there, *before = client.get("/v1/audit?limit=5").json()["entries"]
    assert [(one["action"], one["actor"], one["subject"]) for one in (back, there, *before)] == [
        ("rollback", "loopback", "v1"),
        ("promote", "loopback", "v2"),
        ("train", "loopback", "v2"),
        ("train", "loopback", "v1"),
        ("promote", "train", "v1"),
    ]
    assert before[0]["why"] == "another seed may do better"
    assert there["why"] == "another seed"
    gate = there["details"].pop("gate")
    assert there["details"] == {"assignments": {"category": "v2", "team": "v2"}, "forced": False}
    assert {field: (one["against"], one["lost"], one["objection"]) for field, one in gate.items()} == {
        "category": ("v1", 0, None),
        "team": ("v1", 0, None),
    }
    assert gate["category"]["tickets"] > 100
    first = {"against": "the commonest class", "objection": None}
    assert before[-1]["details"]["gate"] == {"category": first, "team": first}
    assert client.get(f"/v1/audit?before={there['id']}").json()["entries"] == before


def test_a_reason_of_blanks_alone_is_none(trained: tuple[TestClient, Site]) -> None:
    client, _ = trained
    forced = client.post("/v1/models/v2:promote", json={"force": True, "why": "  "})
    assert (forced.status_code, forced.json()["errors"][0]["field"]) == (422, "body.why")
    assert client.put("/v1/shadow", json={"version": "v2", "why": " "}).status_code == 422
    assert client.post("/v1/models/v2:promote", json={"why": " the same \n"}).json()["why"] == "the same"
    assert client.post("/v1/models:rollback").json()["assignments"] == {"category": "v1", "team": "v1"}


def test_a_rollback_that_names_its_promotion_can_be_sent_again(trained: tuple[TestClient, Site]) -> None:
    client, _ = trained
    before = client.get("/v1/audit").json()["entries"]
    promoted = client.post("/v1/models/v2:promote").json()
    assert client.post("/v1/models/v2:promote").json() == promoted
    body = {"promotion_id": promoted["promotion_id"]}
    first, second = (client.post("/v1/models:rollback", json=body).json() for _ in range(2))
    assert first == second
    assert first["assignments"] == {"category": "v1", "team": "v1"}
    back, there, *rest = client.get("/v1/audit").json()["entries"]
    assert (back["action"], there["action"], rest) == ("rollback", "promote", before)


def test_an_answer_says_what_it_rests_on_and_on_demand_which_sentence_decided(
    trained: tuple[TestClient, Site],
) -> None:
    client, _ = trained
    answer = client.post("/v1/triage", json=QUESTION).json()["fields"]["category"]["evidence"]
    assert "pix" in {one["text"] for one in answer["words"]}
    assert [one["label"] for one in answer["neighbours"]].count("billing") >= 2
    assert answer["left_out"] is None
    asked = {"subject": "Bom dia a todos!", "description": "Paguei no pix ontem. Obrigado.", "explain": True}
    fields = client.post("/v1/triage", json=asked).json()["fields"]
    assert fields["category"]["evidence"]["left_out"]["sentence"]["text"] == "Paguei no pix ontem."
    of_priority = fields["priority"]["evidence"]
    assert (of_priority["words"], of_priority["neighbours"], of_priority["left_out"]) == ([], [], None)
    assert of_priority["signs"]["priority"] == "normal"


def test_the_report_is_a_page_that_carries_its_own_policy(trained: tuple[TestClient, Site]) -> None:
    client, _ = trained
    answer = client.get("/v1/models/v2/report?language=pt")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "style-src 'sha256-" in answer.headers["content-security-policy"]
    assert answer.text.count("<svg") == 4
    assert "O que muda" in answer.text
    assert client.get("/v1/models/v9/report").status_code == 404


def test_a_page_puts_a_candidate_in_shadow_and_takes_it_out_with_a_reason_that_the_log_keeps(
    trained: tuple[TestClient, Site],
) -> None:
    client, site = trained
    reader, page = Reader(client), "/admin/models/v2"
    for fields in ({"why": "  is it better? "}, {"off": "1", "why": "seen enough"}, {}, {"off": "1"}):
        form = re.search(rf'action="{page}/shadow">.*?</form>', reader.get(page).text, re.DOTALL)
        assert form is not None and 'name="why"' in form.group()
        assert reader.send(f"{page}/shadow", fields, of=page).status_code == 303
    with Database(site.data_dir).read() as connection:
        said = [(one.subject, one.why) for one in audit.newest_first(connection, "main", limit=4)]
    assert said == [("none", OVER_HTTP), ("v2", OVER_HTTP), ("none", "seen enough"), ("v2", "is it better?")]


def test_a_damaged_model_is_not_promoted(trained: tuple[TestClient, Site]) -> None:
    client, site = trained
    file = max((site.data_dir / "models" / "main" / "v2").iterdir(), key=lambda path: path.stat().st_size)
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert client.post("/v1/models/v2:promote").status_code == 503
    file.write_bytes(content)
    assert client.post("/v1/triage", json=QUESTION).json()["model_version"] == "v1"


def test_a_promotion_is_not_forced_without_a_reason(trained: tuple[TestClient, Site]) -> None:
    assert trained[0].post("/v1/models/v2:promote", json={"force": True}).status_code == 422


def test_without_an_earlier_model_there_is_nothing_to_roll_back_to(client: TestClient) -> None:
    answer = client.post("/v1/models:rollback")
    assert answer.status_code == 409
    assert answer.json()["detail"].startswith("No model answers now, so there is none to roll back from.")


def test_training_is_a_run_and_asking_twice_is_asking_once(client: TestClient, open_site: Site) -> None:
    first = client.post("/v1/models:train", json={"fields": ["team", "type"], "seed": 3})
    assert first.status_code == 202
    assert first.headers["location"] == f"/v1/runs/{first.json()['id']}"
    assert client.post("/v1/models:train").json()["id"] == first.json()["id"]
    database = Database(open_site.data_dir)
    with database.read() as connection:
        run = runs.get(connection, "main", first.json()["id"])
    database.close()
    assert (run.kind, run.parameters) == (RunKind.TRAIN, {"fields": ["team", "type"], "seed": 3, "by": "loopback"})


def test_a_training_that_cannot_be_done_says_why(client: TestClient) -> None:
    run = wait(client, client.post("/v1/models:train").headers["location"])
    assert run["state"] == "failed"
    assert "triagem --desk main import tickets" in str(run["error"])
    assert client.post(f"/v1/runs/{run['id']}:cancel").status_code == 409


def test_a_run_that_nobody_has_taken_yet_is_cancelled_at_once(open_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.runner.Runner._do_next", lambda _: None)
    with TestClient(create_app(open_site.settings), base_url=LOOPBACK, client=("127.0.0.1", 1)) as client:
        run = client.post("/v1/models:train").json()
        cancelled = client.post(f"/v1/runs/{run['id']}:cancel").json()
        assert (cancelled["state"], cancelled["cancel_requested"]) == ("cancelled", True)
        assert client.post(f"/v1/runs/{run['id']}:cancel").status_code == 409
