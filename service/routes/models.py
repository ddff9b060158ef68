"""Models: which there are, which answer, training another, and going back."""

from http import HTTPStatus
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Header, Response
from fastapi.responses import HTMLResponse

from service.auth import Caller, MayAdminister
from service.routes.common import LanguageQuery, PathId, problems
from service.schemas.base import language_of
from service.schemas.models import (
    ModelOut,
    ModelsOut,
    PromoteIn,
    PromotionOut,
    RollbackIn,
    TrainIn,
    model_out,
    promotion_out,
)
from service.schemas.runs import RunOut, run_out
from service.state import Open, State
from triagem.store import models, runs
from triagem.store.audit import OVER_HTTP
from triagem.store.models import Promotion
from triagem.store.once import id_of
from triagem.store.runs import Run, RunKind
from triagem.triage import taxonomy
from triagem.triage.promotion import promote as promote_version
from triagem.triage.report_page import content_security_policy, report_page
from triagem.types import Language

router = APIRouter(prefix="/v1", tags=["models"], responses=problems())


@router.get("/models")
async def list_models(caller: MayAdminister, state: Open) -> ModelsOut:
    """All versions, newest first, and the fields that each one answers now."""
    return await anyio.to_thread.run_sync(_list, state, caller.desk)


@router.get("/models/{version}", responses=problems(404))
async def get_model(version: PathId, caller: MayAdminister, state: Open) -> ModelOut:
    """One version with its report."""
    return await anyio.to_thread.run_sync(_get, state, caller.desk, version)


@router.get(
    "/models/{version}/report",
    response_class=HTMLResponse,
    responses=problems(404, others={200: {"content": {"text/html": {"schema": {"type": "string"}}}}}),
)
async def get_report(
    version: PathId, caller: MayAdminister, state: Open, language: LanguageQuery = None
) -> HTMLResponse:
    """The version's report as a page with charts, without scripts; `GET /v1/models/{version}` has it as JSON."""
    spoken = state.sources.guidance.spoken(language_of(language or None) or Language.UND)
    page = await anyio.to_thread.run_sync(_report, state, caller.desk, version, spoken)
    return HTMLResponse(page, headers={"Content-Security-Policy": content_security_policy()})


@router.post("/models:train", status_code=HTTPStatus.ACCEPTED)
async def train(
    caller: MayAdminister,
    state: Open,
    response: Response,
    body: TrainIn | None = None,
    once: Annotated[str, Header(alias="Idempotency-Key", max_length=200)] = "",
) -> RunOut:
    """Queues a training; while one is queued or running, that one is answered. So is one that was asked for with the
    same `Idempotency-Key` and has not failed.
    """
    run = await anyio.to_thread.run_sync(_train, state, caller, body or TrainIn(), once)
    state.runner.look()
    response.headers["Location"] = f"/v1/runs/{run.id}"
    return run_out(run)


@router.post("/models/{version}:promote", responses=problems(404, 409))
async def promote(version: PathId, caller: MayAdminister, state: Open, body: PromoteIn | None = None) -> PromotionOut:
    """Lets a version answer its fields from the next request on, if it is whole and as good as what answers now."""
    promotion = await anyio.to_thread.run_sync(_promote, state, caller, version, body or PromoteIn())
    return promotion_out(promotion)


@router.post("/models:rollback", responses=problems(409))
async def rollback(caller: MayAdminister, state: Open, body: RollbackIn | None = None) -> PromotionOut:
    """Returns to what answered before the last promotion, nothing before the first; from one that is named once."""
    promotion = await anyio.to_thread.run_sync(_roll_back, state, caller, body or RollbackIn())
    return promotion_out(promotion)


def _list(state: State, desk: str) -> ModelsOut:
    with state.database.read() as connection:
        in_force = models.in_force(connection, desk)
        return ModelsOut(models=[model_out(model, in_force) for model in models.newest_first(connection, desk)])


def _get(state: State, desk: str, version: str) -> ModelOut:
    with state.database.read() as connection:
        return model_out(models.get(connection, desk, version), models.in_force(connection, desk))


def _report(state: State, desk: str, version: str, language: Language) -> str:
    with state.database.read() as connection:
        return report_page(
            models.get(connection, desk, version),
            models.answering(connection, desk),
            taxonomy.load(connection, desk),
            language,
        )


def _train(state: State, caller: Caller, body: TrainIn, once: str) -> Run:
    parameters = {**body.model_dump(mode="json", exclude_none=True), "by": caller.actor}
    run_id = id_of(once, caller.desk, RunKind.TRAIN.value, parameters)
    with state.database.write() as connection:
        return runs.queue(connection, caller.desk, kind=RunKind.TRAIN, parameters=parameters, run_id=run_id)


def _promote(state: State, caller: Caller, version: str, body: PromoteIn) -> Promotion:
    promotion, _ = promote_version(
        state.database,
        caller.desk,
        version,
        encoder_digest=state.encoder.digest,
        actor=caller.actor,
        why=body.why or OVER_HTTP,
        forced=body.force,
    )
    return promotion


def _roll_back(state: State, caller: Caller, body: RollbackIn) -> Promotion:
    with state.database.write() as connection:
        return models.roll_back(
            connection, caller.desk, actor=caller.actor, why=body.why or OVER_HTTP, from_id=body.promotion_id
        )
