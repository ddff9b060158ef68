"""What all pages share as routes: errors become pages in the visitor's language, links from elsewhere keep the session.

Which sentence an error becomes is decided here; what happened is said by whoever raises.
"""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import Depends, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.responses import HTMLResponse, Response

from service.context import context_of
from service.errors import STATUS_OF
from service.observability import log, where
from service.pages.refusal import Refusal
from service.pages.render import HEADERS, environment, page, see_other
from service.pages.texts import Speaker
from service.pages.visit import FORM_COOKIE, SignInNeeded, Visit, Visiting, visit
from triagem.errors import TriagemError
from triagem.store.keys import Scope

AgentVisit = Annotated[Visit, Depends(Visiting(Scope.TRIAGE))]
AdminVisit = Annotated[Visit, Depends(Visiting(Scope.ADMIN))]

_Handler = Callable[[Request], Coroutine[Any, Any, Response]]
_SIGN_IN: Final = "/sign-in"


class Refused(Exception):
    """What was asked for cannot be done; `text` names the sentence of the pages' catalogue that says why."""

    def __init__(self, text: str, *, status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY, **values: object) -> None:
        super().__init__(text)
        self.text = text
        self.status = status
        self.values = values

    def said(self, speaker: Speaker) -> str:
        """The sentence, for a page that shows its form again beside it."""
        return speaker.say(self.text, **self.values)


class PageRoute(APIRoute):
    """A route whose errors are pages."""

    def get_route_handler(self) -> _Handler:
        handle = super().get_route_handler()

        async def handle_as_page(request: Request) -> Response:
            if _comes_from_elsewhere(request):
                return HTMLResponse(environment().get_template("bounce.html").render(), headers=HEADERS)
            try:
                return await handle(request)
            except SignInNeeded:
                return see_other(f"{_SIGN_IN}?next={quote(_next_of(request))}")
            except Refused as refused:
                return await _error_page(request, refused.status, refused.text, **refused.values)
            except HTTPException as error:
                return await _error_page(request, error.status_code, _text_of(error))
            except RequestValidationError:
                return await _error_page(request, HTTPStatus.UNPROCESSABLE_ENTITY, "error.input")
            except TriagemError as error:
                return await _error_page(request, STATUS_OF[type(error)], f"error.{type(error).__name__}")
            except Exception as error:  # what nobody foresaw is a page too, and the log says where it was
                request_id = context_of(request.scope).request_id
                log.error("failed", request_id=request_id, error=type(error).__name__, at=where(error))
                return await _error_page(request, HTTPStatus.INTERNAL_SERVER_ERROR, "error.unforeseen", id=request_id)

        return handle_as_page


def _comes_from_elsewhere(request: Request) -> bool:
    """A link on another site: our cookies stay away from it, and come with the next request, which our page makes."""
    return (
        request.method == "GET"
        and request.headers.get("sec-fetch-site") == "cross-site"
        and FORM_COOKIE not in request.cookies
    )


def _next_of(request: Request) -> str:
    if request.method != "GET":
        return "/agent"
    query = f"?{request.url.query}" if request.url.query else ""
    return request.url.path + query


def _text_of(error: HTTPException) -> str:
    if error.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
        return f"refusal.{Refusal.FULL.value}"
    known = ("scope", "origin", "token", "no_keys")
    return f"error.{error.detail}" if error.detail in known else f"error.status_{error.status_code}"


async def _error_page(request: Request, status: int, text: str, **values: object) -> Response:
    try:
        visited = await visit(request)
    except HTTPException as error:
        # A stranger on a service without keys: they are told so, and nothing of the desk.
        return HTMLResponse(
            environment().get_template("stranger.html").render(), status_code=error.status_code, headers=HEADERS
        )
    name = text if visited.speaker.knows(text) else "error.other"
    return page("error.html", visited, status=status, text=visited.speaker.say(name, **values))
