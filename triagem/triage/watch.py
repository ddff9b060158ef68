"""Closes the classes whose proof no longer holds, by what people said of the answers; nothing is opened here.

What is said is read by `triagem.triage.labels`; opening is left to a new model or to an admin.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import numpy as np

from triagem.store import audit, choices, events, models
from triagem.store.audit import Action, Entry
from triagem.store.choices import Choice
from triagem.store.database import Connection, Database
from triagem.triage import taxonomy
from triagem.triage.decide import Rules, Targets
from triagem.triage.labels import Review, Word, last_words, of_answers, reviews_of, within_cap
from triagem.triage.targets import closed_classes, proven
from triagem.triage.thresholds import RISK, precision_bound, proven_together
from triagem.triage.triager import Triager
from triagem.types import Mode, TicketField

WATCHER = "watch over corrections"
# Fewer reviews, or one that is wrong, close nothing: a slip of one person is no drift.
_FEWEST_REVIEWS = 5
_FEWEST_WRONG = 2


@dataclass(frozen=True, slots=True)
class Broken:
    """A class whose precision is no longer proven in a mode: of `reviewed` answers only `right` were, since promotion.

    `bound` is the lower bound that the evidence and the reviews prove together.
    """

    field: TicketField
    version: str
    mode: Mode
    name: str
    reviewed: int
    right: int
    bound: float
    target: float


def close_broken(database: Database, triager: Triager, desk: str) -> list[Broken]:
    """Closes what is broken and not closed yet, from the next answer on, and writes it down; returns what it closed.

    Nothing is closed on one person's word. Where nobody else judges an answer, that person closes one class of each
    field, the one that was wrong most often, and no other before an admin reopens it or another model answers.
    """
    answering = triager.answering(desk)
    if not answering:
        return []
    with database.read() as connection:
        words, closed = words_that_count(connection, desk), closed_classes(connection, desk)
    targets = triager.targets(desk)
    is_alone = len({one.by for one in words}) == 1
    found = []
    for field, answer in answering.items():
        said = [one for one in words if one.field is field]
        if not is_alone:
            found += broken_by_many(answer.rules, targets[field], said, answer.version)
        elif not closed.get(answer.version, {}).get(field.value):
            against = broken(answer.rules, targets[field], reviews_of(said), answer.version)
            found += sorted(against, key=lambda one: one.right / one.reviewed)[:1]
    if found:
        with database.write() as connection:
            _close(connection, desk, found)
    return found


def reopen(connection: Connection, desk: str, field: TicketField, *, actor: str, why: str) -> None:
    """Takes back every closing of a field. What was said of it until now closes nothing any more.

    Where nothing is closed, nothing is written: so it was said once more, or too late.
    """
    closed = closed_classes(connection, desk)
    if not any(one.get(field) for one in closed.values()):
        return
    kept = {version: {name: modes for name, modes in one.items() if name != field} for version, one in closed.items()}
    choices.put(connection, desk, Choice.CLOSED, kept)
    reopened = choices.get(connection, desk, Choice.REOPENED) or {}
    choices.put(connection, desk, Choice.REOPENED, {**reopened, field.value: datetime.now(UTC).isoformat()})
    audit.record(connection, desk, Entry(actor, Action.REOPEN_CLASS, field.value, why))


def words_that_count(connection: Connection, desk: str) -> list[Word]:
    """What people said of answers of the models in force, as far as it counts."""
    promotion = models.in_force(connection, desk)
    since = promotion.created_at if promotion else None
    said = last_words(events.on_triages(connection, desk, since=since), taxonomy.load(connection, desk))
    return counting(connection, desk, said)


def counting(connection: Connection, desk: str, words: Sequence[Word]) -> list[Word]:
    """Of words on answers of the models in force those on each field since an admin last reopened it.

    No person beyond the cap. Whoever was spoken over is still among them.
    """
    reopened = choices.get(connection, desk, Choice.REOPENED) or {}
    begins = {TicketField(name): datetime.fromisoformat(at) for name, at in reopened.items()}
    new = [one for one in words if one.field not in begins or one.at > begins[one.field]]
    return within_cap(of_answers(new), own_labels={})


def broken_by_many(rules: Rules, targets: Targets, words: Sequence[Word], version: str) -> list[Broken]:
    """Of what is broken that which is so whoever's words are left out: no one person decides.

    Without them, what they had corrected or taken back stands as others said it.
    """
    found = broken(rules, targets, reviews_of(words), version)
    for person in {one.by for one in words}:
        if not found:
            break
        others = reviews_of(one for one in words if one.by != person)
        still = {(one.mode, one.name) for one in broken(rules, targets, others, version)}
        found = [one for one in found if (one.mode, one.name) in still]
    return found


def doubted(rules: Rules, targets: Targets, words: Sequence[Word], version: str) -> list[Broken]:
    """Of what is broken that which would not be so without one person's words."""
    by_many = broken_by_many(rules, targets, words, version)
    return [one for one in broken(rules, targets, reviews_of(words), version) if one not in by_many]


def broken(rules: Rules, targets: Targets, reviews: Sequence[Review], version: str) -> list[Broken]:
    """The open classes that the reviews speak against.

    A class's proof falls when evidence and reviews together no longer prove the target, or when the reviews alone show
    with 95 % confidence that it is missed. Classes that were proven together fall together; of them those are closed
    that were wrong at all.
    """
    found = []
    for mode, target in ((Mode.AUTO, targets.auto), (Mode.PRESELECT, targets.preselect)):
        for group in proven_together(proven(rules, mode)):
            # Classes that were renamed to one name share what is said of it: it counts once.
            names = {rules.answers[at] for at in group}
            said = [one for one in reviews if one.mode is mode and one.shown in names]
            bound = _bound(rules, mode, group, said, target)
            of_each = {at: [one for one in said if one.shown == rules.answers[at]] for at in group}
            found += [
                Broken(
                    field=reviewed[0].field,
                    version=version,
                    mode=mode,
                    name=rules.head.classes[at],
                    reviewed=len(reviewed),
                    right=sum(one.is_right for one in reviewed),
                    bound=bound,
                    target=target,
                )
                for at, reviewed in of_each.items()
                if bound is not None and not all(one.is_right for one in reviewed)
            ]
    return found


def _bound(rules: Rules, mode: Mode, group: Sequence[int], reviews: Sequence[Review], target: float) -> float | None:
    """The bound that no longer meets the target; None where nothing speaks against the group."""
    right = sum(one.is_right for one in reviews)
    if len(reviews) < _FEWEST_REVIEWS or len(reviews) - right < _FEWEST_WRONG:
        return None
    thresholds, evidence = proven(rules, mode), rules.head.evidence
    bars = np.array([thresholds[at].probability if at in group else np.inf for at in range(len(thresholds))])
    rows = evidence.probability >= bars[evidence.predicted]
    bound = precision_bound(right + int(evidence.correct[rows].sum()), len(reviews) + int(rows.sum()))
    return bound if bound < target or _upper_bound(right, len(reviews)) < target else None


def _upper_bound(right: int, tickets: int) -> float:
    """The one-sided 95 % Clopper-Pearson upper bound of a precision."""
    from scipy.special import betaincinv  # noqa: PLC0415 - slow to load, and serving rarely asks

    return float(betaincinv(right + 1, tickets - right, 1.0 - RISK)) if right < tickets else 1.0


def _close(connection: Connection, desk: str, found: Sequence[Broken]) -> None:
    closed = closed_classes(connection, desk)
    for one in found:
        modes = closed.setdefault(one.version, {}).setdefault(one.field.value, {})
        names = modes.setdefault(one.mode.value, [])
        if one.name not in names:
            names.append(one.name)
        why = f"{one.right} of {one.reviewed} reviewed answers were right; {one.target:.0%} is no longer proven."
        subject = f"{one.field.value}: {one.name} ({one.mode.value})"
        audit.record(connection, desk, Entry(WATCHER, Action.CLOSE_CLASS, subject, why, asdict(one)))
    choices.put(connection, desk, Choice.CLOSED, closed)
