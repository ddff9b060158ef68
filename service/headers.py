"""Adds to every answer what browsers must know: who may read it, that it is what it says, and its request's id."""

from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.auth import Keyring
from service.context import context_of, header
from service.replies import RawHeaders, send_problem

_SECURITY: RawHeaders = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
]
# A page sets its own; an answer for a program may load and embed nothing, and is kept nowhere.
_FOR_PROGRAMS = {
    b"referrer-policy": b"no-referrer",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"cache-control": b"no-store",
}


class ResponseHeaders:
    """Security headers on everything; CORS only for the origins of the key that was used.

    A service that is too full to look at keys tells so to the pages of any of them: they must know when to come back.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        origin = header(scope, b"origin")

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                if origin is not None and message["status"] == HTTPStatus.SERVICE_UNAVAILABLE:
                    context_of(scope).key_origins += tuple(await _keyring(scope).origins())
                message["headers"] = [*message["headers"], *_additions(scope, message["headers"], origin)]
            await send(message)

        if origin is not None and _is_preflight(scope):
            await _answer_preflight(scope, with_headers, origin)
        else:
            await self._app(scope, receive, with_headers)


def _additions(scope: Scope, present: RawHeaders, origin: str | None) -> RawHeaders:
    context = context_of(scope)
    names = {name for name, _ in present}
    added = [*_SECURITY, (b"x-request-id", context.request_id.encode())]
    added += [(name, value) for name, value in _FOR_PROGRAMS.items() if name not in names]
    if origin is not None:
        added.append((b"vary", b"Origin"))
        if origin in context.key_origins:
            added += [
                (b"access-control-allow-origin", origin.encode("latin-1")),
                (b"access-control-expose-headers", b"x-request-id, retry-after"),
            ]
    return added


def _is_preflight(scope: Scope) -> bool:
    return scope["method"] == "OPTIONS" and header(scope, b"access-control-request-method") is not None


def _keyring(scope: Scope) -> Keyring:
    keyring: Keyring = scope["app"].state.triagem.keyring
    return keyring


async def _answer_preflight(scope: Scope, send: Send, origin: str) -> None:
    """A preflight carries no key; it is answered for the origins that any key is bound to."""
    if origin not in await _keyring(scope).origins():
        detail = "No key works from this page. Make one with: triagem keys create --scope suggest --origin ORIGIN"
        await send_problem(send, HTTPStatus.FORBIDDEN, detail, request_id=context_of(scope).request_id)
        return
    headers = [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-methods", b"GET, POST"),
        (b"access-control-allow-headers", b"authorization, content-type, x-request-id"),
        (b"access-control-max-age", b"600"),
    ]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
