"""What people did with triage becomes labels, by rules that are stated here and nowhere else.

1. `accepted` confirms the value that was shown, of one field or of all that had one: provenance `human_accepted`.
2. `corrected` and `closed` with values give the right ones: `human`, `human_accepted` where they are those shown.
   `closed` alone adds nothing: nobody said that the values are right.
3. `reopened` takes back what was said of the ticket before; what is said after it counts again.
4. Who says it must be known: what nobody answers for is no label.
5. Of each person, and of all who speak through one key, the newest words on a field count up to a cap; those that take
   something back are words too. What is over the cap was not said: the word before it stands.
6. Of the words that count on the same field of the same ticket the latest does.
7. Values go by the names of now, what was shown and what is right: a renamed label keeps what was said of it.
"""

from collections import Counter, defaultdict
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
# The cap on one key, whose holder names the people: as much as twenty of them, or as the desk's own tickets say.
KEY_LABELS = 1_000
KEY_SHARE = 1.0


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


@dataclass(frozen=True, slots=True)
class Word:
    """What one person last said of one field of one ticket; `review` is None where they took back what was said.

    `by` names the key before its first colon, and the person within it.
    """

    subject: str
    field: TicketField
    by: str
    at: datetime
    review: Review | None


def last_words(said: Iterable[tuple[Event, Event]], names: Taxonomy) -> list[Word]:
    """Everybody's last words: from pairs of a triage and feedback on it, in the order of the feedback."""
    words: dict[tuple[str, TicketField, str], Word] = {}
    spoken_of: defaultdict[str, dict[TicketField, None]] = defaultdict(dict)
    for triage, feedback in said:
        payload = feedback.payload
        by, what = payload.get("by"), FeedbackEvent(payload["event"])
        if not by or what not in _TELLING:
            continue
        ticket_id = triage.payload.get("ticket_id") or payload.get("ticket_id")
        subject = ticket_id or triage.id
        new: dict[TicketField, Review | None] = {}
        if what is FeedbackEvent.REOPENED:
            new = dict.fromkeys(spoken_of[subject])
        for field, given in _values(what, triage.payload, payload).items():
            answered = triage.payload["fields"].get(field.value, {})
            value, shown = names.known_as(field, given), answered.get("value")
            shown = names.known_as(field, shown) if shown is not None else None
            new[field] = Review(
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
        spoken_of[subject] |= dict.fromkeys(new)
        for field, review in new.items():
            words.pop((subject, field, by), None)  # so that it comes after what others said since
            words[subject, field, by] = Word(subject, field, by, feedback.created_at, review)
    return list(words.values())


def of_answers(words: Iterable[Word]) -> list[Word]:
    """Those that judge an answer: of a value that was shown, and those that take something back."""
    return [one for one in words if one.review is None or one.review.shown is not None]


def cap_of(own_labels: int) -> int:
    """On how many tickets one person may speak of a field, in a desk whose own tickets carry `own_labels` of it."""
    return max(ACTOR_LABELS, int(ACTOR_SHARE * own_labels))


def key_cap_of(own_labels: int) -> int:
    """The same for all who speak through one key."""
    return max(KEY_LABELS, int(KEY_SHARE * own_labels))


def within_cap(words: Sequence[Word], *, own_labels: Mapping[TicketField, int]) -> list[Word]:
    """The words that count, oldest first, as `words` are; whoever says more only replaces what they said."""
    of_person: Counter[tuple[str, TicketField]] = Counter()
    of_key: Counter[tuple[str, TicketField]] = Counter()
    kept = []
    for word in reversed(words):
        person, key = (word.by, word.field), (word.by.partition(":")[0], word.field)
        own = own_labels.get(word.field, 0)
        if of_person[person] < cap_of(own) and of_key[key] < key_cap_of(own):
            of_person[person] += 1
            of_key[key] += 1
            kept.append(word)
    return kept[::-1]


def reviews_of(words: Iterable[Word]) -> list[Review]:
    """What stands after all these words, the latest on each field of each ticket."""
    latest = {(one.subject, one.field): one.review for one in words}
    return [review for review in latest.values() if review is not None]


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
