"""Every error that Triagem raises on purpose has a status, and what nobody foresaw is told apart."""

import json

import pytest
import structlog
from starlette.testclient import TestClient

from service.app import create_app
from service.errors import STATUS_OF, without
from tests.web.conftest import LOOPBACK, Site
from triagem.errors import TriagemError
from triagem.search.searcher import Searcher


def _children(error: type[TriagemError]) -> set[type[TriagemError]]:
    return {error} | {grandchild for child in error.__subclasses__() for grandchild in _children(child)}


def test_every_error_has_exactly_one_status() -> None:
    assert _children(TriagemError) - {TriagemError} == set(STATUS_OF)


def test_a_message_is_told_without_the_ids_it_quotes() -> None:
    assert without("Desk 'main' has no run 'secret'.", "secret") == "Desk 'main' has no run …."


def test_an_unforeseen_failure_is_a_500_whose_log_line_holds_no_text(
    open_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the text was: canary-7f3a")

    monkeypatch.setattr(Searcher, "search", broken)
    with (
        structlog.testing.capture_logs() as lines,
        TestClient(create_app(open_site.settings), base_url=LOOPBACK, client=("127.0.0.1", 1)) as client,
    ):
        answer = client.post("/v1/suggest", json={"description": "canary-7f3a"}, headers={"X-Request-ID": "req-1"})
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert answer.json()["instance"] == "urn:triagem:request:req-1"
    assert (answer.headers["x-request-id"], answer.headers["x-content-type-options"]) == ("req-1", "nosniff")
    failed = next(line for line in lines if line["event"] == "failed")
    assert (failed["request_id"], failed["error"]) == ("req-1", "RuntimeError")
    assert "canary" not in json.dumps(lines) + answer.text
