"""The one gate that every request passes: so many at once, each for so long, the rest told at once to come back.

What a request may weigh is decided in `service.limits`.
"""

import asyncio
from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from service.context import Watched, context_of
from service.limits import STREAMED
from service.pages.refusal import Refusal, refusal_page, wants_page
from service.pages.render import HEADERS
from service.replies import send_problem, send_whole

# Probes must be answered by a service that is full.
_ALWAYS_ADMITTED = frozenset({"/livez", "/readyz", "/metrics"})
_RETRY_AFTER_S = b"1"
_DETAIL = {
    Refusal.FULL: "Too many requests are waiting. Try again in a second.",
    Refusal.LATE: "The answer took too long. Try again in a second.",
}


class Admission:
    """Lets `max_waiting` requests in at once and gives each `deadline_s`; answers 503 to the others."""

    def __init__(self, app: ASGIApp, *, max_waiting: int, deadline_s: float) -> None:
        self._app = app
        self._max_waiting = max_waiting
        self._deadline_s = deadline_s
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _ALWAYS_ADMITTED:
            await self._app(scope, receive, send)
        elif self._inside >= self._max_waiting:
            await refuse(scope, send, Refusal.FULL)
        else:
            self._inside += 1
            try:
                await self._serve(scope, receive, send)
            finally:
                self._inside -= 1

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        watched = Watched(send)
        try:
            async with asyncio.timeout(self._deadline_for(scope)):
                await self._app(scope, receive, watched)
        except TimeoutError:
            if watched.status is not None:
                raise
            await refuse(scope, send, Refusal.LATE)

    def _deadline_for(self, scope: Scope) -> float | None:
        # An import takes as long as its body; each piece of it has its own deadline.
        return None if scope["path"] in STREAMED else self._deadline_s


async def refuse(scope: Scope, send: Send, refusal: Refusal) -> None:
    """Answers 503 at once, with a word when to come back: a page to a browser, a problem to everybody else."""
    status, retry = HTTPStatus.SERVICE_UNAVAILABLE, (b"retry-after", _RETRY_AFTER_S)
    if wants_page(scope):
        described = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
        body = refusal_page(scope, refusal)
        await send_whole(send, status, body, content_type=b"text/html; charset=utf-8", headers=[*described, retry])
    else:
        request_id = context_of(scope).request_id
        await send_problem(send, status, _DETAIL[refusal], request_id=request_id, headers=[retry])
