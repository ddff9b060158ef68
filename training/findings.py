"""What a person should look at among labels: twins, contradictions, overlaps, doubts, and what is missing.

Pure functions of tickets and of what models made of them that had not seen them; gathering both is `training.audit`.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.dataset import Example, Snapshot
from training.duplicates import same_words
from training.fit import Outcome
from triagem.text.normalise import fold
from triagem.triage.decide import Targets
from triagem.triage.nested import thresholds
from triagem.triage.thresholds import Evidence, tickets_for
from triagem.types import TicketField

# A label that the others find this unlikely, while they are this sure of another one.
_DOUBTED, _SURE = 0.05, 0.8
# Two classes overlap when so many tickets, and so large a share of the smaller one, go to the other.
_OVERLAP_TICKETS, _OVERLAP_SHARE = 3, 0.1


@dataclass(frozen=True, slots=True)
class Twins:
    """Labels that differ in space, case or accents alone, each with its number of tickets."""

    labels: dict[str, int]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Tickets that say the same and are labelled differently: their ids by label."""

    text: str
    tickets: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two classes whose tickets are taken for each other, and how large a share of the smaller one is."""

    first: str
    second: str
    tickets: int
    share: float


@dataclass(frozen=True, slots=True)
class Doubt:
    """A ticket whose label is probably wrong: all the others speak for `likely`."""

    ticket_id: str
    label: str
    likely: str
    probability: float
    text: str


@dataclass(frozen=True, slots=True)
class Need:
    """A class, its tickets, and how many more each mode needs at the least, if they go on like its surest so far."""

    label: str
    tickets: int
    auto: int
    preselect: int


def twins(counts: Mapping[str, int]) -> Iterator[Twins]:
    """Labels that only look different."""
    alike: dict[str, dict[str, int]] = defaultdict(dict)
    for name, count in sorted(counts.items()):
        alike[" ".join(fold(name).split())][name] = count
    yield from (Twins(names) for names in alike.values() if len(names) > 1)


def contradictions(every: Iterable[Example], field: TicketField) -> Iterator[Contradiction]:
    """The same words, numbers aside, under different labels."""
    said: dict[tuple[str, ...], list[Example]] = defaultdict(list)
    for one in every:
        if field in one.labels:
            said[same_words(one.text)].append(one)
    for alike in said.values():
        labels = sorted({one.labels[field] for one in alike})
        if len(labels) > 1:
            ids = {name: tuple(sorted(one.id for one in alike if one.labels[field] == name)) for name in labels}
            yield Contradiction(alike[0].text, ids)


def overlaps(outcome: Outcome) -> list[Overlap]:
    """Pairs of classes that are taken for each other, the worst first."""
    classes, truth, predicted = outcome.head.classes, outcome.truth, outcome.left_out.argmax(axis=1)
    sizes = np.bincount(truth, minlength=len(classes))
    wrong = np.zeros((len(classes), len(classes)), dtype=np.intp)
    np.add.at(wrong, (truth[truth != predicted], predicted[truth != predicted]), 1)
    both = wrong + wrong.T
    found = []
    for one, other in zip(*np.nonzero(np.triu(both)), strict=True):
        share = both[one, other] / max(1, min(sizes[one], sizes[other]))
        if both[one, other] >= _OVERLAP_TICKETS and share >= _OVERLAP_SHARE:
            found.append(Overlap(classes[one], classes[other], int(both[one, other]), round(float(share), 4)))
    return sorted(found, key=lambda pair: (-pair.share, pair.first, pair.second))


def doubts(snapshot: Snapshot, outcome: Outcome) -> list[Doubt]:
    """Labels that are probably wrong, the surest first."""
    classes, rows = outcome.head.classes, np.arange(len(outcome.truth))
    own = outcome.left_out[rows, outcome.truth]
    likely = outcome.left_out.argmax(axis=1)
    suspect = np.flatnonzero((own < _DOUBTED) & (outcome.left_out[rows, likely] >= _SURE))
    found = [
        Doubt(
            ticket_id=snapshot.examples[outcome.positions[at]].id,
            label=classes[outcome.truth[at]],
            likely=classes[likely[at]],
            probability=round(float(outcome.left_out[at, likely[at]]), 4),
            text=snapshot.examples[outcome.positions[at]].text,
        )
        for at in suspect
    ]
    return sorted(found, key=lambda one: (-one.probability, one.ticket_id))


def needs(classes: Sequence[str], evidence: Evidence, truth: NDArray[np.intp], targets: Targets) -> Iterator[Need]:
    """How far each class is from what each mode needs, the rarest class first; 0 where it has it."""
    sizes = np.bincount(truth, minlength=len(classes))
    proven = thresholds(evidence, classes=len(classes), targets={targets.auto, targets.preselect})
    opened = {target: [one.tickets > 0 for one in found] for target, found in proven.items()}
    for at in np.argsort(sizes, kind="stable"):
        own = evidence.of(evidence.predicted == at)
        auto, preselect = (
            0 if opened[target][at] else still_needed(own, target) for target in (targets.auto, targets.preselect)
        )
        yield Need(classes[at], int(sizes[at]), auto, preselect)


def still_needed(own: Evidence, target: float) -> int:
    """How many more tickets of a class would prove the target, if they went on like its surest so far.

    Of each threshold: what its errors demand by the bound, less what it has, over the share of tickets that reach it.
    """
    correct = own.correct[np.argsort(-own.probability, kind="stable")]
    errors = np.cumsum(~correct).tolist()
    missing = [
        math.ceil((tickets_for(wrong, target) - reached) * len(correct) / reached)
        for reached, wrong in enumerate(errors, 1)
    ]
    return max(1, min(missing, default=tickets_for(0, target)))


def parents_accuracy(outcome: Outcome) -> float | None:
    """How often the first part of paths like `billing/refund` is right; None where no label is a path."""
    parents = np.array([name.split("/")[0] for name in outcome.head.classes])
    if not len(outcome.truth) or not any("/" in name for name in outcome.head.classes):
        return None
    return round(float((parents[outcome.left_out.argmax(axis=1)] == parents[outcome.truth]).mean()), 4)
