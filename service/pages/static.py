"""The files that pages are made of besides their HTML: stylesheet, scripts and icon, all served from here."""

import gzip
from functools import cache
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, HTTPException, Request, Response

from service.pages.render import STATIC, WEB

router = APIRouter(include_in_schema=False)

# A page names each file with its digest, so another file has another address.
_HEADERS: Final = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}


@router.get("/static/{name}")
async def static(name: str, request: Request) -> Response:
    """One of our files, packed for browsers that take it so."""
    if name not in STATIC:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    plain, packed = _content(name)
    packs = "gzip" in request.headers.get("accept-encoding", "")
    headers = {**_HEADERS, **({"Content-Encoding": "gzip"} if packs else {})}
    return Response(packed if packs else plain, media_type=STATIC[name][1], headers=headers)


@cache
def _content(name: str) -> tuple[bytes, bytes]:
    plain = (WEB / STATIC[name][0]).read_bytes()
    return plain, gzip.compress(plain, 9, mtime=0)
