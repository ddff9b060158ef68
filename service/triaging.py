"""One triage from the request to the answer and its record, whichever door it came by: the API or our own pages."""

from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from service import answering
from service.answering import AskedTicket, TriageAnswer, Understood
from service.eventlog import new_event, shown
from service.state import State
from triagem.store.events import Event, EventKind
from triagem.store.triaged import TriagedText
from triagem.text.inputs import input_digest
from triagem.triage.shadow import answer_payload

_DECIDING: Final = ("fields", "model_version")


async def triage(
    state: State, desk: str, asked: AskedTicket, *, before: Event | None = None
) -> tuple[str, TriageAnswer]:
    """The triage's id, for feedback, and what is answered; both are taken down without the answer waiting for it.

    When it says the same of the fields as the triage `before`, it is that one again, and nothing is taken down.
    """
    understood = await state.understand(asked)
    work = partial(
        answering.triage,
        state.sources,
        desk,
        understood,
        contract=asked.contract,
        created_at=asked.created_at,
        now=datetime.now(UTC),
        explaining=state.encoder if asked.explain else None,
    )
    answer, vector = await state.batcher.answer(understood.text, lambda vector: (work(vector), vector))
    payload = _payload(asked, answer) | shown(answer.articles, basis=state.sources.searcher.basis)
    if before is not None and all(before.payload.get(name) == payload[name] for name in _DECIDING):
        return before.id, answer
    event = new_event(EventKind.TRIAGE, payload, subject_id=asked.ticket_id)
    text = _text(event, asked, understood) if state.settings.keep_texts_days else None
    state.events.note(desk, event, text=text)
    state.shadow.offer(desk, event.id, understood.text, vector)
    return event.id, answer


def _text(event: Event, asked: AskedTicket, understood: Understood) -> TriagedText:
    return TriagedText(
        id=event.id,
        subject=understood.subject,
        description=understood.description,
        language=understood.language,
        text_digest=input_digest(understood.text),
        created_at=event.created_at,
        channel=asked.channel,
        ticket_id=asked.ticket_id,
        requester=asked.requester,
    )


def _payload(asked: AskedTicket, answer: TriageAnswer) -> dict[str, Any]:
    return {
        "language": answer.language.value,
        "channel": asked.channel,
        "ticket_id": asked.ticket_id,
        "fields": {name.value: answer_payload(decision) for name, decision in answer.triaged.fields.items()},
        "missing": [missing.slot.value for missing in answer.told.missing],
        "model_version": answer.triaged.model_version,
        "generation": answer.articles.generation_id,
    }
