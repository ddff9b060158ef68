"""What the layers around a route tell each other about one request."""

import re
import uuid
from dataclasses import dataclass, field

from starlette.types import Message, Scope, Send

_KEY = "triagem.context"
_ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(slots=True)
class RequestContext:
    """Filled in on the way in, read on the way out. `route` is the pattern, never the path."""

    request_id: str
    route: str | None = None
    desk: str | None = None
    key_origins: tuple[str, ...] = field(default=())


def open_context(scope: Scope, given_id: str | None) -> RequestContext:
    """Starts a request's context. An id that the caller gave is kept when it is short and plain."""
    usable = given_id is not None and _ACCEPTABLE_ID.fullmatch(given_id)
    context = RequestContext(given_id if usable and given_id else uuid.uuid4().hex)
    scope[_KEY] = context
    return context


def context_of(scope: Scope) -> RequestContext:
    context: RequestContext = scope[_KEY]
    return context


class Watched:
    """Sends on, and remembers the `status` of what was answered; None before anything was."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = int(message["status"])
        await self._send(message)


def header(scope: Scope, name: bytes) -> str | None:
    """A request header by its lower-case name; the first, if it was sent twice."""
    for key, value in scope["headers"]:
        if key == name:
            text: str = value.decode("latin-1")
            return text
    return None
