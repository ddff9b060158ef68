"""Which of the newest tickets would be answered otherwise, by a version that waits or under other targets.

They are answered again by `triagem.triage.replay`; nothing is changed and nothing is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import groupby
from typing import Annotated, Final, Literal

import anyio.to_thread
from fastapi import APIRouter, Query
from starlette.responses import Response

from service.pages.admin.targets import typed_share
from service.pages.render import page
from service.pages.routing import AdminVisit, PageRoute, Refused
from service.pages.visit import Visit
from service.routes.common import PathId
from triagem.errors import InvalidInput, NoModel
from triagem.store import tickets
from triagem.triage.decide import Targets
from triagem.triage.replay import CURRENT, Change, Replay, replay
from triagem.triage.replay import MOST as MOST_TEXTS
from triagem.triage.standing import other_targets
from triagem.triage.targets import LEAST, MOST
from triagem.types import Mode, TicketField

router = APIRouter(prefix="/admin/models", include_in_schema=False, route_class=PageRoute)

_LASTS: Final = (50, 200, 500, MOST_TEXTS)
_TICKETS_ON_A_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Changed:
    """One ticket with its fields that would be answered otherwise; `is_stored` where there is a page of it."""

    ticket_id: str
    subject: str
    is_stored: bool
    changes: tuple[Change, ...]


@router.get("/{version}/replay")
async def show(
    visited: AdminVisit,
    version: PathId,
    last: Annotated[int, Query(ge=1, le=MOST_TEXTS)] = 200,
    field: TicketField | Literal[""] = "",
    auto: str = "",
    preselect: str = "",
    start: Annotated[int, Query(ge=0, le=MOST_TEXTS)] = 0,
) -> Response:
    """By `version`, `current` being what answers now; under other targets of one `field` where they are given.

    What cannot be compared stands in the form again, with the reason.
    """
    found, refused = None, None
    changed: list[Changed] = []
    try:
        targets = await anyio.to_thread.run_sync(_targets, visited, field, auto, preselect)
        found = await anyio.to_thread.run_sync(_replay, visited, version, targets, last)
        changed = await anyio.to_thread.run_sync(_by_ticket, visited, found)
    except Refused as error:
        refused = error
    return page(
        "admin/replay.html",
        visited,
        status=refused.status if refused else HTTPStatus.OK,
        refused=refused.said(visited.speaker) if refused else None,
        version=version,
        is_current=version == CURRENT,
        replay=found,
        changed=changed[start : start + _TICKETS_ON_A_PAGE],
        many=len(changed),
        filled_against={one.field: filled_against(found.changes, one.field) for one in found.fields} if found else {},
        chosen={"last": last, "field": field, "auto": auto, "preselect": preselect},
        lasts=sorted({*_LASTS, last}),
        fields=[one.value for one in TicketField],
        least=LEAST,
        most=MOST,
        next_start=start + _TICKETS_ON_A_PAGE if start + _TICKETS_ON_A_PAGE < len(changed) else None,
        last_start=max(0, start - _TICKETS_ON_A_PAGE) if start else None,
    )


def filled_against(changes: Sequence[Change], field: TicketField) -> int:
    """How many tickets would newly be filled with another value than people gave them."""
    return sum(
        change.after.mode is Mode.AUTO
        and change.label not in (None, change.after.value)
        and (change.before.mode, change.before.value) != (Mode.AUTO, change.after.value)
        for change in changes
        if change.field is field
    )


def _targets(visited: Visit, field: TicketField | Literal[""], auto: str, preselect: str) -> dict[TicketField, Targets]:
    if (auto or preselect) and not field:
        raise Refused("replay.which_field")
    shares = [typed_share(typed) if typed else None for typed in (auto, preselect)]
    try:
        return other_targets(
            visited.state.sources.triager, visited.desk, field or None, auto=shares[0], preselect=shares[1]
        )
    except InvalidInput:
        raise Refused("targets.bad") from None


def _replay(visited: Visit, version: str, targets: dict[TicketField, Targets], last: int) -> Replay:
    state = visited.state
    try:
        return replay(
            state.database,
            state.sources.triager,
            state.encoder,
            visited.desk,
            version=version,
            targets=targets,
            last=last,
        )
    except NoModel:
        raise Refused("reason.no_model", status=HTTPStatus.CONFLICT) from None


def _by_ticket(visited: Visit, found: Replay) -> list[Changed]:
    with visited.state.database.read() as connection:
        stored = tickets.digests(connection, visited.desk, [one.ticket_id for one in found.changes])
    return [
        Changed(ticket_id, changes[0].subject, ticket_id in stored, changes)
        for ticket_id, group in groupby(found.changes, key=lambda one: one.ticket_id)
        if (changes := tuple(group))
    ]
