"""What would have been answered: the newest tickets again, by a candidate or by other targets, beside today's answers.

A ticket that a model learned from is judged by that model left out, as in its evidence; nothing is changed or kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import numpy as np

from triagem.encoder.base import Encoder, Vectors
from triagem.errors import NoModel
from triagem.progress import Progress, silent
from triagem.store import tickets, triaged, vectors
from triagem.store.database import Database
from triagem.text.inputs import ticket_input
from triagem.text.language import is_foreign
from triagem.triage.classifier import Head
from triagem.triage.decide import Targets, decide
from triagem.triage.opened import Opened
from triagem.triage.triager import Triager
from triagem.types import FieldDecision, Mode, Provenance, TicketField

MOST = 2_000
# In the place of a version: those that answer now.
CURRENT = "current"
_ENCODE_AT_ONCE = 64
# More than a second or two nobody waits for a page.
ENCODED_AT_MOST = 500
_FAMILIAR = float("inf")


@dataclass(frozen=True, slots=True)
class Replayed:
    """One text of the past. `labels` are what people decided of it, where they did."""

    id: str
    created_at: datetime
    subject: str
    text: str
    text_digest: str
    labels: Mapping[TicketField, str]


@dataclass(frozen=True, slots=True)
class Change:
    """A field of a ticket that would be answered otherwise; `label` is what people said, None where nobody did."""

    ticket_id: str
    subject: str
    field: TicketField
    before: FieldDecision
    after: FieldDecision
    label: str | None


@dataclass(frozen=True, slots=True)
class FieldReplay:
    """A field in short: how many values and modes would change, and among labelled tickets how many get right or wrong.

    `filled_before` and `filled_after` count the tickets that `auto` fills.
    """

    field: TicketField
    values_changed: int
    modes_changed: int
    became_right: int
    became_wrong: int
    filled_before: int
    filled_after: int


@dataclass(frozen=True, slots=True)
class Replay:
    """The newest `tickets`, replayed; `changes` newest first. Encoding `left_out` more would have taken too long."""

    tickets: int
    left_out: int
    fields: tuple[FieldReplay, ...]
    changes: tuple[Change, ...]


def replay_as_record(found: Replay) -> dict[str, Any]:
    """What a replay found, for programs: the one shape in which it is told by command and over HTTP."""
    return {
        "tickets": found.tickets,
        "left_out": found.left_out,
        "fields": [asdict(one) for one in found.fields],
        "changes": [
            {
                "ticket_id": one.ticket_id,
                "subject": one.subject,
                "field": one.field,
                "before": _answer(one.before),
                "after": _answer(one.after),
                "label": one.label,
            }
            for one in found.changes
        ],
    }


def replay(
    database: Database,
    triager: Triager,
    encoder: Encoder,
    desk: str,
    *,
    version: str = CURRENT,
    targets: Mapping[TicketField, Targets] | None = None,
    last: int = 200,
    encode_at_most: int | None = ENCODED_AT_MOST,
    on_progress: Progress = silent,
) -> Replay:
    """Replays the newest `last` tickets and triaged requests of different texts, by `version` beside what answers now.

    `targets` take the place of the desk's. Of texts that nobody has encoded yet the newest `encode_at_most` are, all
    for None; the others are left out and counted. Raises `NoModel` when nothing answers, and as
    `Triager.candidate` does.
    """
    candidate = None if version == CURRENT else version
    now, then = triager.candidate(desk, None), triager.candidate(desk, candidate, targets=targets)
    if not now.versions:
        raise NoModel(
            "Nothing answers, so there is nothing to compare with. "
            f"Promote a version, or make the first with: triagem --desk {desk} train"
        )
    newest = _newest(database, desk, last)
    texts, encoded = _encoded(database, encoder, desk, newest, encode_at_most, on_progress)
    before, after = (list(_decisions(one, texts, encoded)) for one in (now, then))
    fields = [field for field in TicketField if field in now.versions and field in then.versions]
    changes = [
        Change(text.id, text.subject, field, old[field], new[field], text.labels.get(field))
        for text, old, new in zip(texts, before, after, strict=True)
        for field in fields
        if (old[field].mode, old[field].value) != (new[field].mode, new[field].value)
    ]
    filled = [
        [sum(one[field].mode is Mode.AUTO for one in decisions) for decisions in (before, after)] for field in fields
    ]
    summed = (_summed(field, changes, *counts) for field, counts in zip(fields, filled, strict=True))
    return Replay(len(texts), len(newest) - len(texts), tuple(summed), tuple(changes))


def _newest(database: Database, desk: str, last: int) -> list[Replayed]:
    with database.read() as connection:
        stored = tickets.newest(connection, desk, limit=last)
        asked = triaged.newest_first(connection, desk, limit=last)
        known = set(tickets.digests(connection, desk, [one.ticket_id for one in asked if one.ticket_id]))
    found = [
        Replayed(
            one.ticket.id,
            one.ticket.created_at,
            one.ticket.subject,
            ticket_input(one.ticket.subject, one.ticket.description),
            one.text_digest,
            {field: label for field in TicketField if (label := one.ticket.label(field))}
            if one.ticket.provenance is not Provenance.AUTO_UNREVIEWED
            else {},
        )
        for one in stored
    ]
    found += [
        Replayed(one.id, one.created_at, one.subject, ticket_input(one.subject, one.description), one.text_digest, {})
        for one in asked
        if one.ticket_id not in known
    ]
    newest_first = sorted(found, key=lambda one: (one.created_at, one.id), reverse=True)
    distinct = {one.text_digest: one for one in reversed(newest_first) if one.text}
    return [one for one in newest_first if distinct.get(one.text_digest) is one][:last]


def _encoded(
    database: Database,
    encoder: Encoder,
    desk: str,
    texts: Sequence[Replayed],
    at_most: int | None,
    on_progress: Progress,
) -> tuple[list[Replayed], Vectors]:
    """The texts and their vectors, without the oldest of those that nobody has encoded yet."""
    with database.read() as connection:
        known = vectors.load(connection, desk, encoder=encoder.digest, digests=[one.text_digest for one in texts])
    missing = [one for one in texts if one.text_digest not in known][:at_most]
    for start in range(0, len(missing), _ENCODE_AT_ONCE):
        on_progress(start / len(missing), "Encoding")
        chunk = missing[start : start + _ENCODE_AT_ONCE]
        made = encoder.encode([one.text for one in chunk])
        known |= {one.text_digest: vector for one, vector in zip(chunk, made, strict=True)}
    texts = [one for one in texts if one.text_digest in known]
    if not texts:
        return [], np.zeros((0, encoder.dimension), dtype=np.float32)
    return list(texts), np.stack([known[one.text_digest] for one in texts])


def _decisions(
    opened: Opened, texts: Sequence[Replayed], encoded: Vectors
) -> Iterator[dict[TicketField, FieldDecision]]:
    plain = [one.text for one in texts]
    judged = {version: opened.judge(version, plain, encoded) for version in opened.classifiers} if texts else {}
    left_out = {
        field: _left_out(opened.rules[field].head, opened.classifiers[version].anchors.ids)
        for field, version in opened.versions.items()
    }
    for row, text in enumerate(texts):
        found, foreign = {}, is_foreign(text.text)
        for field, version in opened.versions.items():
            probabilities = judged[version][field].probabilities[row]
            familiarity = float(judged[version][field].familiarity[row])
            if text.id in left_out[field]:
                best, probability = left_out[field][text.id]
                rest = (1.0 - probability) / max(1, len(probabilities) - 1)
                probabilities = np.where(np.arange(len(probabilities)) == best, probability, rest)
                familiarity = _FAMILIAR
            found[field] = decide(
                field, opened.rules[field], probabilities, familiarity=familiarity, is_foreign=foreign
            )
        yield found


def _left_out(head: Head, ids: Sequence[str]) -> dict[str, tuple[int, float]]:
    """The class and probability that each ticket learned from got by the model without it."""
    proofs = zip(head.proving, head.evidence.predicted, head.evidence.probability, strict=False)
    return {ids[anchor]: (int(predicted), float(probability)) for anchor, predicted, probability in proofs}


def _summed(field: TicketField, changes: Sequence[Change], filled_before: int, filled_after: int) -> FieldReplay:
    mine = [one for one in changes if one.field is field]
    return FieldReplay(
        field=field,
        values_changed=sum(one.before.value != one.after.value for one in mine),
        modes_changed=sum(one.before.mode is not one.after.mode for one in mine),
        became_right=sum(one.label is not None and one.after.value == one.label != one.before.value for one in mine),
        became_wrong=sum(one.label is not None and one.before.value == one.label != one.after.value for one in mine),
        filled_before=filled_before,
        filled_after=filled_after,
    )


def _answer(decision: FieldDecision) -> dict[str, Any]:
    return {"mode": decision.mode, "value": decision.value, "probability": decision.probability}
