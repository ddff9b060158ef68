"""In by a key, which is exchanged for a session and then forgotten by the browser; out by ending that session."""

import math
from http import HTTPStatus
from typing import Annotated, Final

import anyio.to_thread
from fastapi import APIRouter, Depends
from starlette.responses import Response

from service.pages.forms import posted
from service.pages.render import page, see_other
from service.pages.routing import PageRoute
from service.pages.visit import SESSION_COOKIE, Visit, set_cookie, visit
from service.state import State
from triagem.store import sessions
from triagem.store.keys import Key, Scope
from triagem.store.sessions import LIFETIME

router = APIRouter(include_in_schema=False, route_class=PageRoute)
AnyVisit = Annotated[Visit, Depends(visit)]

_HOME: Final = "/agent"
_ADMIN_HOME: Final = "/admin"


@router.get("/sign-in")
async def show(visited: AnyVisit, next: str = "") -> Response:  # noqa: A002 - the query's name
    if visited.caller is not None:
        return see_other(_own_address(next) or _home_of(visited))
    return page("sign_in.html", visited, wrong=None, next=_own_address(next))


@router.post("/sign-in")
async def sign_in(visited: AnyVisit) -> Response:
    form = await posted(visited)
    address = visited.request.client.host if visited.request.client else ""
    wanted = _own_address(form.text("next"))
    wait_s = visited.state.sign_ins.wait_s(address)
    if wait_s > 0:
        refused = page("sign_in.html", visited, status=HTTPStatus.TOO_MANY_REQUESTS, wrong="sign_in.wait", next=wanted)
        refused.headers["Retry-After"] = str(math.ceil(wait_s))
        return refused
    key = await visited.state.keyring.find(form.text("key"))
    if key is None or key.origins or not key.allows(Scope.TRIAGE):
        visited.state.sign_ins.failed(address)
        wrong = "sign_in.unknown" if key is None else "sign_in.not_for_pages"
        return page("sign_in.html", visited, status=HTTPStatus.FORBIDDEN, wrong=wrong, next=wanted)
    token = await anyio.to_thread.run_sync(_begin, visited.state, key)
    response = see_other(wanted or (_ADMIN_HOME if key.allows(Scope.ADMIN) else _HOME))
    set_cookie(visited.request, response, SESSION_COOKIE, token, max_age=int(LIFETIME.total_seconds()))
    return response


@router.post("/sign-out")
async def sign_out(visited: AnyVisit) -> Response:
    await posted(visited)
    if visited.session is not None:
        await anyio.to_thread.run_sync(_end, visited.state, visited.session)
    response = see_other("/sign-in")
    response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="strict")
    return response


def _begin(state: State, key: Key) -> str:
    with state.database.write() as connection:
        return sessions.begin(connection, key)


def _end(state: State, session: str) -> None:
    with state.database.write() as connection:
        sessions.end(connection, session)


def _home_of(visited: Visit) -> str:
    return _ADMIN_HOME if visited.may(Scope.ADMIN) else _HOME


def _own_address(given: str) -> str:
    """The address of one of our own pages; empty for any other, so that nobody is led away."""
    own = given in (_HOME, _ADMIN_HOME) or given.startswith(
        (f"{_HOME}/", f"{_ADMIN_HOME}/", f"{_HOME}?", f"{_ADMIN_HOME}?")
    )
    return given if own and "\\" not in given and given.isprintable() else ""
