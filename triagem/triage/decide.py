"""From what the classifier makes of a ticket to what triage says of a field: how far it may be acted on, or why not.

The proof of a threshold stands in `triagem.triage.thresholds`, the model in `triagem.triage.classifier`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from triagem.triage.branches import branch_of
from triagem.triage.classifier import Head
from triagem.triage.nested import thresholds
from triagem.triage.thresholds import Threshold, fewest_tickets
from triagem.types import Candidate, FieldDecision, Mode, Reason, TicketField

CANDIDATES = 3
# Below these a suggestion would be a guess: two classes as likely as each other, or none likely at all.
_LEAST_MARGIN = 0.05
_LEAST_PROBABILITY = 0.15


@dataclass(frozen=True, slots=True)
class Targets:
    """The precision that each mode must have been proven to reach."""

    auto: float = 0.95
    preselect: float = 0.80


@dataclass(frozen=True, slots=True)
class Rules:
    """A field's classes with the proven threshold of each for both modes, and which classes are too rare to prove.

    `answers` is what each class is called now, None for one that is not answered any more.
    """

    head: Head
    auto: tuple[Threshold, ...]
    preselect: tuple[Threshold, ...]
    rare: NDArray[np.bool_]
    answers: tuple[str | None, ...]


def rules_of(head: Head, targets: Targets) -> Rules:
    """The thresholds that the model's own evidence proves for these targets."""
    return rules_of_each(head, [targets])[0]


def rules_of_each(head: Head, targets: Sequence[Targets]) -> list[Rules]:
    """The same for several targets, in little more than the time of one."""
    classes = len(head.classes)
    counts = np.bincount(head.evidence.predicted, minlength=classes)
    asked = {target for one in targets for target in (one.auto, one.preselect)}
    proven = thresholds(head.evidence, classes=classes, targets=asked)
    return [
        Rules(
            head=head,
            auto=proven[one.auto],
            preselect=proven[one.preselect],
            rare=counts < fewest_tickets(one.preselect),
            answers=head.classes,
        )
        for one in targets
    ]


def naming(rules: Rules, current: Callable[[str], str | None]) -> Rules:
    """The same rules under the names of now: `current` gives each class its name, None to one that is retired."""
    return replace(rules, answers=tuple(current(name) for name in rules.head.classes))


def decide(
    field: TicketField,
    rules: Rules,
    probabilities: NDArray[np.float64],
    *,
    familiarity: float,
    is_foreign: bool = False,
) -> FieldDecision:
    """The field's likeliest class in the furthest mode it has proven, with the three likeliest beside it.

    A text that `is_foreign` is at most suggested: of other languages than Portuguese and English nothing is proven.
    A suggestion says why it is not more; a field left open why it is not even that. Both name the branch of the tree of
    labels that is likely enough.
    """
    head = rules.head
    shares = _shares(rules, probabilities)
    candidates = tuple(Candidate(name, share) for name, share in list(shares.items())[:CANDIDATES])
    if not candidates:
        return abstain(field, Reason.NO_MODEL)
    first, second = candidates[0], candidates[1].probability if len(candidates) > 1 else 0.0
    # What is proven is proven of a class by itself, whatever else goes by its name and however much was retired.
    best = max((at for at, name in enumerate(rules.answers) if name == first.value), key=lambda at: probabilities[at])

    is_unlike_all = head.least_familiar is not None and familiarity < head.least_familiar

    def decision(mode: Mode, reason: Reason | None = None) -> FieldDecision:
        value = None if mode is Mode.ABSTAIN else first.value
        branch = branch_of(first.value, shares) if reason is not None and not is_unlike_all else None
        return FieldDecision(field, mode, value, first.probability, candidates, reason, branch)

    if is_unlike_all:
        return decision(Mode.ABSTAIN, Reason.UNSUPPORTED_LANGUAGE if is_foreign else Reason.OUT_OF_SCOPE)
    if not is_foreign and probabilities[best] >= rules.auto[best].probability:
        return decision(Mode.AUTO)
    if not is_foreign and probabilities[best] >= rules.preselect[best].probability:
        return decision(Mode.PRESELECT)
    if first.probability < _LEAST_PROBABILITY or first.probability - second < _LEAST_MARGIN:
        return decision(Mode.ABSTAIN, Reason.AMBIGUOUS)
    if is_foreign:
        return decision(Mode.SUGGEST, Reason.UNSUPPORTED_LANGUAGE)
    return decision(Mode.SUGGEST, Reason.TOO_FEW_EXAMPLES if rules.rare[best] else Reason.BELOW_THRESHOLD)


def _shares(rules: Rules, probabilities: NDArray[np.float64]) -> dict[str, float]:
    """The names of now, likeliest first: classes of one name add up, the retired leave their share to the others."""
    summed: dict[str, float] = {}
    for name, probability in zip(rules.answers, probabilities.tolist(), strict=True):
        if name is not None:
            summed[name] = summed.get(name, 0.0) + probability
    total = sum(summed.values()) if None in rules.answers else 1.0
    likeliest = sorted(summed.items(), key=lambda one: -one[1])
    return {name: probability / (total or 1.0) for name, probability in likeliest}


def abstain(field: TicketField, reason: Reason) -> FieldDecision:
    """The field left open without looking at the text."""
    return FieldDecision(field, Mode.ABSTAIN, None, None, reason=reason)
