"""What a request body may weigh and how slowly it may come, decided while it streams in.

Nothing is kept of a body past its limit. How many requests are served at once is `service.admission`'s business.
"""

import asyncio
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.context import context_of, header
from service.replies import send_problem

SMALL_BODY = 32 * 1024
# An article of 1 MiB, its characters escaped where JSON must, and its other fields.
RECORD_BODY = 1024 * 1024 + 256 * 1024
# Where a page sends a file.
UPLOAD_PATH = "/admin/imports"
STREAMED = frozenset({"/v1/articles:import", "/v1/tickets:import", UPLOAD_PATH})

_RECORDS = ("/v1/articles/", "/v1/tickets/")
_BODY_DEADLINE_S = 10.0
_PIECE_DEADLINE_S = 30.0
# Whatever of a refused body is still under way must not be read as the next request.
_CLOSE = {"Connection": "close"}


class BodyLimits:
    """Reads ordinary bodies whole, within their limit and 10 s; of streamed ones it only watches the pace."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] in STREAMED:
            await self._app(scope, _paced(receive), send)
        else:
            try:
                body = await _read(scope, receive)
            except HTTPException as refused:
                await send_problem(
                    send,
                    HTTPStatus(refused.status_code),
                    refused.detail,
                    request_id=context_of(scope).request_id,
                    headers=[(b"connection", b"close")],
                )
            else:
                await self._app(scope, _replay(body, receive), send)


async def _read(scope: Scope, receive: Receive) -> bytes:
    limit = RECORD_BODY if scope["path"].startswith(_RECORDS) else SMALL_BODY
    announced = header(scope, b"content-length")
    if announced is None and header(scope, b"transfer-encoding") is None:
        return b""
    if announced is not None and announced.isdigit() and int(announced) > limit:
        raise _too_large(limit)
    pieces, size, more = [], 0, True
    try:
        async with asyncio.timeout(_BODY_DEADLINE_S):
            while more:
                message = await receive()
                piece: bytes = message.get("body", b"")
                size += len(piece)
                if size > limit:
                    raise _too_large(limit)
                pieces.append(piece)
                more = message.get("more_body", False)
    except TimeoutError:
        raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, "The body came too slowly.", _CLOSE) from None
    return b"".join(pieces)


def _too_large(limit: int) -> HTTPException:
    detail = f"The body is larger than {limit // 1024} KiB."
    return HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail, _CLOSE)


def _replay(body: bytes, receive: Receive) -> Receive:
    handed_out = False

    async def replay() -> Message:
        nonlocal handed_out
        if handed_out:
            return await receive()
        handed_out = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _paced(receive: Receive) -> Receive:
    async def next_piece() -> Message:
        try:
            async with asyncio.timeout(_PIECE_DEADLINE_S):
                return await receive()
        except TimeoutError:
            detail = "The next piece of the body did not come."
            raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, detail, _CLOSE) from None

    return next_piece
