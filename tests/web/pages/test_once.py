"""A form that is sent twice from one view of its page, because an answer was lost, makes one thing."""

import fcntl
import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from service.runner import LOCK_FILE
from tests.web.conftest import LOOPBACK, Site
from tests.web.pages.browse import Reader, text_of
from triagem.store import audit, keys, runs
from triagem.store.audit import Action
from triagem.store.database import Database
from triagem.store.runs import Run, RunKind, Worker

_ONCE = re.compile(r'name="once" value="([^"]+)"')


@pytest.fixture(autouse=True)
def nobody_works(site: Site) -> Iterator[None]:
    """Another process holds the runs: here they only wait."""
    with (site.data_dir / LOCK_FILE).open("w") as lock:
        fcntl.flock(lock.fileno(), fcntl.LOCK_EX)
        yield


@pytest.fixture
def admin(keyed: TestClient, site: Site) -> Reader:
    reader = Reader(keyed)
    reader.sign_in(site.tokens["admin"])
    return reader


def _mark(reader: Reader, page: str) -> str:
    found = _ONCE.findall(reader.get(page).text)
    assert found and len(set(found)) == 1
    return str(found[0])


def _runs(site: Site) -> list[Run]:
    with Database(site.data_dir).read() as connection:
        return runs.newest_first(connection, "main", limit=10)


def _finish(site: Site) -> None:
    """Ends the newest run as its worker would."""
    database = Database(site.data_dir)
    worker = Worker(database, "main", _runs(site)[0])
    with worker, database.write() as connection:
        worker.finish(connection, {"fields": {}})
    database.close()


def _fields(once: str, **more: str | list[str]) -> dict[str, str | list[str]]:
    return {"once": once, **more}


def test_each_view_of_a_page_has_a_mark_of_its_own(admin: Reader) -> None:
    assert _mark(admin, "/admin/keys") != _mark(admin, "/admin/keys")


def test_a_key_is_made_once_and_shown_once(admin: Reader, site: Site) -> None:
    form = _fields(_mark(admin, "/admin/keys"), scope="triage", name="Bia")
    first = admin.send("/admin/keys", form, of="/admin/keys")
    again = admin.send("/admin/keys", form, of="/admin/keys")
    assert (first.status_code, again.status_code) == (200, 409)
    assert re.search(r"trg_[0-9a-f]+_", first.text) and not re.search(r"trg_[0-9a-f]+_", again.text)
    assert "Esta chave já foi criada" in text_of(again)
    assert _ONCE.findall(again.text)[0] != form["once"]
    with Database(site.data_dir).read() as connection:
        assert [key.name for key in keys.each(connection, "main")].count("Bia") == 1
        made = [one for one in audit.newest_first(connection, "main", limit=10) if one.details.get("name") == "Bia"]
    assert [one.action for one in made] == [Action.KEY_CREATE]


def test_another_key_from_the_same_view_is_another_key(admin: Reader, site: Site) -> None:
    once = _mark(admin, "/admin/keys")
    for name in ("Bia", "Caio"):
        made = admin.send("/admin/keys", _fields(once, scope="triage", name=name), of="/admin/keys")
        assert made.status_code == 200
    with Database(site.data_dir).read() as connection:
        assert {"Bia", "Caio"} <= {key.name for key in keys.each(connection, "main")}


def test_a_key_is_revoked_once_and_the_second_time_changes_nothing(admin: Reader, site: Site) -> None:
    with Database(site.data_dir).read() as connection:
        key = next(key for key in keys.each(connection, "main") if key.name == "agent")
    for _ in range(2):
        answer = admin.send(f"/admin/keys/{key.id}/revoke", {}, of="/admin/keys")
        assert (answer.status_code, answer.headers["location"]) == (303, "/admin/keys")


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/admin/models/train", "/admin/models"),
        ("/admin/reindex", "/admin/imports"),
        ("/admin/labels", "/admin/labels"),
    ],
)
def test_long_work_that_is_done_is_not_done_again_for_the_same_press(
    admin: Reader, site: Site, address: str, page: str
) -> None:
    form = _fields(_mark(admin, page))
    first = admin.send(address, form, of=page).headers["location"]
    _finish(site)
    assert admin.send(address, form, of=page).headers["location"] == first
    assert admin.send(address, _fields(_mark(admin, page)), of=page).headers["location"] != first


def test_a_file_sent_twice_leads_to_its_one_import_and_another_file_to_its_own(admin: Reader, site: Site) -> None:
    once, csrf = _mark(admin, "/admin/imports"), admin.proof("/admin/imports")

    def send(content: bytes) -> str:
        answer = admin.client.post(
            "/admin/imports",
            data={"csrf": csrf, "once": once, "what": "tickets"},
            files={"file": ("t.csv", content, "text/csv")},
            headers={"Origin": LOOPBACK},
            follow_redirects=False,
        )
        return answer.headers["location"]

    one = b"id,created_at,subject\n1,2026-01-01,x\n"
    first = send(one)
    assert send(one) == first
    _finish(site)
    assert send(one) == first
    assert send(one.replace(b"x", b"y")) != first
    assert len(list((site.data_dir / "uploads").iterdir())) <= 2


def test_work_that_failed_is_done_again_for_the_same_press(admin: Reader, site: Site) -> None:
    form = _fields(_mark(admin, "/admin/models"))
    first = admin.send("/admin/models/train", form, of="/admin/models").headers["location"]
    run_id = first.rpartition("/")[2]
    assert admin.send(f"/admin/runs/{run_id}/cancel", {}, of="/admin/models").headers["location"] == first
    assert admin.send(f"/admin/runs/{run_id}/cancel", {}, of="/admin/models").headers["location"] == first
    assert admin.send("/admin/models/train", form, of="/admin/models").headers["location"] != first


def test_a_training_with_a_key_of_idempotency_is_one_training(keyed: TestClient, site: Site) -> None:
    headers = {**site.auth("admin"), "Idempotency-Key": "night-1"}
    first = keyed.post("/v1/models:train", headers=headers).json()["id"]
    _finish(site)
    assert keyed.post("/v1/models:train", headers=headers).json()["id"] == first
    assert keyed.post("/v1/models:train", headers=site.auth("admin")).json()["id"] != first
    assert [run.kind for run in _runs(site)] == [RunKind.TRAIN, RunKind.TRAIN]
