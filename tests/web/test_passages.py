"""Where a passage that is shown stands in its article, over all sample articles."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from indexer.commands import COMMANDS as INDEXING
from service.app import create_app
from service.commands import COMMANDS
from tests.web.conftest import LOOPBACK
from triagem.settings import Settings
from triagem.store import articles
from triagem.store.database import Database
from triagem.text.tokens import analyse

SAMPLES = Path(__file__).parents[2] / "kb_articles"
QUERIES = [json.loads(line)["query"] for line in (SAMPLES / "queries.jsonl").read_text(encoding="utf-8").splitlines()]

Record = dict[str, Any]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A desk that holds the sample articles and tickets."""
    made = Settings(data_dir=tmp_path_factory.mktemp("samples"), encoder="hashing")
    for command in (["index", str(SAMPLES)], ["import", "tickets", str(SAMPLES / "tickets.jsonl")]):
        done = CliRunner().invoke(INDEXING[command[0]], command[1:], obj=made)
        assert done.exit_code == 0, done.output
    return made


@pytest.fixture(scope="module")
def samples(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings), base_url=LOOPBACK, client=("127.0.0.1", 50000)) as client:
        yield client


@pytest.fixture(scope="module")
def stored(samples: TestClient, settings: Settings) -> dict[str, Record]:
    """Every sample article as it is read by its id."""
    database = Database(settings.data_dir)
    with database.read() as connection:
        ids = articles.ids(connection, "main")
    database.close()
    return {article_id: samples.get(f"/v1/articles/{article_id}").json() for article_id in ids}


def _cuts_a_word(text: str, at: int) -> bool:
    return at > 0 and re.fullmatch(r"\w\w", text[at - 1 : at + 1]) is not None


def _is_placed(hit: Record, text: str) -> bool:
    """Whether a passage is where its hit says, and begins, ends and is marked between words."""
    edges = [(text, hit["start"]), (text, hit["end"])]
    edges += [(hit["passage"], at) for mark in hit["highlights"] for at in mark]
    return text[hit["start"] : hit["end"]] == hit["passage"] and not any(_cuts_a_word(*edge) for edge in edges)


def test_no_passage_of_any_article_is_cut_inside_a_word_or_a_code(
    settings: Settings, stored: dict[str, Record]
) -> None:
    database = Database(settings.data_dir)
    with database.read() as connection:
        passages = articles.passages_of(connection, "main", list(stored))
    database.close()
    assert {one.article_id for one in passages} == set(stored) and len(stored) == 94
    for one in passages:
        plain, passage = stored[one.article_id]["plain"], one.passage
        assert plain[passage.start : passage.end] == passage.text != ""
        for cut in (passage.start, passage.end):
            before, after = analyse(plain[:cut]), analyse(plain[cut:])
            assert Counter(before) + Counter(after) == Counter(analyse(plain)), (one.article_id, cut)


def test_what_a_search_shows_of_an_article_is_where_it_says(samples: TestClient, stored: dict[str, Record]) -> None:
    seen, marked = set(), 0
    for article in stored.values():
        hits = samples.get("/v1/search", params={"q": article["title"], "limit": 3}).json()["hits"]
        seen |= {hit["id"] for hit in hits}
        assert all(_is_placed(hit, stored[hit["id"]]["plain"]) for hit in hits)
        marked += any(hit["highlights"] for hit in hits)
    assert seen == set(stored)
    assert marked > 0.9 * len(stored)  # the others say it in other words than their titles


def test_what_a_search_shows_of_a_ticket_is_its_description(samples: TestClient) -> None:
    hits = samples.get("/v1/search", params={"q": "erro APP-4012", "kind": "ticket"}).json()["hits"]
    assert "APP-4012" in [hit["passage"][slice(*mark)] for hit in hits for mark in hit["highlights"]]
    for hit in hits:
        assert hit["heading"] == ""
        assert _is_placed(hit, samples.get(f"/v1/tickets/{hit['id']}").json()["description"])


def test_what_a_form_and_an_agent_are_shown_is_where_it_says(samples: TestClient, stored: dict[str, Record]) -> None:
    shown = []
    for query in QUERIES[::7]:
        for route in ("suggest", "triage"):
            hits = samples.post(f"/v1/{route}", json={"subject": "", "description": query}).json()["articles"]
            shown += [(hit, stored[hit["article_id"]]) for hit in hits]
    assert len(shown) > 20 and any(hit["start"] for hit, _ in shown)
    assert all(_is_placed(hit, article["plain"]) for hit, article in shown)


def test_a_form_reads_the_same_text_of_a_public_article(samples: TestClient, stored: dict[str, Record]) -> None:
    for article in stored.values():
        public = samples.get(f"/v1/suggest/articles/{article['id']}")
        if article["audience"] == "public":
            assert public.json()["plain"] == article["plain"]
        else:
            assert public.status_code == 404


def test_search_and_suggest_show_the_same_of_an_article(samples: TestClient) -> None:
    query = "não consigo entrar depois de trocar a senha"
    suggested = samples.post("/v1/suggest", json={"description": query}).json()["articles"][0]
    hits = samples.get("/v1/search", params={"q": query, "language": "pt"}).json()["hits"]
    found = next(hit for hit in hits if hit["id"] == suggested["article_id"])
    shown = ("passage", "heading", "start", "end", "highlights")
    assert [found[name] for name in shown] == [suggested[name] for name in shown]


def test_the_command_line_prints_what_the_route_answers(samples: TestClient, settings: Settings) -> None:
    for query in QUERIES[:3]:
        typed = json.loads(CliRunner().invoke(COMMANDS["suggest"], [query, "--json"], obj=settings).stdout)
        assert typed["articles"] == samples.post("/v1/suggest", json={"description": query}).json()["articles"]
