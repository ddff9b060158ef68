"""The page that a browser gets in place of its own when the service is full or late: what happened, and what to do.

When that is so, `service.admission` decides; calls of the API are told by a problem.
"""

from enum import StrEnum
from functools import cache

from starlette.requests import Request
from starlette.types import Scope

from service.context import header
from service.pages.render import environment
from service.pages.texts import TAGS, catalogue
from service.pages.visit import reading_language
from service.state import state_of
from triagem.types import Language


class Refusal(StrEnum):
    """Why nothing else is answered. After `FULL` nothing was done; after `LATE` it may have been."""

    FULL = "full"
    LATE = "late"


def wants_page(scope: Scope) -> bool:
    """Whether a browser asks for a page, or our script for one to take parts of."""
    return not scope["path"].startswith("/v1/") and "text/html" in (header(scope, b"accept") or "")


def refusal_page(scope: Scope, refusal: Refusal) -> bytes:
    """The page in the reader's language. It holds nothing of the desk, and costs nothing once it was made."""
    request = Request(scope)
    return _rendered(refusal, reading_language(request, state_of(request)), sent=request.method == "POST")


@cache
def _rendered(refusal: Refusal, language: Language, *, sent: bool) -> bytes:
    def say(name: str) -> str:
        return catalogue()[name][language]

    said = say(f"refusal.{refusal.value}" if sent else f"refusal.{refusal.value}_page")
    page = environment().get_template("refusal.html")
    return page.render(say=say, tag=TAGS[language], said=said, sent=sent).encode()
