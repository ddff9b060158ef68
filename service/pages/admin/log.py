"""Who did what to the desk, and why, in the reader's language.

People's own reasons are shown as they wrote them; the service's own are written down in English and told anew here.
"""

from dataclasses import dataclass
from typing import Annotated, Final

import anyio.to_thread
from fastapi import APIRouter, Query
from starlette.responses import Response

from service.auth import BY_KEY, LOOPBACK
from service.pages.admin.details import details_of, subject_of
from service.pages.render import page
from service.pages.routing import AdminVisit, PageRoute
from service.pages.texts import Speaker
from service.pages.visit import Visit
from triagem.settings import COMMAND_LINE
from triagem.store import audit
from triagem.store.audit import BY_COMMAND, OVER_HTTP, SCHEDULE, TRAINER, Action, Entry
from triagem.triage.newest import MIX_WATCHER
from triagem.triage.watch import WATCHER

router = APIRouter(prefix="/admin/log", include_in_schema=False, route_class=PageRoute)

_ON_A_PAGE: Final = 50
_SERVICE: Final = {
    TRAINER: "actor.train",
    WATCHER: "actor.watch",
    MIX_WATCHER: "actor.mix",
    SCHEDULE: "actor.schedule",
    LOOPBACK: "actor.loopback",
}


@dataclass(frozen=True, slots=True)
class Told:
    """An entry, and what is said of it: who it was, to what, and why; empty where nobody gave a reason."""

    entry: Entry
    actor: str
    subject: str
    why: str
    details: list[tuple[str, str]]


@router.get("")
async def show(visited: AdminVisit, before: Annotated[int | None, Query(ge=1, lt=2**63)] = None) -> Response:
    entries = await anyio.to_thread.run_sync(_read, visited, before)
    older = entries[-1].id if len(entries) == _ON_A_PAGE else None
    return page(
        "admin/log.html", visited, told=[told(one, visited.speaker) for one in entries], older=older, before=before
    )


def told(entry: Entry, speaker: Speaker) -> Told:
    """An entry in the reader's language."""
    return Told(
        entry, actor_of(entry, speaker), subject_of(entry, speaker), why_of(entry, speaker), details_of(entry, speaker)
    )


def actor_of(entry: Entry, speaker: Speaker) -> str:
    """Who did it; the names of people and keys as they are."""
    if entry.actor in _SERVICE:
        return speaker.say(_SERVICE[entry.actor])
    if entry.actor.endswith(COMMAND_LINE):
        return speaker.say("actor.command_line", name=entry.actor.removesuffix(COMMAND_LINE))
    if entry.actor.startswith(BY_KEY):
        return speaker.say("actor.key", name=entry.actor.removeprefix(BY_KEY))
    return entry.actor


def why_of(entry: Entry, speaker: Speaker) -> str:
    """The reason: a person's in their words, the service's own in the reader's language."""
    if entry.why in (BY_COMMAND, OVER_HTTP) or entry.actor == SCHEDULE:
        return ""
    if entry.actor == TRAINER and entry.action is Action.PROMOTE:
        return speaker.say("log.first_model")
    if entry.actor == MIX_WATCHER:
        counts = {name: speaker.number(sum(map(len, entry.details[name].values()))) for name in ("closed", "opened")}
        return speaker.say("log.mix", tickets=speaker.number(entry.details["tickets"]), **counts)
    if entry.actor == WATCHER and entry.action is Action.CLOSE_CLASS:
        counts = {name: speaker.number(entry.details[name]) for name in ("right", "reviewed")}
        return speaker.say("log.closed_class", **counts, target=speaker.share(entry.details["target"]))
    return entry.why


def _read(visited: Visit, before: int | None) -> list[Entry]:
    with visited.state.database.read() as connection:
        return audit.newest_first(connection, visited.desk, limit=_ON_A_PAGE, before=before)
