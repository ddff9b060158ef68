"""What an administrator should look at first: the desk in a few numbers, and whatever needs attention."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import anyio.to_thread
from fastapi import APIRouter
from starlette.responses import Response

from service.pages.admin.knowledge import Worry, shelved
from service.pages.admin.quality import PERIOD
from service.pages.agent.queue import Chosen, Need, Order, needs, read_queue
from service.pages.render import page
from service.pages.routing import AdminVisit, PageRoute
from service.pages.visit import Visit
from service.routes.insights import read_quality
from triagem.insight.quality import Alarm
from triagem.store import articles, events, generations, models, runs, tickets
from triagem.store.events import EventKind
from triagem.store.runs import Run, RunState
from triagem.triage.labels import reviews_of
from triagem.types import TicketField

router = APIRouter(prefix="/admin", include_in_schema=False, route_class=PageRoute)

_RUNS: Final = 5
_UNDER_WAY: Final = (RunState.QUEUED, RunState.RUNNING)


@dataclass(frozen=True, slots=True)
class Attention:
    """Something to look at: `text` names a sentence of the catalogue, `link` where it is dealt with."""

    text: str
    link: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class Overview:
    """`undecided` and `at_risk` are counted among the `considered` newest of the open tickets; `reviews` are the labels
    that agents gave since the newest training began; `is_withdrawn` where somebody decided that no model shall answer.
    """

    open_tickets: int
    considered: int
    undecided: int
    at_risk: int
    articles: int
    tickets: int
    suggestions: int
    assignments: dict[str, str]
    is_withdrawn: bool
    newest_model: str | None
    trained_at: datetime | None
    reviews: int
    runs: list[Run]
    attention: list[Attention]


@router.get("")
async def show(visited: AdminVisit) -> Response:
    found = await anyio.to_thread.run_sync(read_overview, visited)
    return page("admin/overview.html", visited, overview=found, fields=[field.value for field in TicketField])


def read_overview(visited: Visit) -> Overview:
    """Call it from a thread."""
    state, desk = visited.state, visited.desk
    queue = read_queue(state, desk, Chosen(order=Order.NEWEST), now=visited.now)
    with state.database.read() as connection:
        known = models.newest_first(connection, desk)
        current = models.in_force(connection, desk)
        latest = runs.newest_first(connection, desk, limit=_RUNS)
        trained_at = known[0].created_at if known else None
        reviews = reviews_of(state.remembered.words(connection, desk, said_since=trained_at))
        found = Overview(
            open_tickets=tickets.count_open(connection, desk),
            considered=queue.considered,
            undecided=sum(needs(row, Need.UNDECIDED) for row in queue.rows),
            at_risk=sum(row.at_risk for row in queue.rows),
            articles=articles.count(connection, desk),
            tickets=tickets.count(connection, desk),
            suggestions=events.count_of(connection, desk, EventKind.SUGGESTION),
            assignments=current.assignments if current else {},
            is_withdrawn=current is not None and not current.assignments,
            newest_model=known[0].version if known else None,
            trained_at=trained_at,
            reviews=len(reviews),
            runs=latest,
            attention=[],
        )
        indexed = generations.published(connection, desk) is not None
    found.attention.extend(_attention(visited, found, indexed=indexed))
    return found


def _attention(visited: Visit, found: Overview, *, indexed: bool) -> list[Attention]:
    noticed = []
    if not found.articles:
        noticed.append(Attention("attention.no_articles", "/admin/imports"))
    elif not indexed:
        noticed.append(Attention("attention.no_index", "/admin/imports"))
    if found.is_withdrawn:
        noticed.append(Attention("attention.withdrawn", "/admin/models"))
    elif not found.assignments:
        noticed.append(Attention("attention.no_model", "/admin/models"))
    elif found.newest_model not in found.assignments.values():
        noticed.append(Attention("attention.waiting_model", f"/admin/models/{found.newest_model}"))
    quality = read_quality(visited.state, visited.desk, PERIOD)
    closed = sum(len({name for names in field.closed.values() for name in names}) for field in quality.fields)
    if closed:
        noticed.append(Attention("attention.closed", "/admin/quality", closed))
    alarms = sum(alarm is not Alarm.CLOSED for field in quality.fields for alarm in field.alarms)
    if alarms:
        noticed.append(Attention("attention.alarms", "/admin/quality", alarms))
    if found.reviews:
        noticed.append(Attention("attention.reviews", "/admin/models", found.reviews))
    failed = [run for run in found.runs[:1] if run.state is RunState.FAILED]
    noticed += [Attention("attention.failed_run", f"/admin/runs/{run.id}") for run in failed]
    noticed += [
        Attention("attention.running", f"/admin/runs/{run.id}") for run in found.runs if run.state in _UNDER_WAY
    ]
    if found.at_risk:
        noticed.append(Attention("attention.at_risk", "/agent?risk=1", found.at_risk))
    shelf = shelved(visited.state, visited.desk, now=visited.now)
    for worry in (Worry.STALE, Worry.NO_PAIR, Worry.NEVER_USEFUL):
        many = sum(one.has(worry) for one in shelf)
        if many:
            noticed.append(Attention(f"attention.{worry.value}", f"/admin/knowledge?worry={worry.value}", many))
    if visited.known.key is None:
        noticed.append(Attention("attention.no_keys", "/admin/keys"))
    return noticed
