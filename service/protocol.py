"""HTTP as it comes from the wire: uvicorn's protocol with a bound on the size of a request's head and on its time.

From the end of the head on, `service.limits` watches the body.
"""

import asyncio
import uuid
from http import HTTPStatus
from typing import Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from service.errors import MEDIA_TYPE, problem_body

# A search for 20,000 characters outside ASCII is an address of 180 KB.
HEAD_BYTES: Final = 256 * 1024
_HEAD_DEADLINE_S: Final = 10.0


class BoundedProtocol(HttpToolsProtocol):
    """One connection. A head that is too large gets 400; a connection whose head does not come is closed."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._in_head, self._head_bytes = True, 0
        super().connection_made(cast(asyncio.Transport, transport))
        self._deadline = self.loop.call_later(_HEAD_DEADLINE_S, transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        self._deadline.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._head_bytes += len(data)
        super().data_received(data)
        if self._head_bytes > HEAD_BYTES and self._in_head and not self.transport.is_closing():
            self.send_400_response("The head of the request is too large.")

    def send_400_response(self, msg: str) -> None:
        """What cannot be read as HTTP, an address of more than 64 KiB too, gets a problem as any other request does."""
        body = problem_body(HTTPStatus.BAD_REQUEST, msg, request_id=uuid.uuid4().hex)
        head = f"content-type: {MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        self.transport.write(b"HTTP/1.1 400 Bad Request\r\n" + head.encode() + body)
        self.transport.close()

    def on_message_begin(self) -> None:
        self._in_head, self._head_bytes = True, 0
        self._deadline.cancel()
        self._deadline = self.loop.call_later(_HEAD_DEADLINE_S, self.transport.close)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._deadline.cancel()
        super().on_headers_complete()
