"""What people did with triage becomes labels, by rules that are stated here and nowhere else.

1. `accepted` confirms the value that was shown, of one field or of all that had one: provenance `human_accepted`.
2. `corrected` and `closed` with values give the right ones: `human`, `human_accepted` where they are those shown.
   `closed` alone adds nothing: nobody said that the values are right.
3. `reopened` takes back what was said of the ticket before; what is said after it counts again.
4. Of what is said of the same field of the same ticket the latest counts.
5. Who says it must be known: what nobody answers for is no label.
6. Values go by the names of now, what was shown and what is right: a renamed label keeps what was said of it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from triagem.store.events import Event
from triagem.triage.taxonomy import Taxonomy
from triagem.types import FeedbackEvent, Mode, Provenance, TicketField

# The cap on one person: this many labels of a field, or this share of those that the desk's own tickets carry.
ACTOR_LABELS = 50
ACTOR_SHARE = 0.2


# The other events say nothing of labels.
_TELLING = frozenset({FeedbackEvent.ACCEPTED, FeedbackEvent.CORRECTED, FeedbackEvent.CLOSED, FeedbackEvent.REOPENED})


@dataclass(frozen=True, slots=True)
class Review:
    """What a person made of one field of one triage. `shown` and `mode` are what triage had said, `value` is right."""

    triage_id: str
    ticket_id: str | None
    field: TicketField
    value: str
    provenance: Provenance
    by: str
    at: datetime
    shown: str | None
    mode: Mode
    triage: Mapping[str, Any]

    @property
    def subject(self) -> str:
        """What the label is of: the ticket, or where none was named the triage itself."""
        return self.ticket_id or self.triage_id

    @property
    def is_right(self) -> bool:
        return self.shown == self.value


def reviews_of(said: Iterable[tuple[Event, Event]], names: Taxonomy) -> list[Review]:
    """The reviews that stand after all was said: pairs of a triage and feedback on it, in the order of the feedback."""
    standing: dict[str, dict[TicketField, Review]] = {}
    for triage, feedback in said:
        payload = feedback.payload
        by, what = payload.get("by"), FeedbackEvent(payload["event"])
        if not by or what not in _TELLING:
            continue
        ticket_id = triage.payload.get("ticket_id") or payload.get("ticket_id")
        fields = standing.setdefault(ticket_id or triage.id, {})
        if what is FeedbackEvent.REOPENED:
            fields.clear()
        for field, given in _values(what, triage.payload, payload).items():
            answered = triage.payload["fields"].get(field.value, {})
            value, shown = names.known_as(field, given), answered.get("value")
            shown = names.known_as(field, shown) if shown is not None else None
            fields[field] = Review(
                triage_id=triage.id,
                ticket_id=ticket_id,
                field=field,
                value=value,
                provenance=Provenance.HUMAN_ACCEPTED if value == shown else Provenance.HUMAN,
                by=by,
                at=feedback.created_at,
                shown=shown,
                mode=Mode(answered.get("mode", Mode.ABSTAIN.value)),
                triage=triage.payload,
            )
    return [review for fields in standing.values() for review in fields.values()]


def cap_of(own_labels: int) -> int:
    """How many labels of a field one person may give to a desk whose own tickets carry `own_labels` of it."""
    return max(ACTOR_LABELS, int(ACTOR_SHARE * own_labels))


def within_cap(reviews: Sequence[Review], *, own_labels: Mapping[TicketField, int]) -> list[Review]:
    """The newest reviews of each person and field up to the cap: whoever says more only replaces what they said."""
    given: Counter[tuple[str, TicketField]] = Counter()
    kept = []
    for review in sorted(reviews, key=lambda one: (one.at, one.triage_id), reverse=True):
        who = (review.by, review.field)
        if given[who] < cap_of(own_labels.get(review.field, 0)):
            given[who] += 1
            kept.append(review)
    return kept


def _values(what: FeedbackEvent, triage: Mapping[str, Any], payload: Mapping[str, Any]) -> dict[TicketField, str]:
    """The values that one event gives or confirms."""
    field = payload.get("field")
    if what is FeedbackEvent.ACCEPTED:
        shown = {name: answered.get("value") for name, answered in triage["fields"].items()}
        given = {name: value for name, value in shown.items() if field in (None, name)}
    elif what is not FeedbackEvent.REOPENED:
        given = {**(payload.get("values") or {}), **({field: payload.get("value")} if field else {})}
    else:
        given = {}
    return {TicketField(name): value.strip() for name, value in given.items() if value and value.strip()}
