"""Refuses addresses that are not text: what a path or query says must be UTF-8 once its percent signs are read.

Further in, bytes that are not would have become question marks, and two ids one.
"""

from http import HTTPStatus
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Receive, Scope, Send

from service.context import context_of
from service.replies import send_problem

_DETAIL = "The address is not UTF-8; send valid Unicode, percent-encoded."


class ReadableAddresses:
    """Answers 422 for an address that is not UTF-8."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or (_is_text(scope["raw_path"]) and _is_text(scope["query_string"])):
            await self._app(scope, receive, send)
        else:
            request_id = context_of(scope).request_id
            await send_problem(send, HTTPStatus.UNPROCESSABLE_ENTITY, _DETAIL, request_id=request_id)


def _is_text(address: bytes) -> bool:
    try:
        unquote_to_bytes(address).decode()
    except UnicodeDecodeError:
        return False
    return True
