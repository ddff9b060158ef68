"""Probes, numbers, log lines and headers."""

from starlette.testclient import TestClient
from structlog.testing import capture_logs

from tests.web.conftest import Site
from triagem.store import generations
from triagem.store.database import Database


def test_a_service_with_an_index_is_alive_and_ready(shared: TestClient) -> None:
    assert shared.get("/livez").json() == {"alive": True}
    assert shared.get("/readyz").json() == {"ready": True, "reasons": []}


def test_a_probe_may_ask_for_the_head_alone(shared: TestClient) -> None:
    for address in ("/", "/livez", "/readyz"):
        answer = shared.head(address)
        assert (answer.status_code, answer.content) == (200, b"")


def test_an_index_of_another_encoder_makes_a_service_ask_for_its_restart(client: TestClient, open_site: Site) -> None:
    database = Database(open_site.data_dir)
    with database.write() as connection:
        generations.publish(
            connection,
            "main",
            generation_id="29990101T000000",
            encoder="another",
            seq=0,
            manifest_digest="",
            statistics={},
        )
    database.close()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (200, True)
    assert "another encoder" in answer.json()["reasons"][0]


def test_the_numbers_count_requests_by_route_and_never_by_path(shared: TestClient) -> None:
    shared.get("/v1/articles/pt/wifi")
    shared.get("/v1/secret-path")
    numbers = shared.get("/metrics").text
    assert 'triagem_request_seconds_count{method="GET",route="/v1/articles/{article_id:path}",status="200"}' in numbers
    assert "secret-path" not in numbers


def test_a_log_line_names_the_request_and_holds_none_of_its_text(shared: TestClient) -> None:
    with capture_logs() as lines:
        shared.post("/v1/suggest", json={"description": "canary-7f3a"}, headers={"X-Request-ID": "abc-1"})
        shared.get("/v1/search?q=canary-7f3a")
        shared.get("/livez")
    first, second = lines
    assert (first["request_id"], first["route"], first["status"], first["desk"]) == (
        "abc-1",
        "/v1/suggest",
        200,
        "main",
    )
    assert first["ms"] >= 0
    assert second["route"] == "/v1/search"
    assert "canary" not in str(lines)


def test_a_request_id_comes_back_and_an_unfit_one_is_replaced(shared: TestClient) -> None:
    assert shared.get("/livez", headers={"X-Request-ID": "req-7.a"}).headers["x-request-id"] == "req-7.a"
    made = shared.get("/livez", headers={"X-Request-ID": "a b" * 50}).headers["x-request-id"]
    assert len(made) == 32


def test_every_answer_tells_browsers_to_be_careful(shared: TestClient) -> None:
    for path in ("/livez", "/v1/nowhere", "/docs"):
        headers = shared.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_the_page_of_the_api_loads_nothing_from_elsewhere(shared: TestClient) -> None:
    page = shared.get("/docs").text
    assert "http:" not in page and "https:" not in page and "//" not in page
    for path in ("swagger-ui.css", "swagger-ui-bundle.js", "start.js", "favicon-32x32.png"):
        assert f"docs/{path}" in page
        assert shared.get(f"/docs/{path}").status_code == 200
    assert shared.get("/docs/../app.py").status_code == 404
    assert shared.get("/docs/LICENSE").status_code == 404
