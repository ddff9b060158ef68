"""Who calls, and what they may do: bearer keys with scopes, bound to a desk and, for browsers, to origins.

Keys are made and kept by `triagem.store.keys`; this module remembers them for a moment, so that a request does not pay.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Annotated, Final
from urllib.parse import urlsplit

import anyio.to_thread
from fastapi import Depends, HTTPException, Request
from fastapi.openapi.models import HTTPBearer as HTTPBearerModel
from fastapi.security.base import SecurityBase

from service.context import context_of
from triagem.store import desks, keys
from triagem.store.database import Database
from triagem.store.keys import Key, Scope

# Who did it, for the records: the key's name or id follows, or there are no keys.
BY_KEY: Final = "key "
LOOPBACK: Final = "loopback"
_REMEMBERED_S: Final = 2.0
_REMEMBERED_AT_MOST: Final = 10_000
_FORWARDED = ("forwarded", "x-forwarded-for", "via")


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf a request acts. `key` is None on a service without keys, where loopback may do everything."""

    desk: str
    key: Key | None

    def allows(self, scope: Scope) -> bool:
        return self.key is None or self.key.allows(scope)

    @property
    def contract(self) -> str | None:
        """Under which contract the caller sends requests: what the desk wrote into the key, never what a page says."""
        return self.key.contract if self.key else None

    @property
    def actor(self) -> str:
        """For the records: who did it."""
        return f"{BY_KEY}{self.key.name or self.key.id}" if self.key else LOOPBACK

    def answers_for(self, name: str | None) -> str | None:
        """Who answers for a piece of feedback, where the caller says it is `name`'s; None when nobody does.

        The holder of a key is trusted to tell people apart and answers for what has no name. A key that pages carry is
        no secret, and without keys only a name tells who it was.
        """
        if self.key is None:
            return f"{LOOPBACK}:{name}" if name else None
        return None if self.key.origins else f"{self.key.id}:{name or ''}"


class Keyring:
    """The keys of a database, each remembered for two seconds: so long a revoked one may still open."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._known: dict[str, tuple[float, Key | None]] = {}
        self._any: tuple[float, bool] = (float("-inf"), False)
        self._origins: tuple[float, frozenset[str]] = (float("-inf"), frozenset())

    async def find(self, token: str) -> Key | None:
        """The key a token opens; None for one that opens nothing."""
        now = self._clock()
        known = self._known.get(token)
        if known is not None and known[0] > now:
            return known[1]
        key = await anyio.to_thread.run_sync(self._verify, token)
        if len(self._known) >= _REMEMBERED_AT_MOST:
            self._known.clear()
        if key is not None:
            self._known[token] = (now + _REMEMBERED_S, key)
        else:
            self._known.pop(token, None)
        return key

    async def any(self) -> bool:
        """Whether there is any key; without one only loopback is served."""
        now = self._clock()
        if self._any[0] <= now:
            self._any = (now + _REMEMBERED_S, await anyio.to_thread.run_sync(self.any_now))
        return self._any[1]

    async def origins(self) -> frozenset[str]:
        """Every origin that some key is bound to: those whose preflights are answered."""
        now = self._clock()
        if self._origins[0] <= now:
            self._origins = (now + _REMEMBERED_S, await anyio.to_thread.run_sync(self._all_origins))
        return self._origins[1]

    def any_now(self) -> bool:
        with self._database.read() as connection:
            return keys.any_active(connection)

    def _verify(self, token: str) -> Key | None:
        with self._database.read() as connection:
            return keys.verify(connection, token)

    def _all_origins(self) -> frozenset[str]:
        with self._database.read() as connection:
            every = [key for desk in desks.names(connection) for key in keys.each(connection, desk)]
        return frozenset(origin for key in every if key.revoked_at is None for origin in key.origins)


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address stands for this machine."""
    if host is None:
        return False
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def comes_from_here(request: Request) -> bool:
    """Whether the peer is this machine itself: no proxy in between, no other site's page, no foreign name for us."""
    headers = request.headers
    if request.client is None or not is_loopback(request.client.host):
        return False
    if any(name in headers for name in _FORWARDED):
        return False
    origin = headers.get("origin")
    return is_loopback(request.url.hostname) and (origin is None or is_loopback(_host_of(origin)))


async def authenticate(request: Request) -> Caller:
    """The caller of this request. 401 without a key where one is needed, 403 from a page the key is not bound to."""
    state = request.app.state.triagem
    keyring: Keyring = state.keyring
    header = request.headers.get("authorization")
    scheme, _, token = (header or "").partition(" ")
    if header is not None and scheme.lower() == "bearer" and token:
        caller = await _holder(keyring, token.strip(), request.headers.get("origin"))
    elif header is not None or await keyring.any():
        raise HTTPException(401, "Send a key: Authorization: Bearer ...", {"WWW-Authenticate": "Bearer"})
    elif comes_from_here(request):
        caller = Caller(state.settings.desk, None)
    else:
        command = f"triagem --desk {state.settings.desk} keys create --scope admin"
        raise HTTPException(403, f"Without any key only this machine is served. Make one with: {command}")
    seen = context_of(request.scope)
    seen.desk, seen.key_origins = caller.desk, caller.key.origins if caller.key else ()
    return caller


def require(caller: Caller, *scopes: Scope) -> None:
    """Raises 403 unless the caller may do at least one of `scopes`."""
    if not any(caller.allows(scope) for scope in scopes):
        raise HTTPException(403, f"This key lacks the scope: {' or '.join(scopes)}.")


class Allowed(SecurityBase):
    """A dependency: the caller, who may do at least one of `scopes`. One step, because every request takes it."""

    def __init__(self, *scopes: Scope) -> None:
        self.model = HTTPBearerModel(description="A key made with: triagem keys create --scope SCOPE")
        self.scheme_name = "key"
        self._scopes = scopes

    async def __call__(self, request: Request) -> Caller:
        caller = await authenticate(request)
        require(caller, *self._scopes)
        return caller


class Measuring(Allowed):
    """A dependency: this machine itself, or an administrator's key from elsewhere."""

    def __init__(self) -> None:
        super().__init__(Scope.ADMIN)

    async def __call__(self, request: Request) -> Caller:
        if "authorization" not in request.headers and comes_from_here(request):
            return Caller(request.app.state.triagem.settings.desk, None)
        return await super().__call__(request)


MayTriage = Annotated[Caller, Depends(Allowed(Scope.TRIAGE))]
MayIndex = Annotated[Caller, Depends(Allowed(Scope.INDEX))]
MayAdminister = Annotated[Caller, Depends(Allowed(Scope.ADMIN))]
MayMeasure = Annotated[Caller, Depends(Measuring())]


async def _holder(keyring: Keyring, token: str, origin: str | None) -> Caller:
    key = await keyring.find(token)
    if key is None:
        raise HTTPException(401, "This key opens nothing; it may be revoked.", {"WWW-Authenticate": "Bearer"})
    if key.origins and origin not in key.origins:
        raise HTTPException(403, "This key works only from the pages it was made for.")
    return Caller(key.desk, key)


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).hostname
    except ValueError:
        return None
