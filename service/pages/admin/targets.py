"""The precision that a field must have proven before it is filled: what holds, what another would do, setting it.

It is set by the route of the API.
"""

from dataclasses import asdict
from http import HTTPStatus
from typing import Final

import anyio.to_thread
from fastapi import APIRouter
from markupsafe import Markup
from starlette.responses import Response

from service.pages.forms import posted
from service.pages.render import page, see_other
from service.pages.routing import AdminVisit, PageRoute, Refused
from service.pages.texts import Speaker
from service.pages.visit import Visit
from service.routes.targets import put_targets
from service.schemas.targets import TargetsPutIn
from triagem.charts import Axis, Series, line_chart, percents
from triagem.errors import InvalidInput, NoModel
from triagem.triage.decide import Targets
from triagem.triage.standing import Standing, change, standing
from triagem.triage.targets import LEAST, MOST, Effect, check
from triagem.types import TicketField

router = APIRouter(prefix="/admin/targets", include_in_schema=False, route_class=PageRoute)

_LOWEST_SHOWN: Final = 0.6


@router.get("/{field}")
async def show(visited: AdminVisit, field: TicketField, auto: str = "", preselect: str = "") -> Response:
    """The curve, and the effect of the targets in the address, if there are any."""
    return await _page(visited, field, auto, preselect)


@router.post("/{field}")
async def apply(visited: AdminVisit, field: TicketField) -> Response:
    form = await posted(visited)
    auto, preselect, why = form.text("auto"), form.text("preselect"), form.why()
    try:
        wanted = _targets(auto, preselect)
        if not why:
            raise Refused("targets.needs_why")
    except Refused as refused:
        return await _page(visited, field, auto, preselect, refused=refused)
    await put_targets(field, TargetsPutIn(**asdict(wanted), why=why), visited.known, visited.state)
    return see_other(f"/admin/targets/{field.value}")


async def _page(
    visited: Visit, field: TicketField, auto: str, preselect: str, *, refused: Refused | None = None
) -> Response:
    """A field's targets and the effect of those that were typed; why they are `refused`, where they are."""
    now = await anyio.to_thread.run_sync(standing, visited.state.sources.triager, visited.desk, field)
    wanted = now.targets
    effects: tuple[Effect, ...] = ()
    try:
        wanted = _targets(auto, preselect) if auto or preselect else now.targets
        if wanted != now.targets:
            effects = await anyio.to_thread.run_sync(_effects, visited, field, wanted)
    except Refused as error:
        refused = error
    return page(
        "admin/targets.html",
        visited,
        status=refused.status if refused else HTTPStatus.OK,
        refused=refused.said(visited.speaker) if refused else None,
        typed={"auto": auto, "preselect": preselect} if refused else {},
        field=field.value,
        standing=now,
        wanted=wanted,
        effects=effects,
        chart=chart_of(now, visited.speaker),
        least=LEAST,
        most=MOST,
    )


def chart_of(now: Standing, speaker: Speaker) -> Markup | None:
    """Coverage against the target, a line for each mode; None for a field that nothing answers."""
    if not now.curves:
        return None
    drawn = {mode.value: [(one.target, one.covered.coverage) for one in points] for mode, points in now.curves.items()}
    if len(set(map(tuple, drawn.values()))) == 1:
        drawn = {"filled": next(iter(drawn.values()))}
    series = [Series(speaker.say(f"targets.{name}"), points) for name, points in drawn.items()]
    chart = line_chart(
        speaker.say("targets.curve"),
        series,
        x=Axis(speaker.say("targets.target"), _LOWEST_SHOWN, 1.0, percents(_LOWEST_SHOWN, 1.0, 4)),
        y=Axis(speaker.say("targets.filled"), 0.0, 1.0, percents(0.0, 1.0, 5)),
    )
    return Markup(chart)  # noqa: S704 - escaped where it is drawn


def typed_share(typed: str) -> float:
    """A percentage, as people type it, from 0 to 1. Raises `Refused` for what is none."""
    try:
        return round(float(typed.replace(",", ".").replace("%", "").strip()) / 100, 4)
    except ValueError:
        raise Refused("targets.bad") from None


def _targets(auto: str, preselect: str) -> Targets:
    """Raises `Refused` for what cannot be meant."""
    wanted = Targets(typed_share(auto), typed_share(preselect))
    try:
        check(wanted)
    except InvalidInput:
        raise Refused("targets.bad") from None
    return wanted


def _effects(visited: Visit, field: TicketField, wanted: Targets) -> tuple[Effect, ...]:
    try:
        return change(visited.state.sources.triager, visited.desk, field, wanted)
    except NoModel:
        raise Refused("reason.no_model", status=HTTPStatus.CONFLICT) from None
