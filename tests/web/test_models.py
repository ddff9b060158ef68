"""Models and runs over HTTP; the models themselves are learned elsewhere and stand here as rows."""

from datetime import UTC, datetime

from starlette.testclient import TestClient

from tests.web.conftest import Site
from triagem.store import models, runs
from triagem.store.database import Database
from triagem.store.models import Model
from triagem.store.runs import RunKind


def _add(site: Site, version: str, *fields: str) -> None:
    database = Database(site.data_dir)
    with database.write() as connection:
        models.add(
            connection,
            "main",
            Model(version, fields, "0" * 64, "1" * 64, "2" * 64, {"seed": 0}, {"accuracy": 0.9}, datetime.now(UTC)),
        )
    database.close()


def test_promoting_and_rolling_back_take_effect_by_one_row_each(client: TestClient, open_site: Site) -> None:
    _add(open_site, "v1", "category", "team")
    _add(open_site, "v2", "category")
    assert client.post("/v1/models/v1:promote").json()["assignments"] == {"category": "v1", "team": "v1"}
    promoted = client.post("/v1/models/v2:promote", json={"why": "better on billing"}).json()
    assert promoted["assignments"] == {"category": "v2", "team": "v1"}
    assert (promoted["actor"], promoted["why"]) == ("loopback", "better on billing")
    listed = client.get("/v1/models").json()["models"]
    assert [(model["version"], model["current_for"]) for model in listed] == [("v2", ["category"]), ("v1", ["team"])]
    assert client.post("/v1/models:rollback").json()["assignments"] == {"category": "v1", "team": "v1"}
    assert client.get("/v1/models/v1").json()["current_for"] == ["category", "team"]


def test_without_an_earlier_model_there_is_nothing_to_roll_back_to(client: TestClient) -> None:
    answer = client.post("/v1/models:rollback")
    assert (answer.status_code, answer.json()["detail"]) == (409, "There is no earlier model to roll back to.")


def test_training_is_a_run_and_asking_twice_is_asking_once(client: TestClient) -> None:
    first = client.post("/v1/models:train", json={"fields": ["category"], "seed": 3})
    assert first.status_code == 202
    assert first.headers["location"] == f"/v1/runs/{first.json()['id']}"
    assert client.post("/v1/models:train").json()["id"] == first.json()["id"]
    assert client.get(first.headers["location"]).json()["kind"] == "train"


def test_what_was_asked_of_a_training_stands_in_its_row(client: TestClient, open_site: Site) -> None:
    run_id = client.post("/v1/models:train", json={"fields": ["team", "type"], "seed": 3}).json()["id"]
    database = Database(open_site.data_dir)
    with database.read() as connection:
        assert runs.get(connection, "main", run_id).parameters == {"fields": ["team", "type"], "seed": 3}
    database.close()


def test_a_queued_run_is_cancelled_at_once_and_only_once(client: TestClient, open_site: Site) -> None:
    database = Database(open_site.data_dir)
    with database.write() as connection:
        run = runs.queue(connection, "elsewhere", kind=RunKind.TRAIN, parameters={})
        runs.request_cancel(connection, "elsewhere", run.id)
    database.close()
    assert client.post(f"/v1/runs/{run.id}:cancel").status_code == 404
