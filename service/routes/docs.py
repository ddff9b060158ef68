"""The HTTP API as a page, from files that stand beside us: no other host is asked for anything."""

from http import HTTPStatus
from pathlib import Path
from typing import Final

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse

router = APIRouter(include_in_schema=False)

_WEB: Final = Path(__file__).parents[1] / "web"
_FILES: Final = {
    "swagger-ui.css": ("swagger-ui/swagger-ui.css", "text/css"),
    "swagger-ui-bundle.js": ("swagger-ui/swagger-ui-bundle.js", "text/javascript"),
    "favicon-32x32.png": ("swagger-ui/favicon-32x32.png", "image/png"),
    "start.js": ("docs.js", "text/javascript"),
}
# Swagger UI sets styles on its elements; scripts come from files only.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_KEPT_FOR_A_DAY: Final = {"Cache-Control": "public, max-age=86400"}


@router.get("/docs")
async def docs() -> FileResponse:
    return FileResponse(_WEB / "docs.html", headers={"Content-Security-Policy": _POLICY})


@router.get("/docs/{name}")
async def file(name: str) -> FileResponse:
    if name not in _FILES:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    path, media_type = _FILES[name]
    return FileResponse(_WEB / path, media_type=media_type, headers=_KEPT_FOR_A_DAY)
