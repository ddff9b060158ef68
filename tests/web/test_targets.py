"""Targets over HTTP: seen before they are set, set with a reason, and in the next answer."""

from starlette.testclient import TestClient

from tests.library.triage.handmade import handmade, publish
from tests.library.triage.proof import evidence
from tests.web.conftest import Site
from triagem.store.database import Database

LOWER = {"auto": 0.90, "preselect": 0.80}


def _publish(site: Site) -> None:
    database = Database(site.data_dir)
    publish(database, "v1", handmade(evidence=evidence()))
    database.close()


def _mode(client: TestClient) -> str:
    answer: str = client.post("/v1/triage", json={"subject": "the router is offline"}).json()["fields"]["category"][
        "mode"
    ]
    return answer


def test_a_target_is_previewed_then_set_and_the_next_answer_follows(client: TestClient, open_site: Site) -> None:
    _publish(open_site)
    seen = client.post("/v1/targets/category:preview", json=LOWER).json()["effects"][0]
    assert (seen["mode"], seen["opened"]) == ("auto", ["network"])
    assert seen["before"]["coverage"] == 100 / 140
    assert _mode(client) == "preselect"
    put = client.put("/v1/targets/category", json={**LOWER, "why": "agents asked for more"})
    assert put.json()["fields"][0]["open_classes"]["auto"] == ["billing", "network"]
    assert _mode(client) == "auto"
    entry = client.get("/v1/audit?limit=1").json()["entries"][0]
    assert (entry["action"], entry["subject"], entry["why"]) == ("targets", "category", "agents asked for more")
    assert client.put("/v1/targets/category", json={**LOWER, "why": "sent again"}).json() == put.json()
    assert client.get("/v1/audit?limit=1").json()["entries"] == [entry]


def test_without_a_model_there_are_targets_but_no_curve(client: TestClient) -> None:
    fields = client.get("/v1/targets").json()["fields"]
    assert [(one["field"], one["auto"], one["curves"]) for one in fields][:2] == [
        ("category", 0.95, {}),
        ("type", 0.95, {}),
    ]
    assert client.post("/v1/targets/category:preview", json=LOWER).status_code == 409


def test_targets_need_sense_and_a_reason(client: TestClient) -> None:
    assert client.put("/v1/targets/category", json=LOWER).status_code == 422
    contrary = client.put("/v1/targets/category", json={**LOWER, "auto": 0.7123, "why": "x"})
    assert (contrary.status_code, "0.7123" in contrary.text) == (422, False)
    assert client.put("/v1/targets/category", json={**LOWER, "why": " \n"}).status_code == 422
    assert client.put("/v1/targets/mood", json={**LOWER, "why": "x"}).status_code == 422
