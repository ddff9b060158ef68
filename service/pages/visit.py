"""One visit to a page: who it is, in which language, and with which secret forms are proven.

What is sent by forms stands in `service.pages.forms`, signing in and out in `service.pages.sign_in`.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

import anyio.to_thread
from fastapi import HTTPException, Request
from starlette.datastructures import URL
from starlette.responses import Response

from service.auth import Caller, comes_from_here
from service.pages.texts import TAGS, Speaker
from service.schemas.base import language_of
from service.state import State, state_of
from triagem.store import sessions
from triagem.store.keys import Key, Scope
from triagem.types import Language

SESSION_COOKIE: Final = "triagem_session"
FORM_COOKIE: Final = "triagem_form"
LANGUAGE_COOKIE: Final = "triagem_language"
_LANGUAGE_DAYS: Final = 365
_LONGEST_COOKIE: Final = 200


class SignInNeeded(Exception):
    """The page is for people who have signed in."""


@dataclass(frozen=True, slots=True)
class Visit:
    """`caller` is None for who has not signed in; `seed` is the browser's own secret, kept from visit to visit."""

    request: Request
    state: State
    speaker: Speaker
    now: datetime
    caller: Caller | None
    session: str | None
    seed: str
    # What is sent twice from one view of a page, because an answer was lost, is one thing.
    once: str = field(default_factory=lambda: secrets.token_urlsafe(12))

    @property
    def known(self) -> Caller:
        """Who has signed in. Raises `SignInNeeded`."""
        if self.caller is None:
            raise SignInNeeded
        return self.caller

    @property
    def desk(self) -> str:
        return self.known.desk

    @property
    def csrf(self) -> str:
        """What a form of this browser's session must send back."""
        secret = self.session or self.seed
        return hmac.new(secret.encode(), b"form", hashlib.sha256).hexdigest()

    def in_language(self, tag: str) -> str:
        """The address of this very page in another language; of an answer to a form, that of the form's page."""
        request = self.request
        shown = request.url if request.method == "GET" else _sent_from(request) or request.url
        address = shown.include_query_params(lang=tag)
        return f"{address.path}?{address.query}"

    def may(self, scope: Scope) -> bool:
        return self.caller is not None and self.caller.allows(scope)

    def keep_cookies(self, response: Response) -> None:
        """Gives the browser its secret and, where it was just chosen, its language."""
        if self.request.cookies.get(FORM_COOKIE) != self.seed:
            set_cookie(self.request, response, FORM_COOKIE, self.seed)
        chosen = _chosen_language(self.request)
        if chosen is not None:
            set_cookie(
                self.request, response, LANGUAGE_COOKIE, TAGS[chosen], max_age=_LANGUAGE_DAYS * 24 * 3600, strict=False
            )


async def visit(request: Request) -> Visit:
    """A dependency: the visit, whoever it is. Raises 403 for strangers on a service without keys."""
    state = state_of(request)
    session = _cookie(request, SESSION_COOKIE)
    key = await anyio.to_thread.run_sync(_key_of, state, session) if session else None
    return Visit(
        request=request,
        state=state,
        speaker=Speaker(reading_language(request, state), state.sources.guidance.zone),
        now=datetime.now(UTC),
        caller=await _caller(request, state, key),
        session=session if key else None,
        seed=_cookie(request, FORM_COOKIE) or secrets.token_urlsafe(24),
    )


class Visiting:
    """A dependency: the visit of somebody who may do `scope`. Raises `SignInNeeded`, or 403 without the scope."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    async def __call__(self, request: Request) -> Visit:
        visited = await visit(request)
        if not visited.known.allows(self._scope):
            raise HTTPException(HTTPStatus.FORBIDDEN, "scope")
        return visited


def set_cookie(
    request: Request, response: Response, name: str, value: str, *, max_age: int | None = None, strict: bool = True
) -> None:
    """A cookie that scripts cannot read and other sites cannot use; over HTTPS it never leaves it."""
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict" if strict else "lax",
    )


async def _caller(request: Request, state: State, key: Key | None) -> Caller | None:
    if key is not None:
        return Caller(key.desk, key)
    if await state.keyring.any():
        return None
    if comes_from_here(request):
        return Caller(state.settings.desk, None)
    raise HTTPException(HTTPStatus.FORBIDDEN, "no_keys")


def _sent_from(request: Request) -> URL | None:
    """The page of ours that a form stood on, as browsers tell it."""
    page = URL(request.headers.get("referer", ""))
    try:
        is_ours = page.netloc == request.url.netloc and page.path.startswith(("/agent", "/admin"))
    except ValueError:
        return None
    return page if is_ours else None


def _key_of(state: State, session: str) -> Key | None:
    with state.database.read() as connection:
        return sessions.find(connection, session)


def _cookie(request: Request, name: str) -> str | None:
    value = request.cookies.get(name)
    return value if value and len(value) <= _LONGEST_COOKIE else None


def reading_language(request: Request, state: State) -> Language:
    """Chosen by the switch, now or before; else what the browser asks for; else the desk's."""
    remembered = _served(request.cookies.get(LANGUAGE_COOKIE))
    return _chosen_language(request) or remembered or _accepted(request.headers) or state.settings.language


def _chosen_language(request: Request) -> Language | None:
    return _served(request.query_params.get("lang"))


def _accepted(headers: Mapping[str, str]) -> Language | None:
    """The first served language of `Accept-Language`, by weight."""
    weighed = []
    for position, part in enumerate(headers.get("accept-language", "").split(",")[:20]):
        tag, _, weight = part.partition(";q=")
        try:
            weighed.append((-float(weight or 1), position, tag.strip()))
        except ValueError:
            continue
    return next((found for _, _, tag in sorted(weighed) if (found := _served(tag))), None)


def _served(tag: str | None) -> Language | None:
    language = language_of(tag)
    return language if language in TAGS else None
