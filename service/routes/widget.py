"""The form's helper as a script, for pages of any origin.

What it does in a page stands in `web/widget.js`; which pages its key works from, in `service.auth`.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response

router = APIRouter(include_in_schema=False)

_FILE: Final = Path(__file__).parents[1] / "web" / "widget.js"
# Pages name it without a version: an hour, then a question that costs no body while it is the same.
_HEADERS: Final = {
    "Cache-Control": "public, max-age=3600, stale-while-revalidate=86400",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Vary": "Accept-Encoding",
}


@dataclass(frozen=True, slots=True)
class _Script:
    plain: bytes
    packed: bytes
    digest: str


@router.api_route("/widget.js", methods=["GET", "HEAD"])
async def widget(request: Request) -> Response:
    """The script, packed for browsers that take it so; 304 for those that have it already."""
    script = _script()
    packs = "gzip" in request.headers.get("accept-encoding", "")
    tag = f'"{script.digest}{"-gzip" if packs else ""}"'
    headers = {**_HEADERS, "ETag": tag}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    if packs:
        headers["Content-Encoding"] = "gzip"
    return Response(script.packed if packs else script.plain, media_type="text/javascript", headers=headers)


@cache
def _script() -> _Script:
    plain = _FILE.read_bytes()
    return _Script(plain, gzip.compress(plain, 9, mtime=0), hashlib.sha256(plain).hexdigest()[:20])
