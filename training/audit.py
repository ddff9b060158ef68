"""Looks at a desk's labels as they are now: gathers its tickets, and fits a model for what they make of each other.

Nothing is stored or changed but missing vectors; what counts as a finding stands in `training.findings`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from training.dataset import examples_of, take_snapshot
from training.findings import (
    Contradiction,
    Doubt,
    Need,
    Overlap,
    Twins,
    contradictions,
    doubts,
    needs,
    overlaps,
    parents_accuracy,
    twins,
)
from training.fit import Fit, fit
from training.leaks import MOST_LISTED, Leak, leaks, without_words
from triagem.encoder.base import Encoder
from triagem.errors import Failure, InvalidInput
from triagem.progress import Progress
from triagem.store import tickets, vectors
from triagem.store.database import Database
from triagem.store.tickets import StoredTicket
from triagem.text.inputs import ticket_input
from triagem.triage import taxonomy
from triagem.triage.classifier import Judgement
from triagem.triage.decide import Targets, rules_of
from triagem.triage.learnable import learnable
from triagem.triage.shift import mix_of, rules_under, trained_mix
from triagem.types import Provenance, TicketField

_NEWEST = 500
_MUCH = 2.0
_LEAST_FOR_A_MIX = 30  # of fewer, a share is off by a tenth and more by chance


@dataclass(frozen=True, slots=True)
class Stranger:
    """A ticket without a label that fits no class of the field."""

    ticket_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A class whose share among the newest tickets is not what it was among those with a label."""

    label: str
    trained: float
    newest: float


@dataclass(frozen=True, slots=True)
class FieldAudit:
    """What was found of one field; lists hold the 50 worst.

    `accuracy` is of each ticket by a model without it, `parents` the same of the first parts of paths like
    `billing/refund`; None where there is no model or no path. `unlisted` counts labels that the desk's list does not
    know. Of the `newest` tickets that have no label `strangers` fit no class, of which 2 in 100 are to be expected;
    `moved` are shares that doubled or halved, and `unproven` the classes that are proven, but not for that mix; both
    are empty where fewer than 30 tickets could tell.
    """

    tickets: int
    classes: int
    accuracy: float | None
    parents: float | None
    twins: tuple[Twins, ...]
    unlisted: dict[str, int]
    contradictions: tuple[Contradiction, ...]
    overlaps: tuple[Overlap, ...]
    doubts: tuple[Doubt, ...]
    leaks: tuple[Leak, ...]
    needs: tuple[Need, ...]
    newest: int
    strangers: tuple[Stranger, ...]
    moved: tuple[Moved, ...]
    unproven: tuple[str, ...]


def without_texts(found: FieldAudit) -> dict[str, Any]:
    """What a run keeps of an audit: ids and counts, and no words of a ticket, which may be erased one day."""
    record = {**asdict(found), "leaks": [without_words(one) for one in found.leaks]}
    for name in ("contradictions", "doubts", "strangers"):
        record[name] = [{key: value for key, value in one.items() if key != "text"} for one in record[name]]
    return record


def audit(
    database: Database, encoder: Encoder, desk: str, *, targets: Targets, threads: int, on_progress: Progress
) -> dict[TicketField, FieldAudit]:
    """What is found of each field that has a label. Raises `InvalidInput` for a desk without any."""
    with database.read() as connection:
        stored = list(tickets.each(connection, desk))
        learned = learnable(connection, desk)
        names = taxonomy.load(connection, desk)
    every = examples_of(learned.tickets)
    if not every:
        raise InvalidInput(
            f"Desk '{desk}' has no labelled tickets to look at. "
            f"Bring some in with: triagem --desk {desk} import tickets FILE",
            failure=Failure.NOTHING_LABELLED,
        )
    snapshot = take_snapshot(database, encoder, desk, learned, on_progress=on_progress)
    fitted = fit(snapshot, encoder, tuple(TicketField), seed=0, threads=threads, on_progress=on_progress)
    unlabelled = {field: _newest(stored, {one.id for one in every if field in one.labels}) for field in TicketField}
    judge, leaking, found = _Judge(database, encoder, desk, fitted), leaks(snapshot.examples), {}
    for field in TicketField:
        written = _as_written(stored, field)
        outcome = fitted.outcomes.get(field)
        if not written:
            continue
        right = outcome.left_out.argmax(axis=1) == outcome.truth if outcome else np.zeros(0, dtype=bool)
        newest = _look_at_newest(judge, field, unlabelled[field], targets)
        found[field] = FieldAudit(
            tickets=sum(written.values()),
            classes=len(outcome.head.classes) if outcome else len(written),
            accuracy=round(float(right.mean()), 4) if len(right) else None,
            parents=parents_accuracy(outcome) if outcome else None,
            twins=tuple(twins(written)),
            unlisted=_unlisted(names, field, written),
            contradictions=tuple(contradictions(every, field))[:MOST_LISTED],
            overlaps=tuple(overlaps(outcome))[:MOST_LISTED] if outcome else (),
            doubts=tuple(doubts(snapshot, outcome))[:MOST_LISTED] if outcome else (),
            leaks=tuple(leaking[field])[:MOST_LISTED],
            needs=tuple(needs(outcome.head.classes, outcome.head.evidence, outcome.truth, targets)) if outcome else (),
            newest=newest.tickets,
            strangers=newest.strangers,
            moved=newest.moved,
            unproven=newest.unproven,
        )
    return found


def _as_written(stored: Sequence[StoredTicket], field: TicketField) -> Counter[str]:
    """The labels that people gave, to the letter."""
    labels = (one.ticket.label(field) for one in stored if one.ticket.provenance is not Provenance.AUTO_UNREVIEWED)
    return Counter(label for label in labels if label and label.strip())


def _unlisted(names: taxonomy.Taxonomy, field: TicketField, written: Counter[str]) -> dict[str, int]:
    listed = names.labels.get(field, {})
    counts = Counter({name.strip(): 0 for name in written})
    for name, count in written.items():
        counts[name.strip()] += count
    return {
        name: count
        for name, count in sorted(counts.items())
        if name not in listed and names.current(field, name) is None
    }


def _newest(stored: Sequence[StoredTicket], labelled: set[str]) -> list[StoredTicket]:
    waiting = [one for one in stored if one.ticket.id not in labelled]
    return sorted(waiting, key=lambda one: (one.ticket.created_at, one.ticket.id))[-_NEWEST:]


@dataclass(frozen=True, slots=True)
class _Newest:
    """What the newest tickets without a label are."""

    tickets: int = 0
    strangers: tuple[Stranger, ...] = ()
    moved: tuple[Moved, ...] = ()
    unproven: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Judge:
    """A fitted model and where the vectors of stored tickets are."""

    database: Database
    encoder: Encoder
    desk: str
    fitted: Fit

    def judge(self, field: TicketField, stored: Sequence[StoredTicket]) -> tuple[list[StoredTicket], Judgement]:
        """The tickets whose vector is stored, and what the model makes of them."""
        digests = [one.text_digest for one in stored]
        with self.database.read() as connection:
            known = vectors.load(connection, self.desk, encoder=self.encoder.digest, digests=digests)
        judged = [one for one in stored if one.text_digest in known]
        looked_up = np.zeros((len(judged), self.encoder.dimension), dtype=np.float32)
        for row, one in enumerate(judged):
            looked_up[row] = known[one.text_digest]
        return judged, self.fitted.classifier.judge([_text(one) for one in judged], looked_up)[field]


def _look_at_newest(judge: _Judge, field: TicketField, waiting: Sequence[StoredTicket], targets: Targets) -> _Newest:
    head = judge.fitted.classifier.heads.get(field)
    if head is None or not waiting:
        return _Newest()
    judged, found = judge.judge(field, waiting)
    least = -np.inf if head.least_familiar is None else head.least_familiar
    strangest = [at for at in np.argsort(found.familiarity) if found.familiarity[at] < least]
    strangers = tuple(Stranger(judged[at].ticket.id, _text(judged[at])) for at in strangest[:MOST_LISTED])
    if len(judged) < _LEAST_FOR_A_MIX:
        return _Newest(tickets=len(judged), strangers=strangers)
    trained = trained_mix(head)
    now = mix_of(found.probabilities, trained)
    rules = rules_of(head, targets)
    held = rules_under(rules, targets, now)
    return _Newest(
        tickets=len(judged),
        strangers=strangers,
        moved=tuple(
            Moved(name, round(float(before), 4), round(float(after), 4))
            for name, before, after in zip(head.classes, trained, now, strict=True)
            if not 1 / _MUCH < after / before < _MUCH
        ),
        unproven=tuple(
            name
            for name, before, after in zip(head.classes, rules.auto, held.auto, strict=True)
            if before.tickets and not after.tickets
        ),
    )


def _text(stored: StoredTicket) -> str:
    return ticket_input(stored.ticket.subject, stored.ticket.description)
