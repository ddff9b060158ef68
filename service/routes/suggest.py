"""Articles for somebody who is about to send a request, and each of them in full."""

from datetime import UTC, datetime
from functools import partial

import anyio.to_thread
from fastapi import APIRouter

from service import answering
from service.answering import SuggestAnswer, without_articles
from service.eventlog import new_event, shown
from service.pace import MayAsk
from service.reading import article_html, article_plain
from service.routes.common import PathId, problems
from service.schemas.suggest import PublicArticleOut, SuggestIn, SuggestionOut, public_article_out, suggestion_out
from service.state import Open, State
from triagem.errors import NotFound
from triagem.insight.sessions import is_held_out
from triagem.store import articles
from triagem.store.events import EventKind
from triagem.store.links import Linked
from triagem.text.links import is_relative
from triagem.types import Audience

router = APIRouter(prefix="/v1", tags=["suggest"], responses=problems())


@router.post("/suggest", responses=problems(429))
async def suggest(body: SuggestIn, caller: MayAsk, state: Open) -> SuggestionOut:
    """Up to `limit` public articles that may solve the request, which facts it lacks, and by when it is answered."""
    understood = await state.understand(body.asked())
    work = partial(
        answering.suggest,
        state.sources,
        caller.desk,
        understood,
        limit=body.limit,
        now=datetime.now(UTC),
        contract=caller.contract,
    )
    answer = await state.batcher.answer(understood.text, work)
    held_out = body.session_id is not None and is_held_out(caller.desk, body.session_id, share=state.settings.holdout)
    seen = shown(answer.articles, basis=state.sources.searcher.basis)
    payload = _payload(body, answer, understood.language) | (_withheld(seen) if held_out else seen)
    event = new_event(EventKind.SUGGESTION, payload)
    state.events.note(caller.desk, event)
    return suggestion_out(event.id, without_articles(answer) if held_out else answer)


@router.get("/suggest/articles/{article_id:path}", responses=problems(404, 429))
async def public_article(article_id: PathId, caller: MayAsk, state: Open) -> PublicArticleOut:
    """A public article in full, to be read in the form."""
    return await anyio.to_thread.run_sync(_public_article, state, caller.desk, article_id)


def _public_article(state: State, desk: str, article_id: str) -> PublicArticleOut:
    with state.database.read() as connection:
        article = articles.get(connection, desk, article_id)
        if article is None or article.audience is not Audience.PUBLIC:
            raise NotFound("This desk has no such public article.")
        html = article_html(connection, desk, article, way_to=_way_to)
    return public_article_out(article, html=html, plain=article_plain(article))


def _way_to(linked: Linked) -> dict[str, str]:
    """How a form's reader gets to another article; not at all to one that is not public."""
    if linked.audience is not Audience.PUBLIC:
        return {}
    address = {"href": linked.url} if linked.url and not is_relative(linked.url) else {}
    return address | {"data-article": linked.id}


def _payload(body: SuggestIn, answer: SuggestAnswer, language: str) -> dict[str, object]:
    return {
        "language": language,
        "channel": body.channel,
        "session_id": body.session_id,
        "missing": [missing.slot.value for missing in answer.told.missing],
        "generation": answer.articles.generation_id,
    }


def _withheld(seen: dict[str, object]) -> dict[str, object]:
    return {"articles": {}, "withheld": seen["articles"]}
