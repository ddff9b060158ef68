"""Who may do what: every route against every role, desks kept apart, pages bound to their keys."""

import asyncio
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.auth import Keyring
from tests.web.conftest import FORM_ORIGIN, LOOPBACK, Site
from triagem.store import keys
from triagem.store.database import Database

NDJSON = "application/x-ndjson"
ARTICLE = {"title": "A", "text": "B"}
TICKET = {"created_at": "2026-01-01T00:00:00Z", "subject": "A"}
ROLES = ("form", "agent", "writer", "admin")

# Every route of the document with the roles it serves; a route that is missing here fails the test below.
ROUTES: dict[tuple[str, str], tuple[str, object, set[str]]] = {
    ("POST", "/v1/suggest"): ("/v1/suggest", {"description": "senha"}, {"form", "admin"}),
    ("POST", "/v1/requests"): ("/v1/requests", {"description": "senha"}, {"form", "admin"}),
    ("GET", "/v1/suggest/articles/{article_id}"): ("/v1/suggest/articles/pt/wifi", None, {"form", "admin"}),
    ("POST", "/v1/triage"): ("/v1/triage", {"subject": "senha"}, {"agent", "admin"}),
    ("GET", "/v1/search"): ("/v1/search?q=senha", None, {"agent", "admin"}),
    ("POST", "/v1/feedback"): (
        "/v1/feedback",
        {"suggestion_id": "unknown", "event": "shown"},
        {"form", "admin"},
    ),
    ("PUT", "/v1/articles/{article_id}"): ("/v1/articles/new", ARTICLE, {"writer", "admin"}),
    ("GET", "/v1/articles/{article_id}"): ("/v1/articles/pt/wifi", None, {"writer", "admin"}),
    ("DELETE", "/v1/articles/{article_id}"): ("/v1/articles/unknown", None, {"writer", "admin"}),
    ("POST", "/v1/articles:import"): ("/v1/articles:import", b"", {"writer", "admin"}),
    ("PUT", "/v1/tickets/{ticket_id}"): ("/v1/tickets/new", TICKET, {"writer", "admin"}),
    ("GET", "/v1/tickets/{ticket_id}"): ("/v1/tickets/T-1", None, {"writer", "admin"}),
    ("DELETE", "/v1/tickets/{ticket_id}"): ("/v1/tickets/unknown", None, {"writer", "admin"}),
    ("POST", "/v1/tickets:import"): ("/v1/tickets:import", b"", {"writer", "admin"}),
    ("GET", "/v1/models"): ("/v1/models", None, {"admin"}),
    ("GET", "/v1/models/{version}"): ("/v1/models/v1", None, {"admin"}),
    ("GET", "/v1/models/{version}/report"): ("/v1/models/v1/report", None, {"admin"}),
    ("POST", "/v1/models:train"): ("/v1/models:train", None, {"admin"}),
    ("POST", "/v1/models/{version}:promote"): ("/v1/models/v1:promote", None, {"admin"}),
    ("POST", "/v1/models:rollback"): ("/v1/models:rollback", None, {"admin"}),
    ("GET", "/v1/runs/{run_id}"): ("/v1/runs/unknown", None, {"admin"}),
    ("POST", "/v1/runs/{run_id}:cancel"): ("/v1/runs/unknown:cancel", None, {"admin"}),
    ("GET", "/v1/targets"): ("/v1/targets", None, {"admin"}),
    ("POST", "/v1/targets/{field}:preview"): (
        "/v1/targets/team:preview",
        {"auto": 0.9, "preselect": 0.8},
        {"admin"},
    ),
    ("PUT", "/v1/targets/{field}"): (
        "/v1/targets/team",
        {"auto": 0.9, "preselect": 0.8, "why": "a test"},
        {"admin"},
    ),
    ("POST", "/v1/targets/{field}:reopen"): ("/v1/targets/team:reopen", {"why": "a test"}, {"admin"}),
    ("GET", "/v1/shadow"): ("/v1/shadow", None, {"admin"}),
    ("PUT", "/v1/shadow"): ("/v1/shadow", {"version": None, "why": "a test"}, {"admin"}),
    ("GET", "/v1/models/{version}/gate"): ("/v1/models/current/gate", None, {"admin"}),
    ("GET", "/v1/models/{version}/replay"): ("/v1/models/current/replay", None, {"admin"}),
    ("GET", "/v1/insights/quality"): ("/v1/insights/quality", None, {"admin"}),
    ("GET", "/v1/audit"): ("/v1/audit", None, {"admin"}),
    ("GET", "/v1/insights/deflection"): ("/v1/insights/deflection", None, {"admin"}),
    ("GET", "/livez"): ("/livez", None, {*ROLES, "nobody"}),
    ("GET", "/readyz"): ("/readyz", None, {*ROLES, "nobody"}),
    # Without a key this machine may read the numbers; a key that is sent must be an admin's.
    ("GET", "/metrics"): ("/metrics", None, {"admin", "nobody"}),
}


def _call(client: TestClient, method: str, path: str, body: object, headers: dict[str, str]) -> int:
    if isinstance(body, bytes):
        return client.request(method, path, content=body, headers={**headers, "Content-Type": NDJSON}).status_code
    return client.request(method, path, json=body, headers=headers).status_code


def test_every_route_is_in_the_matrix(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert {(method.upper(), path) for path, item in document["paths"].items() for method in item} == set(ROUTES)


def test_every_route_serves_exactly_its_roles(keyed: TestClient, site: Site) -> None:
    for (method, _), (path, body, served) in ROUTES.items():
        for role in ROLES:
            status = _call(keyed, method, path, body, site.auth(role))
            assert (status not in (401, 403)) == (role in served), (method, path, role, status)


def test_no_route_but_the_probes_serves_a_stranger(keyed: TestClient) -> None:
    for (method, _), (path, body, served) in ROUTES.items():
        for header in ({}, {"Authorization": "Bearer trg_0_0"}, {"Authorization": "Basic eDp5"}):
            status = _call(keyed, method, path, body, header)
            probe = "nobody" in served and (path != "/metrics" or not header)
            assert (status == 401) == (not probe), (method, path, header, status)


def test_feedback_on_a_triage_needs_the_scope_of_triage(keyed: TestClient, site: Site) -> None:
    event = {"triage_id": "unknown", "event": "accepted"}
    assert keyed.post("/v1/feedback", json=event, headers=site.auth("form")).status_code == 403
    assert keyed.post("/v1/feedback", json=event, headers=site.auth("agent")).status_code == 404


def test_a_key_sees_its_own_desk_only(keyed: TestClient, site: Site) -> None:
    ours = keyed.get("/v1/articles/pt/entrar", headers=site.auth("admin")).json()
    theirs = keyed.get("/v1/articles/pt/entrar", headers=site.auth("other")).json()
    assert (ours["title"], theirs["title"]) == (
        "Não consigo entrar depois de trocar a senha",
        "Entrar no outro sistema",
    )
    assert keyed.get("/v1/tickets/T-1", headers=site.auth("other")).status_code == 404
    assert keyed.delete("/v1/articles/pt/wifi", headers=site.auth("other")).status_code == 404
    hits = keyed.get("/v1/search?q=senha&limit=50", headers=site.auth("other")).json()["hits"]
    assert [hit["title"] for hit in hits] == ["Entrar no outro sistema"]


def test_feedback_and_runs_of_another_desk_do_not_exist(keyed: TestClient, site: Site) -> None:
    suggestion = keyed.post("/v1/suggest", json={"description": "senha"}, headers=site.auth("form")).json()
    event = {"suggestion_id": suggestion["suggestion_id"], "event": "shown"}
    assert keyed.post("/v1/feedback", json=event, headers=site.auth("other")).status_code == 404
    assert keyed.post("/v1/feedback", json=event, headers=site.auth("form")).status_code == 201
    run = keyed.post("/v1/models:train", headers=site.auth("admin")).json()
    assert keyed.get(f"/v1/runs/{run['id']}", headers=site.auth("other")).status_code == 404
    assert keyed.get(f"/v1/runs/{run['id']}", headers=site.auth("admin")).status_code == 200


def test_rows_of_another_desk_change_nothing_in_an_answer(keyed: TestClient, site: Site) -> None:
    def asked() -> list[tuple[str, float]]:
        hits = keyed.get("/v1/search?q=senha entrar&limit=50", headers=site.auth("agent")).json()["hits"]
        return [(hit["id"], hit["relevance"]) for hit in hits]

    before = asked()
    for number in range(20):
        body = {"title": f"Senha {number}", "text": "senha entrar senha entrar"}
        keyed.put(f"/v1/articles/flood-{number}", json=body, headers=site.auth("other"))
    assert asked() == before


def test_a_bound_key_works_from_its_page_only(keyed: TestClient, site: Site) -> None:
    body = {"description": "senha"}
    key = {"Authorization": f"Bearer {site.tokens['form']}"}
    elsewhere = keyed.post("/v1/suggest", json=body, headers={**key, "Origin": "https://evil.example"})
    assert elsewhere.status_code == 403
    assert "access-control-allow-origin" not in elsewhere.headers
    assert keyed.post("/v1/suggest", json=body, headers=key).status_code == 403
    assert keyed.post("/v1/suggest", json=body, headers={**key, "Origin": FORM_ORIGIN}).status_code == 200


def test_a_preflight_is_answered_for_bound_pages_only(keyed: TestClient) -> None:
    asking = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    ours = keyed.options("/v1/suggest", headers={**asking, "Origin": FORM_ORIGIN})
    assert (ours.status_code, ours.headers["access-control-allow-origin"]) == (204, FORM_ORIGIN)
    theirs = keyed.options("/v1/suggest", headers={**asking, "Origin": "https://evil.example"})
    assert (theirs.status_code, "access-control-allow-origin" in theirs.headers) == (403, False)


def test_a_key_without_origins_is_never_announced_to_a_page(keyed: TestClient, site: Site) -> None:
    headers = {**site.auth("agent"), "Origin": "https://evil.example"}
    answer = keyed.post("/v1/triage", json={"subject": "senha"}, headers=headers)
    assert "access-control-allow-origin" not in answer.headers


def test_a_revoked_key_opens_nothing_after_two_seconds(site: Site) -> None:
    async def scenario() -> list[bool]:
        now = 1_000.0
        database = Database(site.data_dir)
        keyring = Keyring(database, clock=lambda: now)
        opened = [await keyring.find(site.tokens["agent"]) is not None]
        with database.write() as connection:
            agent = next(key for key in keys.each(connection, "main") if key.name == "agent")
            keys.revoke(connection, "main", agent.id, actor="a test")
        opened.append(await keyring.find(site.tokens["agent"]) is not None)
        now += 2.1
        opened.append(await keyring.find(site.tokens["agent"]) is not None)
        database.close()
        return opened

    assert asyncio.run(scenario()) == [True, True, False]


@pytest.fixture
def stranger(open_site: Site) -> Iterator[TestClient]:
    """The service without keys, asked from another machine."""
    with TestClient(create_app(open_site.settings), base_url=LOOPBACK, client=("192.0.2.7", 1)) as client:
        yield client


def test_without_keys_another_machine_is_not_served(stranger: TestClient) -> None:
    assert stranger.post("/v1/suggest", json={"description": "senha"}).status_code == 403
    assert stranger.get("/metrics").status_code == 403
    assert stranger.get("/livez").status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        {"X-Forwarded-For": "192.0.2.7"},
        {"Forwarded": "for=192.0.2.7"},
        {"Via": "1.1 proxy"},
        {"Origin": "https://evil.example"},
        {"Host": "evil.example"},
        {"Origin": "null"},
    ],
)
def test_without_keys_nothing_is_served_through_a_proxy_or_to_a_foreign_page(
    client: TestClient, header: dict[str, str]
) -> None:
    assert client.post("/v1/suggest", json={"description": "senha"}, headers=header).status_code == 403
    assert client.post("/v1/suggest", json={"description": "senha"}).status_code == 200
