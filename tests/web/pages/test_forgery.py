"""Forms that other pages send in a visitor's name are refused, whatever they know."""

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import Site
from tests.web.pages.browse import Reader, text_of
from triagem.store import keys, runs
from triagem.store.database import Database

# Each with the page that its form stands on.
FORMS = {
    "/sign-out": "/admin",
    "/admin/keys": "/admin/keys",
    "/admin/reindex": "/admin/imports",
    "/admin/models/train": "/admin/models",
    "/admin/models/rollback": "/admin/models",
    "/admin/targets/category": "/admin/keys",
    "/admin/quality/category/reopen": "/admin/keys",
    "/agent/tickets/T-2/accept": "/agent/tickets/T-2",
    "/agent/tickets/T-2/correct": "/agent/tickets/T-2",
    "/agent/tickets/T-2/close": "/agent/tickets/T-2",
}
FIELDS: dict[str, str | list[str]] = {"scope": "admin", "field": "category", "value": "x", "triage": "t"}


@pytest.fixture
def admin(keyed: TestClient, site: Site) -> Reader:
    reader = Reader(keyed)
    assert reader.sign_in(site.tokens["admin"]).status_code == 303
    return reader


def _nothing_was_done(site: Site) -> bool:
    with Database(site.data_dir).read() as connection:
        return len(keys.each(connection, "main")) == 4 and not runs.newest_first(connection, "main", limit=1)


@pytest.mark.parametrize(("address", "page"), FORMS.items())
@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_a_form_of_another_page_is_refused(
    admin: Reader, site: Site, address: str, page: str, origin: str | None
) -> None:
    answer = admin.send(address, FIELDS, of=page, origin=origin)
    assert answer.status_code == 403
    assert "veio de outra página" in text_of(answer)
    assert _nothing_was_done(site)


@pytest.mark.parametrize(("address", "page"), FORMS.items())
def test_a_form_without_the_proof_is_refused(admin: Reader, site: Site, address: str, page: str) -> None:
    answer = admin.send(address, {**FIELDS, "csrf": "0" * 64}, of=page)
    assert answer.status_code == 403
    assert "expirou" in text_of(answer)
    assert _nothing_was_done(site)


def test_the_proof_of_another_session_is_none(admin: Reader, site: Site) -> None:
    before = admin.proof("/admin/keys")
    admin.sign_in(site.tokens["admin"])
    assert admin.proof("/admin/keys") != before
    assert admin.send("/admin/reindex", {"csrf": before}, of="/admin/imports").status_code == 403


def test_a_file_of_another_page_is_refused(admin: Reader, site: Site) -> None:
    files = {"file": ("t.csv", b"id,created_at,subject\n1,2026-01-01,x\n", "text/csv")}
    data = {"csrf": admin.proof("/admin/imports"), "what": "tickets"}
    foreign = admin.client.post("/admin/imports", data=data, files=files, headers={"Origin": "https://evil.example"})
    unproven = admin.client.post(
        "/admin/imports", data={**data, "csrf": "x"}, files=files, headers={"Origin": "http://127.0.0.1"}
    )
    assert foreign.status_code == unproven.status_code == 403
    assert not (site.data_dir / "uploads").exists()
    assert _nothing_was_done(site)
