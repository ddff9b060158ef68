"""What the page of labels shows of the last look at them."""

from typing import Any

from starlette.testclient import TestClient

from tests.web.conftest import Site
from triagem.store import desks
from triagem.store.database import Database
from triagem.store.runs import RunKind, Worker

FOUND: dict[str, Any] = {
    "tickets": 380,
    "classes": 8,
    "accuracy": 0.83,
    **{name: [] for name in ("twins", "contradictions", "doubts", "overlaps", "strangers", "needs")},
}


def _looked(site: Site, **more: object) -> None:
    database = Database(site.data_dir)
    with database.write() as connection:
        desks.ensure(connection, "main")
    with Worker.queue(database, "main", kind=RunKind.AUDIT, parameters={}) as worker, database.write() as connection:
        worker.finish(connection, {"fields": {"category": {**FOUND, **more}}})
    database.close()


def test_what_gives_a_label_away_is_shown_in_both_languages_and_leads_to_tickets(
    client: TestClient, open_site: Site
) -> None:
    pair = {"kind": "pair", "key": "fila", "label": "app", "tickets": 50, "ticket_ids": ["T-1", "T-2"]}
    _looked(open_site, leaks=[pair])
    english = client.get("/admin/labels", headers={"accept-language": "en"}).text
    assert "the value of “fila” gives app away" in english
    assert '<a href="/agent/tickets/T-1">T-1</a>' in english and "50 tickets" in english
    assert "Nothing to point out" not in english
    assert "o valor de “fila” entrega app" in client.get("/admin/labels", headers={"accept-language": "pt"}).text


def test_a_look_from_before_leaks_were_kept_is_shown_without_them(client: TestClient, open_site: Site) -> None:
    _looked(open_site)
    assert "Nothing to point out" in client.get("/admin/labels", headers={"accept-language": "en"}).text
