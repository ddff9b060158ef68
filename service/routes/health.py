"""Whether the process lives, whether it can answer, and its numbers."""

from http import HTTPStatus

import anyio.to_thread
from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from service.auth import MayMeasure
from service.routes.common import Responses, problems
from service.schemas.base import Out
from service.state import Open

router = APIRouter(tags=["health"])


class LiveOut(Out):
    alive: bool = True


class ReadyOut(Out):
    """`reasons` say what stands in the way, or what is missing without standing in the way."""

    ready: bool
    reasons: list[str]


_NOT_READY: Responses = {503: {"model": ReadyOut, "description": "Not ready."}}
_NUMBERS: Responses = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}


@router.head("/livez", include_in_schema=False)
@router.get("/livez", responses=problems())
async def livez() -> LiveOut:
    """The process answers."""
    return LiveOut()


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz", responses=problems(others=_NOT_READY))
async def readyz(state: Open, response: Response) -> ReadyOut:
    """Whether the database and the encoder answer, and whether there is anything to suggest."""
    health = await anyio.to_thread.run_sync(state.health)
    if not health.ready:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return ReadyOut(ready=health.ready, reasons=list(health.reasons))


@router.get("/metrics", responses=problems(others=_NUMBERS), openapi_extra={"security": [{}]})
async def metrics(_caller: MayMeasure, state: Open) -> Response:
    """Numbers for Prometheus, of all service processes together."""
    registry = REGISTRY
    if state.settings.workers > 1:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
