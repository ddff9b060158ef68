"""The order of the agent's queue, and that moving from ticket to ticket keeps it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from service.pages.agent import queue
from service.pages.agent.queue import Row
from tests.web.pages.browse import Reader
from triagem.triage.sla import Clock
from triagem.types import Ticket

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
    fields = dict(re.findall(r'name="(triage|once|order)" value="([^"]+)"', waiting.get(page).text))
    done = waiting.send("/agent/tickets/Q-late/close", {**fields, "resolution": "Religada."}, of=page)
    assert done.headers["location"] == "/agent/tickets/Q-late?done=closed&order=newest"


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
