"""Files sent in by hand, and all long work: how far it is, how it ended, and stopping it."""

import hashlib
from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

import anyio.to_thread
from fastapi import APIRouter, HTTPException
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import Response

from service import uploads
from service.limits import UPLOAD_PATH
from service.pages.forms import PROOF_FIELD, Form, posted, require_own_page, require_token
from service.pages.reasons import Told, told
from service.pages.render import page, see_other
from service.pages.routing import AdminVisit, PageRoute, Refused
from service.pages.texts import Speaker
from service.pages.visit import Visit
from service.routes.common import PathId
from service.routes.runs import cancel_run
from triagem.errors import Conflict
from triagem.search.columns import ARTICLE_COLUMNS, TICKET_COLUMNS
from triagem.search.dates import DateOrder
from triagem.search.records_file import ENDINGS
from triagem.store import desks, runs
from triagem.store.once import id_of
from triagem.store.runs import Run, RunKind

router = APIRouter(include_in_schema=False, route_class=PageRoute)

_SHOWN: Final = 20
_KINDS: Final = ("tickets", "articles")
_LARGEST: Final = 512 * 1024 * 1024
_ERRORS_SHOWN: Final = 50
_PLACES_SHOWN: Final = 5


@router.get("/admin/imports")
async def show(visited: AdminVisit) -> Response:
    return await _page(visited)


@router.get("/admin/runs/{run_id}")
async def show_run(visited: AdminVisit, run_id: PathId) -> Response:
    """A run's page; while it is under way the page asks for itself again."""
    run = await anyio.to_thread.run_sync(_get, visited, run_id)
    return page(
        "admin/run.html",
        visited,
        run=run,
        refused=_reasons(run, "errors", visited.speaker),
        repeated=_reasons(run, "repeated", visited.speaker),
    )


@router.post("/admin/runs/{run_id}/cancel")
async def cancel(visited: AdminVisit, run_id: PathId) -> Response:
    await posted(visited)
    with suppress(Conflict):  # it has ended meanwhile: its page says how
        await cancel_run(run_id, visited.known, visited.state)
    return see_other(f"/admin/runs/{run_id}")


@router.post("/admin/reindex")
async def reindex(visited: AdminVisit) -> Response:
    form = await posted(visited)
    run_id = id_of(form.once, visited.desk, "rebuild")
    run = await anyio.to_thread.run_sync(_queue, visited, {"rebuild": True}, run_id)
    visited.state.runner.look()
    return see_other(f"/admin/runs/{run.id}")


@router.post(UPLOAD_PATH)
async def upload(visited: AdminVisit) -> Response:
    """Keeps the file and queues its import."""
    require_own_page(visited.request)
    try:
        form = await _read_form(visited.request)
    except Refused as refused:
        return await _page(visited, refused=refused)
    try:
        require_token(visited, form.get(PROOF_FIELD))
        what, file = form.get("what"), form.get("file")
        if what not in _KINDS or not isinstance(file, UploadFile) or not file.filename:
            raise Refused("imports.no_file")
        if not file.filename.lower().endswith(ENDINGS):
            raise Refused("imports.wrong_ending", endings=" ".join(ENDINGS))
        dates = next((order for order in DateOrder if order == form.get("dates")), None)
        known_only, once = "known_only" in form, Form(form).once
        run = await anyio.to_thread.run_sync(
            lambda: _keep_and_queue(visited, what, file, dates=dates, known_only=known_only, once=once)
        )
    except Refused as refused:
        return await _page(visited, refused=refused, chosen=form)
    finally:
        await form.close()
    visited.state.runner.look()
    return see_other(f"/admin/runs/{run.id}")


async def _page(visited: Visit, *, refused: Refused | None = None, chosen: FormData | None = None) -> Response:
    """The room, or with it a form as it was `chosen` and why it was refused; a browser keeps no file for it."""
    given = chosen or FormData()
    return page(
        "admin/imports.html",
        visited,
        status=refused.status if refused else HTTPStatus.OK,
        runs=await anyio.to_thread.run_sync(_newest, visited),
        columns={"tickets": TICKET_COLUMNS, "articles": ARTICLE_COLUMNS},
        endings=ENDINGS,
        orders=list(DateOrder),
        refused=refused.said(visited.speaker) if refused else None,
        what=given.get("what") if given.get("what") in _KINDS else _KINDS[0],
        dates=given.get("dates"),
        known_only="known_only" in given,
    )


async def _read_form(request: Request) -> FormData:
    """The form, its file on the disk. Raises 413 for more than half a gigabyte."""

    async def bounded() -> Any:
        size = 0
        async for piece in request.stream():
            size += len(piece)
            if size > _LARGEST:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            yield piece

    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Refused("imports.no_file")
    try:
        return await MultiPartParser(request.headers, bounded(), max_files=1, max_fields=10).parse()
    except MultiPartException:
        raise Refused("imports.no_file") from None


def _keep_and_queue(
    visited: Visit, what: str, file: UploadFile, *, dates: DateOrder | None, known_only: bool, once: str
) -> Run:
    data_dir, name = visited.state.settings.data_dir, file.filename or ""
    content = hashlib.file_digest(file.file, "sha256").hexdigest() if once else ""  # type: ignore[arg-type]
    run_id = id_of(once, visited.desk, what, name, dates, known_only, content)
    with visited.state.database.read() as connection:
        known = runs.asked(connection, visited.desk, run_id)
    if known is not None:
        return known
    file.file.seek(0)
    parameters = uploads.keep(data_dir, what, name, file.file, dates=dates, known_only=known_only)
    run = _queue(visited, parameters, run_id)
    if run.parameters != parameters:
        uploads.discard(data_dir, parameters)
        if run.id != run_id:  # else the same file came twice at once, and its import is under way
            raise Refused("imports.busy", status=HTTPStatus.CONFLICT)
    return run


def _queue(visited: Visit, parameters: dict[str, Any], run_id: str) -> Run:
    with visited.state.database.write() as connection:
        desks.ensure(connection, visited.desk)
        return runs.queue(connection, visited.desk, kind=RunKind.INDEX, parameters=parameters, run_id=run_id)


def _reasons(run: Run, name: str, speaker: Speaker) -> list[Told]:
    """The first of what a run lists under `name`: each reason once, in the reader's language, with its first places."""
    places: dict[str, list[str]] = {}
    for one in (run.result or {}).get(name) or []:
        places.setdefault(one["reason"], []).append(one["where"])
    shown = list(places.items())[:_ERRORS_SHOWN]
    return [_told_once(all_of_it, reason, speaker) for reason, all_of_it in shown]


def _told_once(places: list[str], reason: str, speaker: Speaker) -> Told:
    first = [told(where, reason, speaker) for where in places[:_PLACES_SHOWN]]
    more = f" … (+{len(places) - _PLACES_SHOWN})" if len(places) > _PLACES_SHOWN else ""
    return replace(first[0], where=", ".join(one.where for one in first) + more)


def _newest(visited: Visit) -> list[Run]:
    with visited.state.database.read() as connection:
        return runs.newest_first(connection, visited.desk, limit=_SHOWN)


def _get(visited: Visit, run_id: str) -> Run:
    with visited.state.database.read() as connection:
        return runs.get(connection, visited.desk, run_id)
