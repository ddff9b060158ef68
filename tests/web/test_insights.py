"""Deflection over HTTP, from what the form reported."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from tests.web.conftest import LOOPBACK, Site
from triagem.store import events
from triagem.store.database import Database
from triagem.store.events import EventKind

QUESTION = "nao consigo entrar na minha conta depois de trocar a senha"


@pytest.fixture
def withholding(open_site: Site) -> Iterator[TestClient]:
    """A desk that shows articles to half of the sessions."""
    settings = open_site.settings.model_copy(update={"holdout": 0.5})
    with TestClient(create_app(settings), base_url=LOOPBACK, client=("127.0.0.1", 50000)) as client:
        yield client


def _session(client: TestClient, name: str, *reported: str, requester: str | None = None) -> bool:
    """Asks as one session and reports what it did; whether it saw articles."""
    answer = client.post("/v1/suggest", json={"description": QUESTION, "session_id": name}).json()
    for event in reported:
        body = {"suggestion_id": answer["suggestion_id"], "event": event, "session_id": name}
        sent = client.post("/v1/feedback", json=body | ({"requester": requester} if requester else {}))
        assert sent.status_code == 201
    return bool(answer["articles"])


def test_what_the_form_reported_is_counted(client: TestClient) -> None:
    _session(client, "a", "shown", "opened", "solved")
    _session(client, "b", "shown", "submitted")
    _session(client, "c", "opened")
    measured = client.get("/v1/insights/deflection").json()
    assert (measured["asked"], measured["found"], measured["hold_out"]) == (3, 3, None)
    expected = {
        "sessions": 3,
        "explicit": 1,
        "implicit": 0,
        "contradicted": 0,
        "submitted": 1,
        "undecided": 1,
        "left": 0,
    }
    assert measured["counts"] == expected
    assert measured["by_language"] == {"pt": expected}


def test_who_comes_back_by_mail_about_the_same_article_contradicts(client: TestClient) -> None:
    _session(client, "a", "solved", requester="Ana@example.com")
    ticket = {"created_at": "2099-01-01T00:00:00Z", "subject": "de novo", "requester": "ana@example.com"}
    client.put("/v1/tickets/M-0", json=ticket)
    assert client.get("/v1/insights/deflection").json()["counts"]["explicit"] == 1
    _session(client, "b", "submitted", requester="ana@example.com")
    counts = client.get("/v1/insights/deflection").json()["counts"]
    assert (counts["explicit"], counts["contradicted"], counts["submitted"]) == (0, 1, 1)


def test_who_reported_is_kept_as_a_digest_only(client: TestClient, open_site: Site) -> None:
    _session(client, "a", "solved", requester="ana@example.com")
    with Database(open_site.data_dir).read() as connection:
        reported = events.newest(connection, "main", kind=EventKind.FEEDBACK, limit=1)[0].payload
    assert "requester" not in reported and len(reported["person"]) == 32
    assert all(b"ana@example.com" not in path.read_bytes() for path in open_site.data_dir.glob("triagem.db*"))


def test_a_session_that_the_lot_keeps_articles_from_sees_none_and_is_compared(withholding: TestClient) -> None:
    saw = {f"s{number}": _session(withholding, f"s{number}", "submitted") for number in range(12)}
    assert 0 < sum(saw.values()) < 12
    again = {name: _session(withholding, name) for name in saw}
    assert again == saw
    hold_out = withholding.get("/v1/insights/deflection").json()["hold_out"]
    assert (hold_out["offered"], hold_out["withheld"]) == (sum(saw.values()), 12 - sum(saw.values()))
    assert hold_out["spared"]["value"] == 0
    assert hold_out["sessions_needed"] > 100


def test_nothing_is_withheld_from_who_names_no_session(withholding: TestClient) -> None:
    for _ in range(4):
        assert withholding.post("/v1/suggest", json={"description": QUESTION}).json()["articles"]


@pytest.mark.parametrize("days", ["0", "367", "x"])
def test_a_period_that_makes_no_sense_is_refused(shared: TestClient, days: str) -> None:
    assert shared.get(f"/v1/insights/deflection?days={days}").status_code == 422
