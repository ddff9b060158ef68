"""What can be seen of the service from outside: one log line and a few numbers per request, never its text.

Logs are JSON on stderr; the numbers are served by `service.routes.health`.
"""

import logging
import sys
import time
import traceback
from http import HTTPStatus

import structlog
from prometheus_client import Counter, Gauge, Histogram
from starlette.types import ASGIApp, Receive, Scope, Send

from service.context import RequestContext, Watched, context_of, header, open_context
from service.replies import send_problem

REQUESTS = Histogram(
    "triagem_request_seconds",
    "Time to answer a request.",
    ["route", "method", "status"],
    buckets=(0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0),
)
ENCODED_TOGETHER = Histogram(
    "triagem_encoder_batch_texts", "Texts that went through the encoder in one call.", buckets=(1, 2, 4, 8, 16, 32)
)
EVENTS_DROPPED = Counter("triagem_events_dropped_total", "Events that were not written.")
SHADOW_DROPPED = Counter("triagem_shadow_dropped_total", "Triages that a busy candidate in shadow did not answer.")
CLOSED_CLASSES = Gauge(
    "triagem_closed_classes",
    "Classes that corrections have closed.",
    ["desk", "field"],
    multiprocess_mode="mostrecent",
)
IN_FLIGHT = Gauge("triagem_requests_in_flight", "Requests being answered now.", multiprocess_mode="livesum")

_UNKNOWN_ROUTE = "(none)"
_QUIET = frozenset({"/livez", "/readyz", "/metrics"})

log = structlog.stdlib.get_logger("triagem.service")


class Observed:
    """The outermost layer: gives each request an id, measures it and logs it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        context = open_context(scope, header(scope, b"x-request-id"))
        watched, began = Watched(send), time.perf_counter()
        IN_FLIGHT.inc()
        try:
            await self._app(scope, receive, watched)
        finally:
            IN_FLIGHT.dec()
            _note(scope, context, watched.status or 0, time.perf_counter() - began)


class Unforeseen:
    """Answers 500 for what nobody foresaw, and says in the log where it was."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        watched = Watched(send)
        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            request_id = context_of(scope).request_id
            log.error("failed", request_id=request_id, error=type(error).__name__, at=where(error))
            if watched.status is None:
                detail = "Something went wrong here. The log says more under this request's id."
                await send_problem(send, HTTPStatus.INTERNAL_SERVER_ERROR, detail, request_id=request_id)


def _note(scope: Scope, context: RequestContext, status: int, seconds: float) -> None:
    route = _route_of(scope) or _UNKNOWN_ROUTE
    method = scope["method"] if route != _UNKNOWN_ROUTE else "(any)"
    REQUESTS.labels(route, method, status).observe(seconds)
    if route not in _QUIET:
        log.info(
            "request",
            request_id=context.request_id,
            method=method,
            route=route,
            status=status,
            ms=round(seconds * 1000, 2),
            desk=context.desk,
        )


def _route_of(scope: Scope) -> str | None:
    route = scope.get("route")
    path: str | None = getattr(route, "path", None)
    return path


def where(error: BaseException) -> list[str]:
    """The calls that led to an error, innermost last. Its message is left out: it may quote a ticket."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def configure_logging() -> None:
    """JSON lines on stderr for this process: ours and, through the same handler, those of libraries."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(ensure_ascii=True)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name, _without_traceback_text],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=True),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.captureWarnings(True)


def _without_traceback_text(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    failure = event.pop("exc_info", None)
    if isinstance(failure, tuple) and failure[1] is not None:
        event["error"], event["at"] = type(failure[1]).__name__, where(failure[1])
    return event
