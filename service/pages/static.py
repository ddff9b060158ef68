"""The files that pages are made of besides their HTML: the stylesheet and two scripts, all our own hosts'."""

from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse

from service.pages.render import STATIC, WEB

router = APIRouter(include_in_schema=False)

# A page names each file with its digest, so another file has another address.
_KEPT_FOR_A_YEAR: Final = {"Cache-Control": "public, max-age=31536000, immutable"}


@router.get("/static/{name}")
async def static(name: str) -> FileResponse:
    if name not in STATIC:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    path, media_type = STATIC[name]
    return FileResponse(WEB / path, media_type=media_type, headers=_KEPT_FOR_A_YEAR)
