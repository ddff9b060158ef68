"""Search over articles or tickets, as agents and integrations use it."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query

from service import answering
from service.auth import MayTriage
from service.routes.common import LanguageQuery, problems
from service.schemas.base import Description, language_of
from service.schemas.search import SearchOut, search_out
from service.state import Open
from triagem.errors import InvalidInput
from triagem.search import searcher
from triagem.text.language import detect
from triagem.text.normalise import clean
from triagem.types import Kind

router = APIRouter(prefix="/v1", tags=["search"], responses=problems())


@router.get("/search")
async def search(
    q: Annotated[Description, Query(min_length=1)],
    caller: MayTriage,
    state: Open,
    language: LanguageQuery = None,
    kind: Annotated[Kind, Query()] = Kind.ARTICLE,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> SearchOut:
    """The best entries, however little they help; `language` leaves only those written in it."""
    text = clean(q)
    if not text:
        raise InvalidInput("q holds nothing to search for.")
    written_in = language_of(language or None)
    own = state.sources.guidance.spoken(answering.told_from(detect(text), written_in))
    query = searcher.Query(text, kind=kind, language=written_in, prefers=own, limit=limit)
    work = partial(answering.search, state.sources.searcher, caller.desk, query)
    return search_out(await state.batcher.answer(text, work))
