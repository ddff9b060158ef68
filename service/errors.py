"""Turns every error into one shape, `application/problem+json` (RFC 9457), and says which status each stands for.

A problem never repeats what the caller sent: it names the field and the rule, not the value.
"""

import json
from collections.abc import Collection, Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

from service.context import context_of
from triagem.errors import (
    Cancelled,
    Conflict,
    DamagedArtifact,
    ForeignIndex,
    InvalidInput,
    NoGeneration,
    NoModel,
    NotFound,
    TriagemError,
    UnsupportedFormat,
)
from triagem.triage.objection import NotPromoted, sentence
from triagem.types import Language

MEDIA_TYPE = "application/problem+json"

# What stands here is all there is: a test fails when a child of `TriagemError` has no line.
STATUS_OF: Mapping[type[TriagemError], HTTPStatus] = {
    InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    NotPromoted: HTTPStatus.CONFLICT,
    Cancelled: HTTPStatus.CONFLICT,
    NoGeneration: HTTPStatus.CONFLICT,
    ForeignIndex: HTTPStatus.SERVICE_UNAVAILABLE,
    NoModel: HTTPStatus.CONFLICT,
    DamagedArtifact: HTTPStatus.SERVICE_UNAVAILABLE,
    UnsupportedFormat: HTTPStatus.SERVICE_UNAVAILABLE,
}

_UNKNOWN_FIELD = "extra_forbidden"
# Pydantic's mark behind the key of a mapping that is none of those it may have.
_WRONG_KEY = "[key]"


class FieldProblem(BaseModel):
    """One rule that a request broke, and where; of a promotion, one objection of the gate to a field."""

    field: str
    rule: str
    message: str


class Problem(BaseModel):
    """RFC 9457. `instance` names this one request, as the logs do."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldProblem] | None = None


def problem_body(
    status: int, detail: str, *, request_id: str, kind: str = "about:blank", errors: list[FieldProblem] | None = None
) -> bytes:
    """The JSON of a problem, in ASCII, so that no text can spoil it."""
    problem = Problem(
        type=kind,
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=f"urn:triagem:request:{request_id}",
        errors=errors,
    )
    return json.dumps(problem.model_dump(exclude_none=True)).encode("ascii")


def install(app: FastAPI) -> None:
    """Makes every error that leaves a route a problem. What nobody foresaw is `observability`'s to answer."""
    app.add_exception_handler(TriagemError, _on_triagem_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_exception)


async def _on_triagem_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, TriagemError)
    objections = _objections(error) if isinstance(error, NotPromoted) else None
    return _respond(
        request, STATUS_OF[type(error)], _without_path(error, request), kind=_kind_of(error), errors=objections
    )


async def _on_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    unknown = {one["loc"][:-1] for one in found if one["type"] != _UNKNOWN_FIELD and one["loc"][-1] == _WRONG_KEY}
    problems = [_field_problem(one, unknown) for one in found]
    return _respond(
        request,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The request breaks the rules listed under 'errors'.",
        kind="urn:triagem:problem:invalid-request",
        errors=problems,
    )


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = error.detail
    if error.status_code == HTTPStatus.BAD_REQUEST:
        detail = "The body cannot be read as JSON."
    elif error.status_code == HTTPStatus.NOT_FOUND:
        detail = "There is no such address. What there is stands under /docs."
    elif error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        detail = "This address does not know that method; the Allow header says which it knows."
    return _respond(request, error.status_code, detail, headers=error.headers)


def _respond(
    request: Request,
    status: int,
    detail: str,
    *,
    kind: str = "about:blank",
    errors: list[FieldProblem] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    body = problem_body(status, detail, request_id=context_of(request.scope).request_id, kind=kind, errors=errors)
    return Response(body, status_code=status, media_type=MEDIA_TYPE, headers=dict(headers or {}))


def _objections(error: NotPromoted) -> list[FieldProblem]:
    """Each objection of the gate as a rule that was broken: its code, and the sentence."""
    return [
        FieldProblem(field=field.value, rule=one.code.value, message=sentence(one, Language.EN))
        for field, one in error.objections
    ]


def _kind_of(error: TriagemError) -> str:
    name = type(error).__name__
    return "urn:triagem:problem:" + "".join(f"-{c.lower()}" if c.isupper() else c for c in name).lstrip("-")


def _without_path(error: TriagemError, request: Request) -> str:
    """The error's message without the ids of the path that it quotes."""
    return without(str(error), *(str(value) for value in request.path_params.values()))


def without(message: str, *values: str) -> str:
    """A message fit for a problem: where it quotes one of the caller's `values`, an ellipsis stands."""
    for value in values:
        message = message.replace(f"'{value}'", "…")
    return message


def _field_problem(found: Mapping[str, object], unknown: Collection[tuple[object, ...]]) -> FieldProblem:
    """`unknown` are the places that are named by a key of the caller's own."""
    rule, where = str(found["type"]), found["loc"]
    assert isinstance(where, tuple)
    if rule == _UNKNOWN_FIELD:
        return FieldProblem(
            field=_name(where[:-1]), rule=rule, message="A field is not known here; /docs lists those that are."
        )
    if rule == "json_invalid":
        return FieldProblem(field="body", rule=rule, message="The body is not valid JSON.")
    known = next((length for length in range(len(where)) if where[: length + 1] in unknown), len(where))
    return FieldProblem(field=_name(where[:known]), rule=rule, message=str(found["msg"]))


def _name(where: tuple[object, ...]) -> str:
    return ".".join(str(part) for part in where)
