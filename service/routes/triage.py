"""Fields, articles and similar tickets for the agent who gets a request."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from fastapi import APIRouter

from service import answering
from service.answering import TriageAnswer
from service.auth import MayTriage
from service.eventlog import new_event
from service.routes.common import problems
from service.schemas.answers import TriageIn, TriageOut, triage_out
from service.state import Open
from triagem.store.events import EventKind

router = APIRouter(prefix="/v1", tags=["triage"], responses=problems())


@router.post("/triage")
async def triage(body: TriageIn, caller: MayTriage, state: Open) -> TriageOut:
    """What each field may be filled with, how sure that is, and what may help to answer."""
    understood = answering.understand(body.asked())
    work = partial(
        answering.triage,
        state.sources,
        caller.desk,
        understood,
        contract=body.contract,
        created_at=body.created_at,
        now=datetime.now(UTC),
    )
    answer = await state.batcher.answer(understood.text, work)
    event = new_event(EventKind.TRIAGE, _payload(body, answer), subject_id=body.ticket_id)
    state.events.note(caller.desk, event)
    return triage_out(event.id, answer)


def _payload(body: TriageIn, answer: TriageAnswer) -> dict[str, Any]:
    return {
        "language": answer.language.value,
        "channel": body.channel,
        "ticket_id": body.ticket_id,
        "fields": {
            name.value: {
                "mode": decision.mode.value,
                "value": decision.value,
                "probability": decision.probability,
                "reason": decision.reason,
            }
            for name, decision in answer.triaged.fields.items()
        },
        "articles": {hit.id: round(hit.relevance, 4) for hit in answer.articles.hits},
        "missing": [missing.slot.value for missing in answer.told.missing],
        "model_version": answer.triaged.model_version,
        "generation": answer.articles.generation_id,
    }
