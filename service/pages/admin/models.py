"""Trained versions: what each learned, whether the evidence speaks for it, training another, promoting and going back.

What is done is done by the routes of the API, so that it is judged and written down alike.
"""

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

import anyio.to_thread
from fastapi import APIRouter, Response
from markupsafe import Markup

from service.pages.admin.log import Told, told
from service.pages.forms import posted
from service.pages.render import page, see_other
from service.pages.routing import AdminVisit, PageRoute, Refused
from service.pages.texts import Speaker
from service.pages.visit import Visit
from service.routes import models as api
from service.routes.candidates import put_shadow
from service.routes.common import PathId
from service.schemas.candidates import ShadowIn
from service.schemas.models import PromoteIn, RollbackIn, TrainIn
from triagem.errors import Conflict, TriagemError
from triagem.store import models
from triagem.store.audit import OVER_HTTP, Action, Entry
from triagem.store.models import Model, Promotion
from triagem.triage import taxonomy
from triagem.triage.gate import COMMONEST, FieldVerdict, judge_promotion
from triagem.triage.objection import parts_named, sentence
from triagem.triage.report_page import report_body
from triagem.triage.shadow import in_shadow
from triagem.triage.taxonomy import Taxonomy
from triagem.types import TicketField

router = APIRouter(prefix="/admin/models", include_in_schema=False, route_class=PageRoute)

_DONE: Final = frozenset({"promoted", "rolled_back", "withdrawn"})


@router.get("")
async def show_all(visited: AdminVisit, done: str = "") -> Response:
    return await _models_page(visited, done=visited.speaker.say(f"done.{done}") if done in _DONE else None)


@router.post("/train")
async def train(visited: AdminVisit) -> Response:
    form = await posted(visited)
    run = await api.train(visited.known, visited.state, Response(), TrainIn(), once=form.once)
    return see_other(f"/admin/runs/{run.id}")


@router.post("/rollback")
async def roll_back(visited: AdminVisit) -> Response:
    form = await posted(visited)
    try:
        meant = RollbackIn(why=form.why() or None, promotion_id=int(form.text("promotion")))
    except ValueError:
        raise Refused("error.input") from None
    try:
        back = await api.rollback(visited.known, visited.state, meant)
    except Conflict:
        return await _models_page(visited, refused=visited.speaker.say("error.Conflict"), why=form.why())
    return see_other(f"/admin/models?done={'rolled_back' if back.assignments else 'withdrawn'}")


@router.get("/{version}")
async def show(visited: AdminVisit, version: PathId) -> Response:
    return await _version_page(visited, version)


@router.get("/{version}/report")
async def report(visited: AdminVisit, version: PathId) -> Response:
    """The report that `triagem models show --html` writes, in this page's frame."""
    model, current = await anyio.to_thread.run_sync(_read_with_current, visited, version)
    names = await anyio.to_thread.run_sync(_read_names, visited)
    written = report_body(model, current, names, visited.speaker.language, zone=visited.speaker.zone)
    body = Markup(written)  # noqa: S704 - escaped where it is made
    return page("admin/report.html", visited, model=model, body=body)


@router.get("/{version}/gate")
async def gate(visited: AdminVisit, version: PathId) -> Response:
    """The comparison with what answers now, on the same tickets; it takes a moment, so pages ask for it apart."""
    return page("admin/gate.html", visited, version=version, verdicts=await _judge(visited, version), **_FOR_VERDICTS)


@router.post("/{version}/promote")
async def promote(visited: AdminVisit, version: PathId) -> Response:
    form = await posted(visited)
    why, force = form.why(), form.text("force") == "1"
    if force and not why:
        said = visited.speaker.say("models.force_needs_why")
        return await _version_page(visited, version, status=HTTPStatus.UNPROCESSABLE_ENTITY, refused=said, force=True)
    try:
        await api.promote(version, visited.known, visited.state, PromoteIn(force=force, why=why or None))
    except Conflict:
        verdicts = await _judge(visited, version)
        said = visited.speaker.say("models.refused")
        return await _version_page(
            visited, version, status=HTTPStatus.CONFLICT, refused=said, verdicts=verdicts, why=why, force=force
        )
    return see_other("/admin/models?done=promoted")


@router.post("/{version}/shadow")
async def shadow(visited: AdminVisit, version: PathId) -> Response:
    """Lets the version answer in shadow, or none any more."""
    form = await posted(visited)
    meant = ShadowIn(version=None if form.text("off") else version, why=form.why() or OVER_HTTP)
    await put_shadow(meant, visited.known, visited.state)
    return see_other(f"/admin/models/{quote(version)}")


def objection_of(verdict: FieldVerdict, speaker: Speaker) -> str:
    """Why the gate objects, as a sentence in the page's language; empty where it does not."""
    if verdict.objection is None:
        return ""
    said = sentence(verdict.objection, speaker.language)
    return f"{said[0].upper()}{said[1:]}."


def untold_of(verdict: FieldVerdict, speaker: Speaker) -> str:
    """What has too few tickets to be judged alone, in the page's language."""
    return parts_named(verdict.untold_classes, verdict.untold_languages, speaker.language)


_FOR_VERDICTS: Final[dict[str, Any]] = {"objection_of": objection_of, "untold_of": untold_of, "commonest": COMMONEST}


async def _models_page(
    visited: Visit, *, done: str | None = None, refused: str | None = None, why: str = ""
) -> Response:
    """All versions; after a rollback that was `refused` with the reason that was typed for it."""
    known, current, earlier = await anyio.to_thread.run_sync(_read_all, visited)
    return page(
        "admin/models.html",
        visited,
        status=HTTPStatus.CONFLICT if refused else HTTPStatus.OK,
        models=known,
        current=current.assignments if current else {},
        last=current.id if current is not None and current.assignments else None,
        earlier=earlier,
        withdrawn=_withdrawal(current, visited.speaker),
        done=done,
        refused=refused,
        why=why,
        fields=[field.value for field in TicketField],
    )


def _withdrawal(current: Promotion | None, speaker: Speaker) -> Told | None:
    """Who took the last model back, and why; None while one answers, and before the first."""
    if current is None or current.assignments:
        return None
    return told(Entry(current.actor, Action.WITHDRAW, "", current.why, at=current.created_at), speaker)


async def _version_page(
    visited: Visit,
    version: str,
    *,
    status: int = HTTPStatus.OK,
    refused: str = "",
    verdicts: list[FieldVerdict] | None = None,
    why: str = "",
    force: bool = False,
) -> Response:
    """The version's page; after a promotion that was `refused` with what was typed for it."""
    model, current = await anyio.to_thread.run_sync(_read_with_current, visited, version)
    return page(
        "admin/model.html",
        visited,
        status=status,
        shadow=await anyio.to_thread.run_sync(_in_shadow, visited),
        model=model,
        answers=[field.value for field, other in current.items() if other.version == version],
        refused=refused,
        verdicts=verdicts,
        why=why,
        force=force,
        **_FOR_VERDICTS,
    )


async def _judge(visited: Visit, version: str) -> list[FieldVerdict] | None:
    """The gate's verdicts; None where the version cannot be opened, such as one of another encoder."""
    state = visited.state
    try:
        return await anyio.to_thread.run_sync(
            lambda: judge_promotion(state.database, visited.desk, version, encoder_digest=state.encoder.digest)
        )
    except TriagemError:
        return None


def _read_all(visited: Visit) -> tuple[list[Model], Promotion | None, dict[str, str]]:
    """All versions, what is in force, and what a rollback would let answer."""
    with visited.state.database.read() as connection:
        current = models.in_force(connection, visited.desk)
        earlier, _ = models.before(connection, visited.desk, current) if current else ({}, None)
        return models.newest_first(connection, visited.desk), current, earlier


def _read_names(visited: Visit) -> Taxonomy:
    with visited.state.database.read() as connection:
        return taxonomy.load(connection, visited.desk)


def _in_shadow(visited: Visit) -> str | None:
    with visited.state.database.read() as connection:
        return in_shadow(connection, visited.desk)


def _read_with_current(visited: Visit, version: str) -> tuple[Model, dict[TicketField, Model]]:
    with visited.state.database.read() as connection:
        return models.get(connection, visited.desk, version), models.answering(connection, visited.desk)
