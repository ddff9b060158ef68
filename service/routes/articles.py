"""Articles in and out, one at a time or as a stream of lines."""

from functools import partial
from http import HTTPStatus

import anyio.to_thread
from fastapi import APIRouter, Request, Response

from service.auth import MayIndex
from service.imports import import_lines, imported
from service.reading import article_plain
from service.routes.common import PathId, Responses, problems
from service.schemas.articles import ArticleIn, ArticleOut, ImportOut, PutOut, article_out
from service.state import Open, State
from triagem.errors import NotFound
from triagem.search.ingest import Incoming, Outcome
from triagem.search.records import article_from_record
from triagem.store import articles

router = APIRouter(prefix="/v1", tags=["articles"], responses=problems())

_ADDED: Responses = {201: {"model": PutOut, "description": "Added."}}


@router.put(
    "/articles/{article_id:path}",
    responses=problems(404, others=_ADDED),
)
async def put_article(article_id: PathId, body: ArticleIn, caller: MayIndex, state: Open, response: Response) -> PutOut:
    """Stores an article; the next answer knows it."""
    outcome = await anyio.to_thread.run_sync(_put, state, caller.desk, body, article_id, limiter=state.writing)
    response.status_code = HTTPStatus.CREATED if outcome is Outcome.ADDED else HTTPStatus.OK
    return PutOut(id=article_id, outcome=outcome)


@router.get("/articles/{article_id:path}", responses=problems(404))
async def get_article(article_id: PathId, caller: MayIndex, state: Open) -> ArticleOut:
    """An article as it was stored."""
    return await anyio.to_thread.run_sync(_get, state, caller.desk, article_id)


@router.delete("/articles/{article_id:path}", status_code=HTTPStatus.NO_CONTENT, responses=problems(404))
async def delete_article(article_id: PathId, caller: MayIndex, state: Open) -> None:
    """Takes an article out; the next answer no longer knows it."""
    await anyio.to_thread.run_sync(_delete, state, caller.desk, article_id, limiter=state.writing)


@router.post("/articles:import", responses=problems(415), openapi_extra=imported("An article"))
async def import_articles(request: Request, caller: MayIndex, state: Open) -> ImportOut:
    """Stores an article per line of JSON; a bad line is reported and the others go in."""
    ingest = await anyio.to_thread.run_sync(state.ingest, caller.desk)
    outcome = await import_lines(
        request,
        read=partial(article_from_record, zone=state.sources.guidance.zone),
        put=lambda batch: ingest.put_articles([Incoming(article) for article in batch]),
        limiter=state.writing,
    )
    state.runner.tend(caller.desk)
    return outcome


def _put(state: State, desk: str, body: ArticleIn, article_id: str) -> Outcome:
    outcome = state.ingest(desk).put_articles(
        [Incoming(body.to_article(article_id, zone=state.sources.guidance.zone))]
    )[0]
    state.runner.tend(desk)
    return outcome


def _get(state: State, desk: str, article_id: str) -> ArticleOut:
    with state.database.read() as connection:
        article = articles.get(connection, desk, article_id)
    if article is None:
        raise NotFound("This desk has no such article.")
    return article_out(article, article_plain(article))


def _delete(state: State, desk: str, article_id: str) -> None:
    if not state.ingest(desk).remove_articles([article_id]):
        raise NotFound("This desk has no such article.")
    state.runner.tend(desk)
