"""Closing a ticket with the articles that solved it: what the form offers, what is kept, and what is learned of it."""

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import Site
from tests.web.pages.browse import Reader
from triagem.encoder.hashing import HashingEncoder
from triagem.search.build import build_generation
from triagem.search.ingest import Incoming, Ingest
from triagem.search.observations import Observation, read_observations
from triagem.store import events
from triagem.store.database import Database
from triagem.store.events import EventKind
from triagem.types import Article, Language

PAGE = "/agent/tickets/T-2"
_BOX = re.compile(r'<input type="checkbox" name="article" value="([^"]+)"( checked)?')


def offered(client: TestClient, page: str = PAGE) -> dict[str, bool]:
    """The articles in the form, in its order, and whether each is ticked."""
    return {unescape(name): bool(ticked) for name, ticked in _BOX.findall(Reader(client).get(page).text)}


def close(client: TestClient, *articles: str, page: str = PAGE) -> int:
    reader = Reader(client)
    fields: dict[str, Any] = dict(re.findall(r'name="(triage|once)" value="([^"]+)"', reader.get(page).text))
    return reader.send(f"{page}/close", {**fields, "article": list(articles)}, of=page).status_code


def ticket(client: TestClient, ticket_id: str = "T-2") -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/v1/tickets/{ticket_id}").json()
    return found


def said_at_closing(site: Site) -> dict[str, Any]:
    with Database(site.data_dir).read() as connection:
        [event] = events.newest(connection, "main", kind=EventKind.FEEDBACK, limit=2)
    return event.payload


def observed(site: Site, basis: str) -> tuple[Observation, ...]:
    beginning, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
    with Database(site.data_dir).read() as connection:
        return read_observations(connection, "main", basis=basis, since=beginning, until=end).observations


def test_the_articles_that_are_shown_are_offered_and_none_is_ticked(client: TestClient) -> None:
    found = offered(client)
    assert found["pt/entrar"] is False and not any(found.values())
    text = Reader(client).get(PAGE).text
    assert "<legend>Resolvido por" in text
    assert "<legend>Solved by" in Reader(client, "en").get(PAGE).text
    shown = re.findall(
        r"<details><summary>([^<]+?) <span", text[text.index('id="articles"') : text.index('id="similar"')]
    )
    titles = re.findall(r'name="article"[^>]*> <span[^>]*>([^<]+)</span></label>', text)
    assert titles == shown


def test_what_is_ticked_is_stored_with_the_ticket_and_told_by_the_event(client: TestClient, open_site: Site) -> None:
    assert close(client, "pt/entrar", "pt/fraude") == 303
    assert ticket(client)["article_ids"] == ["pt/entrar", "pt/fraude"]
    assert ticket(client)["closed_at"] is not None
    said = said_at_closing(open_site)
    assert (said["event"], said["article_ids"]) == ("closed", ["pt/entrar", "pt/fraude"])


def test_a_link_is_one_word_of_the_agent_though_event_and_ticket_hold_it(client: TestClient, open_site: Site) -> None:
    close(client, "pt/entrar")
    basis = client.app.state.triagem.sources.searcher.basis  # type: ignore[attr-defined]
    [one] = observed(open_site, basis)
    assert (one.article_id, one.helped, one.source, one.is_agent) == ("pt/entrar", True, "loopback:agent", True)


def test_closing_without_a_tick_links_nothing(client: TestClient, open_site: Site) -> None:
    assert close(client) == 303
    assert ticket(client)["article_ids"] == []
    assert "article_ids" not in said_at_closing(open_site)


@pytest.mark.parametrize("unknown", ["nowhere", "other/only", "x" * 600, "\0"])
def test_what_this_desk_does_not_have_is_left_out(client: TestClient, open_site: Site, unknown: str) -> None:
    database = Database(open_site.data_dir)
    elsewhere = Article("other/only", "Só do outro", "Texto do outro.", language=Language.PT)
    Ingest(database, HashingEncoder(), desk="other").put_articles([Incoming(elsewhere)])
    database.close()
    assert close(client, unknown, "pt/entrar", "pt/entrar") == 303
    assert ticket(client)["article_ids"] == ["pt/entrar"]
    assert said_at_closing(open_site)["article_ids"] == ["pt/entrar"]


def test_what_was_linked_before_is_ticked_and_goes_when_it_is_not(client: TestClient) -> None:
    put = {"created_at": "2026-03-11T12:00:00Z", "description": "O cabo caiu.", "article_ids": ["pt/wifi", "gone"]}
    assert client.put("/v1/tickets/L-1", json=put).status_code == 201
    page = "/agent/tickets/L-1"
    assert {name: ticked for name, ticked in offered(client, page).items() if ticked} == {"pt/wifi": True, "gone": True}
    close(client, "gone", "pt/wifi", page=page)
    assert ticket(client, "L-1")["article_ids"] == ["gone", "pt/wifi"]
    assert "Wi-Fi lento" in Reader(client).get(page).text
    fields = dict(re.findall(r'name="(triage|once)" value="([^"]+)"', Reader(client).get(page).text))
    Reader(client).send(f"{page}/reopen", fields, of=page)
    assert offered(client, page)["pt/wifi"]
    close(client, page=page)
    assert ticket(client, "L-1")["article_ids"] == []


def test_an_article_is_found_by_the_words_of_the_request_that_it_was_linked_to(
    client: TestClient, open_site: Site
) -> None:
    """The request came by the form, and nobody decided any field of it."""
    words = "A balança da doca congelou"
    database, encoder = Database(open_site.data_dir), HashingEncoder()
    answer = Article("pt/bare", "Procedimento 7", "Desligue, aguarde e ligue outra vez.", language=Language.PT)
    Ingest(database, encoder, desk="main").put_articles([Incoming(answer)])
    ticket_id = client.post("/v1/requests", json={"description": words}).json()["ticket_id"]

    def best() -> str:
        build_generation(database, encoder, desk="main")
        hits = client.get("/v1/search", params={"q": words, "kind": "article"}).json()["hits"]
        return str(hits[0]["id"]) if hits else ""

    assert best() != "pt/bare"
    close(client, "pt/bare", page=f"/agent/tickets/{ticket_id}")
    assert best() == "pt/bare"
    database.close()


@pytest.mark.parametrize(("labels", "learned"), [({}, "human"), ({"category": "account"}, "auto_unreviewed")])
def test_a_link_by_a_person_confirms_no_label_of_a_machine(
    client: TestClient, labels: dict[str, str], learned: str
) -> None:
    put = {"created_at": "2026-03-11T12:00:00Z", "description": "O cabo caiu.", "provenance": "auto_unreviewed"}
    client.put("/v1/tickets/L-1", json={**put, **labels})
    close(client, "pt/wifi", page="/agent/tickets/L-1")
    assert (ticket(client, "L-1")["provenance"], ticket(client, "L-1")["article_ids"]) == (learned, ["pt/wifi"])
