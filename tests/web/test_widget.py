"""The form's helper as a file: packed, kept, and readable from pages of any origin."""

import gzip

from starlette.testclient import TestClient

from service.app import create_app
from tests.web.conftest import FORM_ORIGIN, LOOPBACK, Site

MOST_BYTES = 10_000


def test_the_widget_travels_in_less_than_ten_kilobytes(shared: TestClient) -> None:
    answer = shared.get("/widget.js", headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert int(answer.headers["content-length"]) <= MOST_BYTES
    assert answer.text == shared.get("/widget.js", headers={"Accept-Encoding": "identity"}).text


def test_packing_does_not_change_from_start_to_start(shared: TestClient) -> None:
    plain = shared.get("/widget.js", headers={"Accept-Encoding": "identity"}).content
    packed = shared.get("/widget.js", headers={"Accept-Encoding": "gzip"})
    assert int(packed.headers["content-length"]) == len(gzip.compress(plain, 9, mtime=0))


def test_a_browser_that_has_the_widget_is_told_so_in_a_few_bytes(shared: TestClient) -> None:
    first = shared.get("/widget.js")
    assert "max-age=3600" in first.headers["cache-control"]
    again = shared.get("/widget.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = shared.get("/widget.js", headers={"If-None-Match": '"another"'})
    assert other.status_code == 200


def test_pages_of_any_origin_may_load_the_widget_even_without_a_key(keyed: TestClient) -> None:
    answer = keyed.get("/widget.js", headers={"Origin": "https://anywhere.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"


def test_the_form_reads_a_public_article_in_full(keyed: TestClient, site: Site) -> None:
    article = keyed.get("/v1/suggest/articles/pt/entrar", headers=site.auth("form")).json()
    assert article["title"] == "Não consigo entrar depois de trocar a senha"
    assert article["language"] == "pt"
    assert "<h2>O que fazer</h2>" in article["html"]
    assert "<p>Digite a senha nova à mão e limpe o cache.</p>" in article["html"]


def test_an_internal_article_cannot_be_read_in_the_form(keyed: TestClient, site: Site) -> None:
    internal = keyed.get("/v1/suggest/articles/pt/fraude", headers=site.auth("form"))
    unknown = keyed.get("/v1/suggest/articles/nothing", headers=site.auth("form"))
    assert (internal.status_code, internal.json()["detail"]) == (404, "This desk has no such public article.")
    assert unknown.json()["detail"] == internal.json()["detail"]


def test_scripts_of_an_article_never_reach_the_form(client: TestClient) -> None:
    body = {"title": "<b>x</b>", "markdown": "<script>alert(1)</script><img src=x onerror=alert(1)>"}
    assert client.put("/v1/articles/evil", json=body).status_code == 201
    html = client.get("/v1/suggest/articles/evil").json()["html"]
    assert html.strip() == "<img>"


def test_the_words_that_were_asked_for_are_told(shared: TestClient) -> None:
    answer = shared.post("/v1/suggest", json={"description": "o wifi esta lento, mudar canal do roteador"}).json()
    article = next(one for one in answer["articles"] if one["article_id"] == "pt/wifi")
    marked = [article["passage"][start:end] for start, end in article["highlights"]]
    assert marked == ["Mude", "canal", "roteador"]


def test_a_preflight_lets_the_form_read_and_write(keyed: TestClient) -> None:
    asking = {"Access-Control-Request-Method": "GET", "Origin": FORM_ORIGIN}
    allowed = keyed.options("/v1/suggest/articles/pt/wifi", headers=asking)
    assert allowed.headers["access-control-allow-methods"] == "GET, POST"


def test_a_service_that_is_full_tells_the_forms_page_when_to_come_back(site: Site) -> None:
    settings = site.settings.model_copy(update={"request_timeout_s": 1e-6})
    with TestClient(create_app(settings), base_url=LOOPBACK, client=("127.0.0.1", 50000)) as client:
        body = {"description": "senha"}
        ours = client.post("/v1/suggest", json=body, headers=site.auth("form"))
        theirs = client.post("/v1/suggest", json=body, headers={**site.auth("form"), "Origin": "https://evil.example"})
    assert (ours.status_code, ours.headers["retry-after"]) == (503, "1")
    assert ours.headers["access-control-allow-origin"] == FORM_ORIGIN
    assert "retry-after" in ours.headers["access-control-expose-headers"]
    assert "access-control-allow-origin" not in theirs.headers
