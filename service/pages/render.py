"""Makes HTML of templates and view models, and gives it the headers that keep it harmless.

Templates hold no script and no style; everything that people wrote is escaped by Jinja2.
"""

import hashlib
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from service.pages.forms import ONCE_FIELD, PROOF_FIELD
from service.pages.texts import TAGS, TEMPLATES
from service.pages.visit import Visit
from triagem.store.keys import Scope

WEB: Final = Path(__file__).parents[1] / "web"
STATIC: Final = {
    "triagem.css": ("triagem.css", "text/css"),
    "htmx.js": ("htmx/htmx.min.js", "text/javascript"),
    "console.js": ("console.js", "text/javascript"),
    "sending.js": ("sending.js", "text/javascript"),
    "tour.js": ("tour.js", "text/javascript"),
    "icon.svg": ("icon.svg", "image/svg+xml"),
}
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    # With `no-referrer` a browser would send forms with the origin `null`, and we could not tell them from others'.
    "Referrer-Policy": "same-origin",
}


@cache
def environment() -> Environment:
    """The templates, compiled as they are first used. A name that a view does not give raises."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"static": static_address, "proof_field": PROOF_FIELD, "once_field": ONCE_FIELD, "tags": TAGS}
    return made


@cache
def static_address(name: str) -> str:
    """Where a file is served, with its digest, so that a browser may keep it for ever."""
    digest = hashlib.sha256((WEB / STATIC[name][0]).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def page(template: str, visited: Visit, *, status: int = HTTPStatus.OK, **view: Any) -> Response:
    """A page or a part of one, in the visit's language."""
    speaker = visited.speaker
    text = (
        environment()
        .get_template(template)
        .render(
            visit=visited,
            say=speaker.say,
            speaker=speaker,
            caller=visited.caller,
            may_triage=visited.may(Scope.TRIAGE),
            may_administer=visited.may(Scope.ADMIN),
            path=visited.request.url.path,
            **view,
        )
    )
    response = HTMLResponse(text, status_code=status, headers=HEADERS)
    visited.keep_cookies(response)
    return response


def see_other(address: str) -> RedirectResponse:
    """To another page after something was done, so that reloading does not do it again."""
    return RedirectResponse(address, status_code=HTTPStatus.SEE_OTHER, headers=HEADERS)
