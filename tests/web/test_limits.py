"""Bodies that are too large or too slow, and more requests than can be served."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from service.admission import Admission
from service.context import open_context
from service.limits import SMALL_BODY, BodyLimits
from service.pages.refusal import wants_page


def _scope(path: str = "/v1/suggest", headers: dict[str, str] | None = None) -> Scope:
    raw = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    scope: Scope = {"type": "http", "method": "POST", "path": path, "headers": raw}
    open_context(scope, "test")
    return scope


class _Sent:
    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def __call__(self, message: Message) -> None:
        self.messages.append(message)

    @property
    def status(self) -> int:
        status: int = self.messages[0]["status"]
        return status

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.messages[0]["headers"])

    @property
    def problem(self) -> dict[str, Any]:
        problem: dict[str, Any] = json.loads(self.messages[1]["body"])
        return problem


def _pieces(*bodies: bytes) -> Receive:
    async def generate() -> AsyncIterator[Message]:
        for body in bodies[:-1]:
            yield {"type": "http.request", "body": body, "more_body": True}
        yield {"type": "http.request", "body": bodies[-1], "more_body": False}

    messages = generate()
    return messages.__anext__


async def _never() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


async def _takes_all(_scope: Scope, receive: Receive, send: Send) -> None:
    message = await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": message["body"]})


def test_a_body_within_the_limit_arrives_in_one_piece() -> None:
    sent = _Sent()
    asyncio.run(BodyLimits(_takes_all)(_scope(headers={"content-length": "4"}), _pieces(b"ab", b"cd"), sent))
    assert sent.messages[1]["body"] == b"abcd"


def test_a_body_that_announces_too_much_is_refused_before_it_is_read() -> None:
    sent = _Sent()
    scope = _scope(headers={"content-length": str(SMALL_BODY + 1)})
    asyncio.run(BodyLimits(_takes_all)(scope, _never, sent))
    assert (sent.status, sent.headers[b"connection"]) == (413, b"close")
    assert sent.problem["detail"] == "The body is larger than 32 KiB."


def test_a_body_that_announces_nothing_is_refused_at_its_first_byte_too_many() -> None:
    sent = _Sent()
    asyncio.run(
        BodyLimits(_takes_all)(_scope(headers={"transfer-encoding": "chunked"}), _pieces(*[b"x" * 8_192] * 5), sent)
    )
    assert sent.status == 413


def test_a_body_that_comes_too_slowly_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.limits._BODY_DEADLINE_S", 0.01)
    sent = _Sent()
    asyncio.run(BodyLimits(_takes_all)(_scope(headers={"content-length": "4"}), _never, sent))
    assert sent.status == 408


def test_an_import_whose_next_piece_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.limits._PIECE_DEADLINE_S", 0.01)
    with pytest.raises(HTTPException) as refused:
        asyncio.run(BodyLimits(_takes_all)(_scope("/v1/tickets:import"), _never, _Sent()))
    assert refused.value.status_code == 408


def test_more_requests_than_may_wait_are_told_at_once_to_come_back() -> None:
    async def scenario() -> list[_Sent]:
        released = asyncio.Event()

        async def waits(scope: Scope, receive: Receive, send: Send) -> None:
            await released.wait()
            await _takes_all(scope, receive, send)

        admission = Admission(waits, max_waiting=2, deadline_s=5.0)
        sent = [_Sent() for _ in range(3)]
        admitted = [asyncio.create_task(admission(_scope(), _pieces(b""), one)) for one in sent[:2]]
        await asyncio.sleep(0)
        await admission(_scope(), _pieces(b""), sent[2])
        assert not sent[0].messages
        probe = _Sent()
        released.set()
        await admission(_scope("/livez"), _pieces(b""), probe)
        await asyncio.gather(*admitted)
        return [*sent, probe]

    first, second, third, probe = asyncio.run(scenario())
    assert (first.status, second.status, probe.status) == (200, 200, 200)
    assert (third.status, third.headers[b"retry-after"]) == (503, b"1")


def test_a_request_that_takes_too_long_is_answered_with_503() -> None:
    async def hangs(_scope: Scope, _receive: Receive, _send: Send) -> None:
        await asyncio.Event().wait()

    sent = _Sent()
    asyncio.run(Admission(hangs, max_waiting=1, deadline_s=0.01)(_scope(), _pieces(b""), sent))
    assert (sent.status, sent.headers[b"retry-after"]) == (503, b"1")


def test_a_large_body_is_refused_over_http_as_a_problem(client: TestClient) -> None:
    answer = client.post("/v1/suggest", content=b" " * (SMALL_BODY + 1), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


def test_a_browser_is_told_by_a_page_and_a_caller_of_the_api_by_a_problem() -> None:
    browser = {"accept": "text/html,application/xhtml+xml;q=0.9"}
    assert wants_page(_scope("/agent/tickets/T-1/accept", browser))
    assert not wants_page(_scope("/v1/suggest", browser))
    assert not wants_page(_scope("/agent", {"accept": "*/*"}))
