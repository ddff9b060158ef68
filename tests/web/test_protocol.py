"""Requests whose head is too large or never comes, on real connections."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from service.protocol import HEAD_BYTES, BoundedProtocol


async def _greets(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"hi"})


@asynccontextmanager
async def _connection() -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    config = uvicorn.Config(_greets, http=BoundedProtocol, lifespan="off", log_config=None, port=0)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.001)
    port = server.servers[0].sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()
        server.should_exit = True
        await serving


def test_requests_on_one_connection_are_answered_one_after_another() -> None:
    async def scenario() -> None:
        async with _connection() as (reader, writer):
            for _ in range(3):
                writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd")
                head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
                assert head.startswith(b"HTTP/1.1 200 ") and await reader.readexactly(2) == b"hi"

    asyncio.run(scenario())


@pytest.mark.parametrize("line", [b"X-Long: " + b"x" * 1_024, b"X-Many: x\r\n" * 100])
def test_a_head_that_does_not_end_is_refused(line: bytes) -> None:
    async def scenario() -> int:
        async with _connection() as (reader, writer):
            writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n")
            taken = 0
            while not reader.at_eof() and taken < 100 * HEAD_BYTES:
                try:
                    writer.write(line)
                    await asyncio.wait_for(writer.drain(), 5)
                except ConnectionError:
                    break
                taken += len(line)
            return taken

    # What the system's buffers hold on both sides comes on top of what the service reads.
    assert HEAD_BYTES < asyncio.run(scenario()) < 50 * HEAD_BYTES


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: a\r\n"])
def test_a_connection_whose_head_does_not_come_is_closed(sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.protocol._HEAD_DEADLINE_S", 0.05)

    async def scenario() -> bytes:
        async with _connection() as (reader, writer):
            writer.write(sent)
            return await asyncio.wait_for(reader.read(), 5)

    assert asyncio.run(scenario()) == b""
