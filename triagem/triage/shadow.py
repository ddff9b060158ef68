"""A candidate in shadow: it answers what is asked beside the models in force, is shown to nobody, and is kept score of.

That its answers cost the requests nothing is the service's care; whether it is promoted, the gate's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from triagem.store import audit, choices, events, models
from triagem.store.audit import Action, Entry
from triagem.store.choices import Choice
from triagem.store.database import Connection
from triagem.store.events import Event, EventKind
from triagem.triage import taxonomy
from triagem.triage.labels import Review, last_words, reviews_of, within_cap
from triagem.triage.opened import Triaged
from triagem.triage.paired import Comparison
from triagem.triage.taxonomy import Taxonomy
from triagem.types import FieldDecision, TicketField

_WINDOW = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ShadowField:
    """One field: of so many answers so many were the same; `comparison` is on those that people reviewed."""

    field: TicketField
    answers: int
    same: int
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class ShadowRecord:
    """What the candidate in shadow did so far."""

    version: str
    fields: tuple[ShadowField, ...]


def shadow_as_record(record: ShadowRecord | None) -> dict[str, Any]:
    """What the candidate did, for programs: the one shape in which it is told by command and over HTTP."""
    if record is None:
        return {"version": None, "fields": []}
    return {"version": record.version, "fields": [_field_record(one) for one in record.fields]}


def put_in_shadow(connection: Connection, desk: str, version: str | None, *, actor: str, why: str) -> None:
    """Lets a version answer in shadow from the next request on, none for None. Raises `NotFound` for an unknown one.

    What holds already is not written again.
    """
    if version is not None:
        models.get(connection, desk, version)
    if in_shadow(connection, desk) == version:
        return
    choices.put(connection, desk, Choice.SHADOW, version)
    audit.record(connection, desk, Entry(actor, Action.SHADOW, version or "none", why))


def in_shadow(connection: Connection, desk: str) -> str | None:
    """The version that answers in shadow."""
    version: str | None = choices.get(connection, desk, Choice.SHADOW)
    return version


def answer_payload(decision: FieldDecision) -> dict[str, Any]:
    """What the event log keeps of an answer. `likeliest` is there too where the field was left open."""
    return {
        "mode": decision.mode.value,
        "value": decision.value,
        "probability": decision.probability,
        "reason": decision.reason,
        "likeliest": decision.candidates[0].value if decision.candidates else None,
    }


def shadow_payload(version: str, triaged: Triaged) -> dict[str, Any]:
    """A candidate's answer as the event log keeps it; fields that it was not trained for are left out."""
    answered = {name: one for name, one in triaged.fields.items() if one.candidates}
    return {"version": version, "fields": {name.value: answer_payload(one) for name, one in answered.items()}}


def shadow_record(connection: Connection, desk: str, *, since: datetime | None = None) -> ShadowRecord | None:
    """How the candidate in shadow compares with what was answered in the last 30 days; None while there is none."""
    version = in_shadow(connection, desk)
    if version is None:
        return None
    since = since or datetime.now(UTC) - _WINDOW
    pairs = [
        (triage, shadow)
        for triage, shadow in events.on_triages(connection, desk, kind=EventKind.SHADOW, since=since)
        if shadow.payload["version"] == version
    ]
    names = taxonomy.load(connection, desk)
    words = last_words(events.on_triages(connection, desk, since=since), names)
    reviews = reviews_of(within_cap(words, own_labels={}))
    by_triage: dict[str, list[Review]] = {}
    for review in reviews:
        by_triage.setdefault(review.triage_id, []).append(review)
    return ShadowRecord(version, tuple(_compared(field, pairs, by_triage, names) for field in TicketField))


def _compared(
    field: TicketField,
    pairs: Sequence[tuple[Event, Event]],
    by_triage: Mapping[str, Sequence[Review]],
    names: Taxonomy,
) -> ShadowField:
    answers = same = tickets = gained = lost = 0
    for triage, shadow in pairs:
        old, new = (_likeliest(field, one.payload["fields"].get(field.value), names) for one in (triage, shadow))
        if new is None:
            continue
        answers += 1
        same += old == new
        for review in by_triage.get(triage.id, ()):
            if review.field is field:
                tickets += 1
                gained += new == review.value != old
                lost += old == review.value != new
    return ShadowField(field, answers, same, Comparison(tickets, gained, lost))


def _likeliest(field: TicketField, answer: Mapping[str, Any] | None, names: Taxonomy) -> str | None:
    said = (answer.get("likeliest") or answer.get("value")) if answer is not None else None
    return names.known_as(field, said) if said is not None else None


def _field_record(one: ShadowField) -> dict[str, Any]:
    return {
        "field": one.field.value,
        "answers": one.answers,
        "same": one.same,
        "reviewed": one.comparison.tickets,
        "gained": one.comparison.gained,
        "lost": one.comparison.lost,
        "is_better": one.comparison.is_better,
    }
