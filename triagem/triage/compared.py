"""Two models of a desk asked about the same tickets: who was right, how well calibrated, how quick.

What follows from it is decided in `triagem.triage.gate`.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from triagem.encoder.base import Vectors
from triagem.store import vectors
from triagem.store.database import Database
from triagem.store.tickets import StoredTicket
from triagem.text.inputs import ticket_input
from triagem.triage import taxonomy
from triagem.triage.classifier import Classifier
from triagem.triage.paired import calibration_error
from triagem.types import TicketField

_FEWEST = 30
_TIMED_TICKETS, _TIMED_ROUNDS = 16, 3


@dataclass(frozen=True, slots=True)
class Compared:
    """One ticket: its class and language, and whether each model got it right."""

    label: str
    language: str
    new_right: bool
    old_right: bool


def compare(
    database: Database,
    desk: str,
    field: TicketField,
    new: Classifier,
    old: Classifier,
    stored: Sequence[StoredTicket],
    encoder_digest: str,
) -> Iterator[Compared]:
    """Like with like: what both learned from, each by its model without it; what only the new one has seen, and held
    out, by its model of the earlier ones and by the old one as it is. Judged by the labels and names that stand now.
    """
    by_new, by_old = _answers(new, field, ahead=False), _answers(old, field, ahead=False)
    ahead = _answers(new, field, ahead=True)
    fresh = [one for one in stored if one.ticket.id in ahead and one.ticket.id not in by_old]
    with database.read() as connection:
        found = vectors.load(connection, desk, encoder=encoder_digest, digests=[one.text_digest for one in fresh])
        named = partial(taxonomy.load(connection, desk).current, field)
    fresh = [one for one in fresh if one.text_digest in found]
    if fresh:
        texts = [ticket_input(one.ticket.subject, one.ticket.description) for one in fresh]
        judged = old.judge(texts, np.stack([found[one.text_digest] for one in fresh]))[field]
        for one, at in zip(fresh, judged.probabilities.argmax(axis=1), strict=True):
            by_old[one.ticket.id] = old.heads[field].classes[at]
            by_new[one.ticket.id] = ahead[one.ticket.id]
    for one in stored:
        label, identifier = one.ticket.label(field), one.ticket.id
        if label and identifier in by_old and identifier in by_new:
            language = one.ticket.language.value
            yield Compared(label, language, named(by_new[identifier]) == label, named(by_old[identifier]) == label)


def contradicted(
    database: Database, desk: str, field: TicketField, old: Classifier, stored: Sequence[StoredTicket]
) -> tuple[int, int] | None:
    """How many of the tickets that the old model learned from have another label now, and one that it did not give
    them when asked without them; and of how many. None where too few are left to tell.

    A label that was renamed is the same one, and what was retired is no other's contradiction.
    """
    head, answers = old.heads[field], _answers(old, field, ahead=False)
    with database.read() as connection:
        named = partial(taxonomy.load(connection, desk).current, field)
    learned = {old.anchors.ids[anchor]: named(head.classes[head.owners[anchor]]) for anchor in head.proving}
    now = {one.ticket.id: label for one in stored if (label := one.ticket.label(field)) and learned.get(one.ticket.id)}
    if len(now) < _FEWEST:
        return None
    return sum(label not in (learned[one], named(answers[one])) for one, label in now.items()), len(now)


def _answers(classifier: Classifier, field: TicketField, *, ahead: bool) -> dict[str, str]:
    head, ids = classifier.heads[field], classifier.anchors.ids
    given = head.ahead if ahead else head.evidence.predicted
    proving = head.proving[len(head.proving) - len(given) :]
    return {ids[anchor]: head.classes[at] for anchor, at in zip(proving, given, strict=True)}


def calibration(
    field: TicketField, new: Classifier, old: Classifier, stored: Sequence[StoredTicket]
) -> tuple[float, float] | None:
    """Both calibration errors on the tickets that both learned from, each by its model without them."""
    kept = {one.ticket.id for one in stored}
    proofs = [_proof(one, field) for one in (new, old)]
    common = sorted(kept & proofs[0].keys() & proofs[1].keys())
    if len(common) < _FEWEST:
        return None
    errors = [
        calibration_error(np.array([proof[one][0] for one in common]), np.array([proof[one][1] for one in common]))
        for proof in proofs
    ]
    return errors[0], errors[1]


def _proof(classifier: Classifier, field: TicketField) -> dict[str, tuple[float, bool]]:
    head, ids = classifier.heads[field], classifier.anchors.ids
    evidence = zip(head.proving, head.evidence.probability, head.evidence.correct, strict=True)
    return {ids[anchor]: (float(probability), bool(correct)) for anchor, probability, correct in evidence}


def seconds_a_ticket(
    database: Database,
    desk: str,
    classifiers: tuple[Classifier, Classifier],
    stored: Sequence[StoredTicket],
    encoder_digest: str,
) -> tuple[float, float] | None:
    """How long each works to judge a ticket, at best; None without a ticket to try.

    By turns, and in the processor's time of this thread: whatever else the machine does then is neither's.
    """
    some = sorted(stored, key=lambda one: one.ticket.created_at)[-_TIMED_TICKETS:]
    with database.read() as connection:
        found = vectors.load(connection, desk, encoder=encoder_digest, digests=[one.text_digest for one in some])
    tried = [
        (ticket_input(one.ticket.subject, one.ticket.description), found[one.text_digest])
        for one in some
        if one.text_digest in found
    ]
    if not tried:
        return None
    rounds = [[_seconds(one, tried) for one in classifiers] for _ in range(_TIMED_ROUNDS)]
    new, old = (min(seconds) for seconds in zip(*rounds, strict=True))
    return new, old


def _seconds(classifier: Classifier, tried: Sequence[tuple[str, Vectors]]) -> float:
    began = time.thread_time()
    for text, vector in tried:
        classifier.judge([text], vector[None, :])
    return (time.thread_time() - began) / len(tried)
