"""Addresses under /agent and /admin that no page has: a page says so, in the reader's language.

It stands after all other pages, as it would answer for them; whoever is not signed in is asked to, as everywhere.
"""

from http import HTTPStatus

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from service.pages.render import see_other
from service.pages.routing import AdminVisit, AgentVisit, PageRoute
from service.pages.visit import Visit

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/agent/{_:path}")
async def under_agent(visited: AgentVisit) -> Response:
    return _without_slash(visited)


@router.get("/admin/{_:path}")
async def under_admin(visited: AdminVisit) -> Response:
    return _without_slash(visited)


@router.post("/agent/{_:path}")
async def sent_under_agent(_: AgentVisit) -> Response:
    raise HTTPException(HTTPStatus.NOT_FOUND)


@router.post("/admin/{_:path}")
async def sent_under_admin(_: AdminVisit) -> Response:
    raise HTTPException(HTTPStatus.NOT_FOUND)


def _without_slash(visited: Visit) -> Response:
    """To the same address without a slash at its end. Raises 404 for one that has none."""
    path = visited.request.url.path
    if not path.endswith("/"):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return see_other(path.rstrip("/"))
