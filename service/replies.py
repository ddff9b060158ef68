"""Answers given by the layers around the routes, where there is no request object yet."""

from http import HTTPStatus

from starlette.types import Send

from service.errors import MEDIA_TYPE, problem_body

RawHeaders = list[tuple[bytes, bytes]]


async def send_problem(
    send: Send, status: HTTPStatus, detail: str, *, request_id: str, headers: RawHeaders | None = None
) -> None:
    """Sends a whole problem response."""
    body = problem_body(status, detail, request_id=request_id)
    await send_whole(send, status, body, content_type=MEDIA_TYPE.encode(), headers=headers)


async def send_whole(
    send: Send, status: int, body: bytes, *, content_type: bytes, headers: RawHeaders | None = None
) -> None:
    """Sends a response that is known in full."""
    described = [(b"content-type", content_type), (b"content-length", str(len(body)).encode()), *(headers or [])]
    await send({"type": "http.response.start", "status": int(status), "headers": described})
    await send({"type": "http.response.body", "body": body})
