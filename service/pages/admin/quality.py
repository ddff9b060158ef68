"""How good triage is at the desk now, and what the form spared: the insights of the API, drawn for people.

What corrections have closed is opened again here, by the route of the API.
"""

from http import HTTPStatus
from typing import Final

import anyio.to_thread
from fastapi import APIRouter
from markupsafe import Markup
from starlette.responses import Response

from service.pages.forms import posted
from service.pages.render import page, see_other
from service.pages.routing import AdminVisit, PageRoute
from service.pages.texts import Speaker
from service.pages.visit import Visit
from service.routes.insights import Days, read_deflection, read_quality
from service.routes.targets import reopen_classes
from service.schemas.targets import WhyIn
from triagem.charts import Bar, bar_chart
from triagem.insight.deflection import Counts
from triagem.insight.quality import FieldQuality
from triagem.types import Mode, TicketField

router = APIRouter(prefix="/admin", include_in_schema=False, route_class=PageRoute)

PERIOD: Final = 30
_PERIODS: Final = (7, PERIOD, 90, 366)
_REOPENED: Final = "reopened"


@router.get("/quality")
async def quality(visited: AdminVisit, days: Days = PERIOD, done: str = "") -> Response:
    return await _quality_page(visited, days, reopened=done == _REOPENED)


@router.post("/quality/{field}/reopen")
async def reopen(visited: AdminVisit, field: TicketField) -> Response:
    form = await posted(visited)
    why = form.why()
    if not why:
        return await _quality_page(visited, PERIOD, refused=field)
    await reopen_classes(field, WhyIn(why=why), visited.known, visited.state)
    return see_other(f"/admin/quality?done={_REOPENED}")


@router.get("/deflection")
async def deflection(visited: AdminVisit, days: Days = PERIOD) -> Response:
    found = await anyio.to_thread.run_sync(read_deflection, visited.state, visited.desk, days)
    return page(
        "admin/deflection.html",
        visited,
        found=found,
        chart=counts_chart(found.counts, visited.speaker) if found.counts.sessions else None,
        days=days,
        periods=_PERIODS,
    )


async def _quality_page(
    visited: Visit, days: int, *, reopened: bool = False, refused: TicketField | None = None
) -> Response:
    """The page; beside the form of the field that was `refused` stands that it takes a reason."""
    found = await anyio.to_thread.run_sync(read_quality, visited.state, visited.desk, days)
    charts = {field.field: coverage_chart(field, visited.speaker) for field in found.fields if field.triaged}
    return page(
        "admin/quality.html",
        visited,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK,
        quality=found,
        charts=charts,
        days=days,
        periods=_PERIODS,
        reopened=reopened,
        refused=refused,
    )


def coverage_chart(field: FieldQuality, speaker: Speaker) -> Markup:
    """How the field was answered, a bar for each mode."""
    bars = [
        Bar(speaker.say(f"short.{mode.value}"), field.coverage[mode], speaker.share(field.coverage[mode]))
        for mode in Mode
    ]
    title = speaker.say("quality.chart", field=speaker.say(f"field.{field.field.value}"))
    return Markup(bar_chart(title, bars))  # noqa: S704 - escaped where it is drawn


def counts_chart(counts: Counts, speaker: Speaker) -> Markup:
    """What became of the sessions that articles were shown to: each is in one bar."""
    named = {
        "explicit": counts.explicit,
        "implicit": counts.implicit,
        "contradicted": counts.contradicted,
        "sent": counts.sent,
        "left": counts.left,
        "undecided": counts.undecided,
    }
    bars = [
        Bar(
            speaker.say(f"deflection.{name}"), many, f"{speaker.number(many)} ({speaker.share(many / counts.sessions)})"
        )
        for name, many in named.items()
    ]
    return Markup(bar_chart(speaker.say("deflection.chart"), bars))  # noqa: S704 - escaped where it is drawn
