"""Estimates the mix of classes from the newest requests that were triaged, and puts it in force.

What follows for a model's proofs stands in `triagem.triage.mix`; when it is done, the service or an admin decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from triagem.encoder.base import Encoder, Vectors
from triagem.store import audit, choices, triaged, vectors
from triagem.store.audit import Action, Entry
from triagem.store.choices import Choice
from triagem.store.database import Connection, Database
from triagem.store.triaged import TriagedText
from triagem.text.inputs import ticket_input
from triagem.triage.classifier import Head
from triagem.triage.decide import Targets
from triagem.triage.drift import Moved, moved
from triagem.triage.mix import Mix, Share, in_force, much_moved
from triagem.triage.shift import mix_of, trained_mix
from triagem.triage.targets import Covered, effect
from triagem.triage.thresholds import Probabilities
from triagem.triage.triager import Answering, Triager
from triagem.types import Mode, TicketField

MIX_WATCHER = "watch over the mix"
NEWEST = 1_000
# Of fewer requests a share is off by more than it could have moved.
FEWEST = 100
# Each field may be answered by another version, and a rollback brings back as many.
_VERSIONS_KEPT = 2 * len(TicketField)
_DIGITS = 4
_ENCODE_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the newest requests say of one field.

    `mix` has shares only if the classes moved by more than `moved.chance`. `before` and `after` are what each mode
    fills of the labelled tickets under the mix that was in force and under this one; `closed` and `opened` the classes
    that change from one to the other; what corrections have closed is in neither.
    """

    field: TicketField
    version: str
    mix: Mix
    moved: Moved
    shares: tuple[Share, ...]
    before: Mapping[Mode, Covered]
    after: Mapping[Mode, Covered]
    closed: Mapping[Mode, tuple[str, ...]]
    opened: Mapping[Mode, tuple[str, ...]]

    @property
    def changes_something(self) -> bool:
        return any((*self.closed.values(), *self.opened.values()))


def estimate(
    database: Database, triager: Triager, encoder: Encoder, desk: str, *, encode_at_most: int | None = None
) -> list[Estimate]:
    """What the newest requests say of each answered field; nothing where there are fewer than 100 of different tickets.

    Vectors that are missing are computed and stored, at most `encode_at_most`; with more missing there is no estimate
    yet. The same requests, models and targets give the same estimates.
    """
    answering, targets = triager.answering(desk), triager.targets(desk)
    with database.read() as connection:
        texts = _of_different_tickets(triaged.newest_first(connection, desk, limit=NEWEST))
        before = in_force(connection, desk)
    if len(texts) < FEWEST or not answering:
        return []
    encoded = _encoded(database, encoder, desk, texts, encode_at_most)
    if encoded is None:
        return []
    plain = [ticket_input(one.subject, one.description) for one in texts]
    classifiers = {one.version: one.classifier for one in answering.values()}
    judged = {version: one.judge(plain, encoded) for version, one in classifiers.items()}
    return [
        _estimate(
            field, one, judged[one.version][field].probabilities, targets[field], before.get(one.version, {}).get(field)
        )
        for field, one in answering.items()
    ]


def adopt(connection: Connection, desk: str, found: Sequence[Estimate], *, actor: str, why: str = "") -> None:
    """Puts the estimated mixes in force from the next answer on; what opens or closes is written down.

    Mixes of other versions are kept for a rollback, those of the eight versions that were estimated last.
    """
    stored = choices.get(connection, desk, Choice.MIX) or {}
    for one in found:
        record = {**asdict(one.mix), "at": one.mix.at.isoformat()}
        stored.setdefault(one.version, {})[one.field.value] = record
        if one.changes_something:
            audit.record(connection, desk, Entry(actor, Action.MIX, one.field.value, why or _why(one), _details(one)))
    newest = sorted(stored, key=lambda version: max(one["at"] for one in stored[version].values()), reverse=True)
    choices.put(connection, desk, Choice.MIX, {version: stored[version] for version in newest[:_VERSIONS_KEPT]})


def _estimate(
    field: TicketField, answering: Answering, probabilities: Probabilities, targets: Targets, before: Mix | None
) -> Estimate:
    head = answering.classifier.heads[field]
    trained = trained_mix(head)
    how_far = _moved(head, probabilities)
    now = mix_of(probabilities, trained) if how_far.psi > how_far.chance else trained
    shares = {name: round(float(share), _DIGITS) for name, share in zip(head.classes, now, strict=True)}
    mix = Mix(shares if now is not trained else {}, len(probabilities), datetime.now(UTC))
    effects = effect(*(replace(answering.terms, mix=one).rules(targets) for one in (before, mix)))
    return Estimate(
        field=field,
        version=answering.version,
        mix=mix,
        moved=how_far,
        shares=much_moved(head, now),
        before={one.mode: one.before for one in effects},
        after={one.mode: one.after for one in effects},
        closed={one.mode: one.closed for one in effects if one.closed},
        opened={one.mode: one.opened for one in effects if one.opened},
    )


def _moved(head: Head, probabilities: Probabilities) -> Moved:
    """How far the likeliest classes have moved, with what chance explains: an estimate of noise would only close."""
    seen = np.bincount(probabilities.argmax(axis=1), minlength=len(head.classes))
    learned = np.bincount(head.evidence.predicted, minlength=len(head.classes))
    then, now = (
        dict(zip(head.classes, (counts / max(1, counts.sum())).tolist(), strict=True)) for counts in (learned, seen)
    )
    return moved(then, now, trained=int(learned.sum()), seen=int(seen.sum()))


def _of_different_tickets(newest_first: Sequence[TriagedText]) -> list[TriagedText]:
    """The latest text of each ticket: one that was looked at again is no other request."""
    distinct: dict[str, TriagedText] = {}
    for one in newest_first:
        if ticket_input(one.subject, one.description):
            distinct.setdefault(one.ticket_id or one.id, one)
    return list(distinct.values())


def _encoded(
    database: Database, encoder: Encoder, desk: str, texts: Sequence[TriagedText], at_most: int | None
) -> Vectors | None:
    wanted = {one.text_digest: ticket_input(one.subject, one.description) for one in texts}
    with database.read() as connection:
        known = vectors.load(connection, desk, encoder=encoder.digest, digests=list(wanted))
    missing = sorted(wanted.keys() - known.keys())
    for start in range(0, len(missing[:at_most]), _ENCODE_AT_ONCE):
        chunk = missing[:at_most][start : start + _ENCODE_AT_ONCE]
        made = dict(zip(chunk, encoder.encode([wanted[digest] for digest in chunk]), strict=True))
        with database.write() as connection:
            vectors.put(connection, desk, encoder=encoder.digest, rows=made)
        # As the store gives them back, so that who comes second sees the same.
        known |= {digest: vector.astype(np.float16).astype(np.float32) for digest, vector in made.items()}
    return np.stack([known[one.text_digest] for one in texts]) if len(known) == len(wanted) else None


def _why(one: Estimate) -> str:
    counts = [sum(map(len, names.values())) for names in (one.closed, one.opened)]
    return f"{one.mix.tickets} newest requests come in another mix: {counts[0]} closed, {counts[1]} opened."


def _details(one: Estimate) -> dict[str, Any]:
    return {
        "version": one.version,
        "tickets": one.mix.tickets,
        "shares": {share.label: {"trained": share.trained, "now": share.now} for share in one.shares},
        "closed": {mode.value: list(names) for mode, names in one.closed.items()},
        "opened": {mode.value: list(names) for mode, names in one.opened.items()},
    }
