"""Who did what to the desk, and why."""

from typing import Annotated, Final

import anyio.to_thread
from fastapi import APIRouter, Query
from starlette.responses import Response

from service.pages.render import page
from service.pages.routing import AdminVisit, PageRoute
from service.pages.visit import Visit
from triagem.store import audit
from triagem.store.audit import Entry

router = APIRouter(prefix="/admin/log", include_in_schema=False, route_class=PageRoute)

_ON_A_PAGE: Final = 50


@router.get("")
async def show(visited: AdminVisit, before: Annotated[int | None, Query(ge=1, lt=2**63)] = None) -> Response:
    entries = await anyio.to_thread.run_sync(_read, visited, before)
    older = entries[-1].id if len(entries) == _ON_A_PAGE else None
    return page("admin/log.html", visited, entries=entries, older=older, before=before)


def _read(visited: Visit, before: int | None) -> list[Entry]:
    with visited.state.database.read() as connection:
        return audit.newest_first(connection, visited.desk, limit=_ON_A_PAGE, before=before)
