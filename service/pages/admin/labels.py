"""What the last look at the labels found: those that contradict, that overlap, that may be wrong, that are too few."""

import anyio.to_thread
from fastapi import APIRouter
from starlette.responses import Response

from service.pages.forms import posted
from service.pages.render import page, see_other
from service.pages.routing import AdminVisit, PageRoute
from service.pages.visit import Visit
from triagem.store import desks, runs
from triagem.store.once import id_of
from triagem.store.runs import Run, RunKind, RunState

router = APIRouter(prefix="/admin/labels", include_in_schema=False, route_class=PageRoute)


@router.get("")
async def show(visited: AdminVisit) -> Response:
    last = await anyio.to_thread.run_sync(_last, visited)
    return page("admin/labels.html", visited, last=last, is_done=last is not None and last.state is RunState.DONE)


@router.post("")
async def look(visited: AdminVisit) -> Response:
    """Queues a look at the labels as they are now."""
    form = await posted(visited)
    run = await anyio.to_thread.run_sync(_queue, visited, form.once)
    visited.state.runner.look()
    return see_other(f"/admin/runs/{run.id}")


def _last(visited: Visit) -> Run | None:
    with visited.state.database.read() as connection:
        return runs.last_of(connection, visited.desk, RunKind.AUDIT)


def _queue(visited: Visit, once: str) -> Run:
    run_id = id_of(once, visited.desk, RunKind.AUDIT.value)
    with visited.state.database.write() as connection:
        desks.ensure(connection, visited.desk)
        return runs.queue(connection, visited.desk, kind=RunKind.AUDIT, parameters={}, run_id=run_id)
