"""Forms that were sent: whether they came from our own page in this very browser, and what stands in them."""

import hmac
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from fastapi import HTTPException, Request
from starlette.datastructures import FormData

from service.pages.visit import Visit

PROOF_FIELD: Final = "csrf"
ONCE_FIELD: Final = "once"
_LONGEST_WHY: Final = 500
_LONGEST_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form that came from our own page."""

    fields: FormData

    def text(self, name: str, *, longest: int = 2_000) -> str:
        """A field's text without what cannot be stored, stripped and cut at `longest`; empty where there is none."""
        value = self.fields.get(name)
        if not isinstance(value, str):
            return ""
        return "".join(c for c in value if c != "\0" and not "\ud800" <= c <= "\udfff").strip()[:longest]

    def why(self) -> str:
        """The reason that was given, as the audit log keeps it; empty where there is none."""
        return self.text("why", longest=_LONGEST_WHY)

    @property
    def once(self) -> str:
        """The mark of the page's view that this was sent from; empty where a form has none."""
        return self.text(ONCE_FIELD, longest=_LONGEST_ONCE)

    def texts(self, name: str) -> list[str]:
        """All values of a field that may be sent several times."""
        return [value for value in self.fields.getlist(name) if isinstance(value, str)]


def require_own_page(request: Request) -> None:
    """Raises 403 unless the browser says that one of our own pages sent this."""
    origin = request.headers.get("origin")
    if origin is None or _netloc(origin) != request.headers.get("host"):
        raise HTTPException(HTTPStatus.FORBIDDEN, "origin")


def require_token(visited: Visit, sent: object) -> None:
    """Raises 403 unless `sent` is the proof that the form was given to this very browser."""
    if not isinstance(sent, str) or not hmac.compare_digest(sent.encode(), visited.csrf.encode()):
        raise HTTPException(HTTPStatus.FORBIDDEN, "token")


async def posted(visited: Visit) -> Form:
    """The form that was sent. Raises 403 when it may come from somebody else's page."""
    require_own_page(visited.request)
    fields = await visited.request.form(max_files=0)
    require_token(visited, fields.get(PROOF_FIELD))
    return Form(fields)


def _netloc(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None
