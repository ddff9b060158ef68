"""The first page: it walks a newcomer through the three faces, with something to type and what to look at.

The form on it is the real one; it works while the service has no keys, as after `make demo`.
"""

from dataclasses import dataclass, replace
from typing import Annotated, Final

import anyio.to_thread
from fastapi import APIRouter, Depends
from starlette.responses import Response

from service.pages.render import page
from service.pages.routing import PageRoute
from service.pages.visit import Visit, visit
from service.state import State
from triagem.store import articles, models

router = APIRouter(include_in_schema=False, route_class=PageRoute)

_SAMPLE: Final = "pt-BR/account/reset-password"
_EXAMPLES: Final = ("known", "facts", "stranger")


@dataclass(frozen=True, slots=True)
class Tour:
    """What there is to walk through; to somebody who has not signed in nothing is told of the desk."""

    live: bool
    origin: str
    sample: bool = False
    empty: bool = False
    trained: bool = True


@router.head("/")
@router.get("/")
async def show(visited: Annotated[Visit, Depends(visit)]) -> Response:
    keys = await visited.state.keyring.any()
    url = visited.request.url
    tour = Tour(live=not keys, origin=f"{url.scheme}://{url.netloc}")
    if visited.caller is not None:
        tour = await anyio.to_thread.run_sync(_look, visited.state, visited.desk, tour)
    return page("tour.html", visited, tour=tour, examples=_EXAMPLES)


def _look(state: State, desk: str, tour: Tour) -> Tour:
    with state.database.read() as connection:
        return replace(
            tour,
            empty=articles.count(connection, desk) == 0,
            sample=articles.get(connection, desk, _SAMPLE) is not None,
            trained=bool(models.newest_first(connection, desk)),
        )
