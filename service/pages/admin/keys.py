"""The desk's keys: made here and shown once, listed, revoked."""

from contextlib import suppress
from http import HTTPStatus
from typing import Final

import anyio.to_thread
from fastapi import APIRouter
from starlette.responses import Response

from service.origins import origin_of
from service.pages.forms import Form, posted
from service.pages.render import page, see_other
from service.pages.routing import AdminVisit, PageRoute, Refused
from service.pages.visit import Visit
from triagem.errors import Conflict, InvalidInput, NotFound
from triagem.store import keys
from triagem.store.keys import Key, Scope

router = APIRouter(prefix="/admin/keys", include_in_schema=False, route_class=PageRoute)

_LONGEST_NAME: Final = 100
_SCOPES: Final = {scope.value: scope for scope in Scope}


@router.get("")
async def show(visited: AdminVisit) -> Response:
    return await _page(visited)


@router.post("")
async def create(visited: AdminVisit) -> Response:
    """Makes a key. Its secret is on this one answer and nowhere else, so there is no redirect."""
    form = await posted(visited)
    try:
        token = await _make(visited, form)
    except Refused as refused:
        return await _page(visited, refused=refused, typed=form)
    return await _page(visited, token=token)


async def _make(visited: Visit, form: Form) -> str:
    """The secret of a new key. Raises `Refused` for a form that cannot be meant."""
    scopes = [_SCOPES[name] for name in form.texts("scope") if name in _SCOPES]
    if not scopes:
        raise Refused("keys_room.no_scope")
    if visited.known.key is None and Scope.ADMIN not in scopes:
        # From the first key on every page asks for one; without an administrator's nobody could come back here.
        raise Refused("keys_room.admin_first")
    try:
        origins = [origin_of(given) for given in form.text("origins").split()]
    except InvalidInput:
        raise Refused("keys_room.bad_origin") from None
    name, contract = (form.text(field, longest=_LONGEST_NAME) for field in ("name", "contract"))
    if contract and not keys.may_send(scopes):
        raise Refused("keys_room.contract_sends")
    try:
        return await anyio.to_thread.run_sync(
            lambda: _create(visited, name, scopes, origins, contract=contract, once=form.once)
        )
    except Conflict:
        raise Refused("keys_room.made_already", status=HTTPStatus.CONFLICT) from None


@router.post("/{key_id}/revoke")
async def revoke(visited: AdminVisit, key_id: str) -> Response:
    await posted(visited)
    with suppress(NotFound):  # revoked a moment ago: the list says so
        await anyio.to_thread.run_sync(_revoke, visited, key_id)
    return see_other("/admin/keys")


async def _page(
    visited: Visit, *, token: str | None = None, refused: Refused | None = None, typed: Form | None = None
) -> Response:
    """The room, with the secret of a new key, or with a form as it was `typed` and why it was refused."""
    known = await anyio.to_thread.run_sync(_read, visited)
    own = visited.known.key.id if visited.known.key else None
    return page(
        "admin/keys.html",
        visited,
        status=refused.status if refused else HTTPStatus.OK,
        keys=known,
        token=token,
        scopes=list(Scope),
        own=own,
        refused=refused.said(visited.speaker) if refused else None,
        typed={name: typed.text(name) if typed else "" for name in ("name", "origins", "contract")},
        ticked=typed.texts("scope") if typed else [],
    )


def _read(visited: Visit) -> list[Key]:
    with visited.state.database.read() as connection:
        found = keys.each(connection, visited.desk)
    return sorted(found, key=lambda key: (key.revoked_at is not None, -key.created_at.timestamp()))


def _create(visited: Visit, name: str, scopes: list[Scope], origins: list[str], *, contract: str, once: str) -> str:
    with visited.state.database.write() as connection:
        _, token = keys.create(
            connection,
            visited.desk,
            name=name,
            scopes=scopes,
            origins=origins,
            contract=contract or None,
            actor=visited.known.actor,
            once=once,
        )
    return token


def _revoke(visited: Visit, key_id: str) -> None:
    with visited.state.database.write() as connection:
        keys.revoke(connection, visited.desk, key_id, actor=visited.known.actor)
