"""Puts the service together: settings in, an ASGI application out.

The order of the layers stands here; what each does, in its own module.
"""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any, Final

import anyio.to_thread
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema
from starlette.middleware import Middleware

from service import errors
from service.addresses import ReadableAddresses
from service.admission import Admission
from service.headers import ResponseHeaders
from service.limits import BodyLimits
from service.observability import Observed, Unforeseen, configure_logging
from service.pages.rooms import ROUTERS as PAGES
from service.routes import (
    articles,
    audit,
    candidates,
    docs,
    feedback,
    health,
    insights,
    models,
    requests,
    runs,
    search,
    suggest,
    targets,
    tickets,
    triage,
    widget,
)
from service.state import open_state
from triagem.processes import end_with_parent
from triagem.settings import Settings

_ROUTES: Final = (
    suggest,
    requests,
    triage,
    search,
    feedback,
    articles,
    tickets,
    models,
    targets,
    candidates,
    runs,
    audit,
    insights,
    health,
    docs,
    widget,
)
_SCHEMAS: Final = "#/components/schemas/{model}"


def create_app(settings: Settings, *, owns_process: bool = False) -> FastAPI:
    """The service for one data directory. It opens its state when it is started, not when it is made.

    With `owns_process` what is open after the start is taken out of the garbage collector's rounds, for good.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        state = await open_state(settings)
        app.state.triagem = state
        if owns_process:
            # Libraries and indexes live as long as the process; visiting them took 5 % of the time under load.
            gc.collect()
            gc.freeze()
            gc.enable()
        try:
            yield
        finally:
            await anyio.to_thread.run_sync(state.close)

    app = FastAPI(
        title="Triagem",
        version=version("triagem"),
        summary="Articles that may solve a request, and the fields of the ticket if they do not.",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        telemetry={"tracing": False, "metrics": False, "logs": False},
        middleware=[
            Middleware(Observed),
            Middleware(ResponseHeaders),
            Middleware(Unforeseen),
            Middleware(BodyLimits),
            Middleware(ReadableAddresses),
            Middleware(Admission, max_waiting=settings.max_waiting, deadline_s=settings.request_timeout_s),
        ],
    )
    errors.install(app)
    for router in (*(room.router for room in _ROUTES), *PAGES):
        app.include_router(router)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def from_environment() -> FastAPI:
    """What each of several service processes starts with; `triagem serve` has put its settings into the environment.

    They end with the process that keeps them: killed, it would leave them answering at the port of the next one.
    """
    end_with_parent()
    configure_logging()
    return create_app(Settings(), owns_process=True)


def _openapi(app: FastAPI) -> dict[str, Any]:
    """FastAPI's document, with the schema of problems that its routes refer to."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
        _, problems = models_json_schema([(errors.Problem, "serialization")], ref_template=_SCHEMAS)
        document["components"]["schemas"] |= problems["$defs"]
        app.openapi_schema = document
    return app.openapi_schema
