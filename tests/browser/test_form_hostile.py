"""Hostile articles, and a hostile service, in the requester's page: words stay words."""

import json
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.browser.bench import Visitor, serve
from tests.browser.help_centre import help_centre
from tests.browser.hostile import TRIES, live_nodes
from tests.browser.test_form import form_key, write
from triagem.encoder.open import open_encoder
from triagem.search.ingest import Incoming, Ingest
from triagem.store.database import Database
from triagem.types import Article, BodyFormat, Language

QUESTION = "quero saber do parafuso zebrado azul"


@pytest.mark.parametrize("body_format", [BodyFormat.HTML, BodyFormat.MARKDOWN, BodyFormat.TEXT])
def test_articles_that_try_to_run_are_read_as_words(
    visitor: Visitor, sample_desk: Path, tmp_path: Path, body_format: BodyFormat
) -> None:
    data_dir = tmp_path / "data"
    shutil.copytree(sample_desk, data_dir)
    database = Database(data_dir)
    body = "Parafuso zebrado azul.\n\n" + "\n\n".join(TRIES).replace("\0", "")
    article = Article("evil", f"Parafuso zebrado azul {TRIES[1]}", body, format=body_format, language=Language.PT)
    Ingest(database, open_encoder("default", threads=1), desk="main").put_articles([Incoming(article)])
    database.close()
    with help_centre() as centre, serve(data_dir) as service:
        centre.service, centre.key = service.address, form_key(data_dir, centre.address)
        page = visitor.open(f"{centre.address}/contact/pt-BR")
        write(page, QUESTION)
        title = page.get_by_role("button", name="Parafuso zebrado azul <img src=x onerror=window.hacked=1>")
        title.click()
        page.locator(".article").get_by_text("constructor.constructor").wait_for()
        assert live_nodes(page, "triagem-help", shadow=True) == []
        page.context.close()


def test_a_hostile_service_can_put_nothing_but_words_into_the_page(visitor: Visitor) -> None:
    for refused in ("inline style", "document's base URI", "policy violated: style-src", "policy violated: base-uri"):
        visitor.expects(refused)  # the page's policy reports what a text holds, even one that is only read
    everything = " ".join(TRIES)
    article = {
        "article_id": "a/../<b>",
        "title": everything,
        "url": "javascript:window.hacked=1",
        "language": '"><script>',
        "passage": everything,
        "heading": everything,
        "relevance": 1,
        "highlights": [[0, 5], [3, 9], [-4, 2], [10**9, 10**9 + 1]],
    }
    answer = {
        "suggestion_id": everything,
        "articles": [article],
        "missing": [{"slot": "x", "question": everything}],
        "expected_response": everything,
        "notices": [everything],
        "index_generation": None,
    }

    def hostile(route: Route) -> None:
        whole = {"article_id": "a", "title": everything, "html": everything}
        body = answer if route.request.url.endswith("/v1/suggest") else whole
        headers = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*"}
        route.fulfill(status=200, headers=headers, content_type="application/json", body=json.dumps(body))

    with help_centre() as centre:
        centre.service = "http://127.0.0.1:9"
        centre.key = "trg"
        page = visitor.open("about:blank")
        widget = (Path(__file__).parents[2] / "service" / "web" / "widget.js").read_text(encoding="utf-8")
        page.route(f"{centre.service}/v1/**", hostile)
        page.route(
            f"{centre.service}/widget.js",
            lambda route: route.fulfill(
                content_type="text/javascript", headers={"Access-Control-Allow-Origin": "*"}, body=widget
            ),
        )
        page.goto(f"{centre.address}/contact/pt-BR")
        write(page, QUESTION)
        page.locator("triagem-help .title").click()
        expect(page.locator(".article")).not_to_contain_text("Abrindo")
        page.wait_for_timeout(300)
        assert live_nodes(page, "triagem-help", shadow=True) == []
