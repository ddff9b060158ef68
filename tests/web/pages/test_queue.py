"""The order of the agent's queue, and that moving from ticket to ticket keeps it."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from starlette.testclient import TestClient

from service.pages.agent import queue
from service.pages.agent.queue import Row
from tests.web.pages.browse import Reader
from triagem.triage.sla import Clock
from triagem.types import Ticket, TicketField

NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)


def _put(client: TestClient, ticket_id: str, created_at: datetime) -> None:
    ticket = {"created_at": created_at.isoformat(), "subject": ticket_id, "description": f"Caiu a rede em {ticket_id}."}
    assert client.put(f"/v1/tickets/{ticket_id}", json=ticket).status_code in (200, 201)


def _order(reader: Reader, address: str) -> list[str]:
    """The tickets whose id begins with Q, as the page lists them."""
    return re.findall(r'href="/agent/tickets/(Q-[^"?]+)[^"]*" data-row', reader.get(address).text)


@pytest.fixture
def waiting(client: TestClient) -> Reader:
    """A desk with two tickets that are long overdue, and one that came just now."""
    now = datetime.now(UTC)
    _put(client, "Q-late", now - timedelta(days=40))
    _put(client, "Q-new", now)
    _put(client, "Q-later", now - timedelta(days=80))
    return Reader(client)


def test_what_is_overdue_comes_first_and_what_is_new_on_request(waiting: Reader) -> None:
    assert _order(waiting, "/agent") == ["Q-later", "Q-late", "Q-new"]
    assert _order(waiting, "/agent?order=newest") == ["Q-new", "Q-late", "Q-later"]


def test_the_next_ticket_is_the_next_of_the_order_that_was_chosen(waiting: Reader) -> None:
    by_due = waiting.get("/agent/tickets/Q-late").text
    assert 'href="/agent/tickets/Q-later" data-key="k"' in by_due
    newest = waiting.get("/agent/tickets/Q-late?order=newest").text
    assert 'href="/agent/tickets/Q-later?order=newest" data-key="j"' in newest
    assert 'href="/agent?order=newest" data-key="u"' in newest


def test_deciding_keeps_the_order_that_was_chosen(waiting: Reader) -> None:
    page = "/agent/tickets/Q-late?order=newest"
    fields = dict(re.findall(r'name="(triage|once)" value="([^"]+)"', waiting.get(page).text))
    done = waiting.send("/agent/tickets/Q-late/close?order=newest", {**fields, "resolution": "Religada."}, of=page)
    assert done.headers["location"] == "/agent/tickets/Q-late?order=newest&done=closed"


def test_a_ticket_that_was_closed_by_mistake_is_found_by_its_number_and_reopened(waiting: Reader) -> None:
    page = "/agent/tickets/Q-late"

    def send(what: str, **also: str) -> str:
        fields = dict(re.findall(r'name="(triage|once)" value="([^"]+)"', waiting.get(page).text))
        return waiting.send(f"{page}/{what}", {**fields, **also}, of=page).headers["location"]

    send("correct", field="team", value="redes")
    send("close", resolution="Religada.")
    assert "Q-late" not in _order(waiting, "/agent")
    assert f'<a href="{page}?q=Q-late">Q-late' in waiting.get("/agent?q=Q-late").text
    assert send("reopen") == f"{page}?done=reopened"
    said = waiting.get(f"{page}?done=reopened").text
    assert "está de novo na fila" in said and "Reabrir o chamado" not in said
    assert re.search(r"<option selected>redes", said)
    assert "Q-late" in _order(waiting, "/agent")
    send("close", resolution="Trocado o cabo.")
    ticket = waiting.client.get("/v1/tickets/Q-late").json()
    assert (ticket["team"], ticket["reopened"], ticket["resolution"]) == ("redes", False, "Trocado o cabo.")


def _moves(reader: Reader, address: str) -> dict[str, str]:
    """Where the keys lead, by key."""
    found = re.findall(r'href="([^"]+)" data-key="(.)"', reader.get(address).text)
    return {key: unescape(to) for to, key in found}


def test_the_next_ticket_is_the_next_of_those_that_were_asked_for(waiting: Reader) -> None:
    narrowed = "?q=Q-late&order=newest"
    written = narrowed.replace("&", "&amp;")
    assert _order(waiting, f"/agent{narrowed}") == ["Q-late", "Q-later"]
    assert f'href="/agent/tickets/Q-late{written}" data-row' in waiting.get(f"/agent{narrowed}").text
    page = f"/agent/tickets/Q-late{narrowed}"
    assert _moves(waiting, page) == {"u": f"/agent{narrowed}", "j": f"/agent/tickets/Q-later{narrowed}"}
    sent = re.findall(r'action="/agent/tickets/Q-late/close([^"]*)"', waiting.get(page).text)
    assert sent == [written]


def test_a_ticket_that_a_decision_took_out_of_the_queue_keeps_its_place_until_it_is_left(waiting: Reader) -> None:
    asked = "?q=Q-&need=undecided"
    page = f"/agent/tickets/Q-late{asked}"
    before = _moves(waiting, page)
    triage = re.findall(r'name="triage" value="([^"]+)"', waiting.get(page).text)[0]
    for field in TicketField:
        fields: dict[str, str | list[str]] = {"triage": triage, "field": field.value, "value": "x"}
        waiting.send(f"/agent/tickets/Q-late/correct{asked}", fields, of=page)
    assert "Q-late" not in _order(waiting, f"/agent{asked}")
    assert _moves(waiting, page) == before
    assert before["j"] == f"/agent/tickets/Q-new{asked}"


def test_after_a_ticket_that_waits_no_more_comes_the_first_that_does(waiting: Reader) -> None:
    assert _moves(waiting, "/agent/tickets/T-1?q=Q-")["j"] == "/agent/tickets/Q-later?q=Q-"


def test_the_other_language_shows_the_same_queue(waiting: Reader) -> None:
    assert 'href="/agent?q=Q-late&amp;lang=en"' in waiting.get("/agent?q=Q-late").text


def test_of_a_long_queue_the_oldest_are_seen_too(waiting: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "MOST", 2)
    assert _order(waiting, "/agent?order=newest") == ["Q-new", "Q-late"]
    first = re.search(r'tickets/([^"]+)" data-row', waiting.get("/agent").text)
    assert first is not None and first.group(1) not in ("Q-new", "Q-late")


def test_overdue_is_before_at_risk_before_due_sooner_and_without_a_clock_is_last() -> None:
    def row(name: str, used: float, *, at_risk: bool, due_in: float) -> Row:
        clock = Clock("standard", NOW + timedelta(hours=due_in), None, used, None, at_risk)
        return Row(Ticket(name, NOW), [], clock)

    rows = [
        Row(Ticket("none", NOW), [], None),
        row("calm", 0.1, at_risk=False, due_in=2),
        row("calmer", 0.1, at_risk=False, due_in=9),
        row("risk", 0.8, at_risk=True, due_in=3),
        row("over", 1.2, at_risk=True, due_in=-1),
    ]
    assert [one.ticket.id for one in sorted(rows, key=lambda one: one.urgency)] == [
        "over",
        "risk",
        "calm",
        "calmer",
        "none",
    ]
