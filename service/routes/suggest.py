"""Articles for somebody who is about to send a request."""

from datetime import UTC, datetime
from functools import partial

from fastapi import APIRouter

from service import answering
from service.answering import SuggestAnswer
from service.auth import MaySuggest
from service.eventlog import new_event
from service.routes.common import problems
from service.schemas.answers import SuggestIn, SuggestionOut, suggestion_out
from service.state import Open
from triagem.store.events import EventKind

router = APIRouter(prefix="/v1", tags=["suggest"], responses=problems())


@router.post("/suggest")
async def suggest(body: SuggestIn, caller: MaySuggest, state: Open) -> SuggestionOut:
    """Up to `limit` public articles that may solve the request, which facts it lacks, and by when it is answered."""
    understood = answering.understand(body.asked())
    work = partial(answering.suggest, state.sources, caller.desk, understood, limit=body.limit, now=datetime.now(UTC))
    answer = await state.batcher.answer(understood.text, work)
    event = new_event(EventKind.SUGGESTION, _payload(body, answer, understood.language))
    state.events.note(caller.desk, event)
    return suggestion_out(event.id, answer)


def _payload(body: SuggestIn, answer: SuggestAnswer, language: str) -> dict[str, object]:
    return {
        "language": language,
        "channel": body.channel,
        "session_id": body.session_id,
        "articles": {hit.id: round(hit.relevance, 4) for hit in answer.articles.hits},
        "missing": [missing.slot.value for missing in answer.told.missing],
        "generation": answer.articles.generation_id,
    }
