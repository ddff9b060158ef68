"""What a changed mix of classes does to what was proven: which mix new tickets come from, and what holds under it.

Assumed is that only the shares of the classes have moved, not what their tickets look like; nothing is read or stored.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from triagem.triage.classifier import Head
from triagem.triage.decide import Rules, Targets
from triagem.triage.thresholds import CLOSED_THRESHOLD, Probabilities, Threshold, precision_bound

_STEPS = 200
_CLOSE = 1e-6


def trained_mix(head: Head) -> Probabilities:
    """The shares of the classes among the tickets that a model was fitted on, `(classes,)`."""
    counts = np.bincount(head.owners[head.proving], minlength=len(head.classes)) + 1e-3
    mix: Probabilities = counts / counts.sum()
    return mix


def mix_of(probabilities: Probabilities, trained: Probabilities) -> Probabilities:
    """The mix that unlabelled tickets come from, by what the model makes of them, `(n, classes)`.

    Expectation maximisation (Saerens, Latinne and Decaestecker, Neural Computation 14, 2002), held to the trained mix
    by one imagined ticket a class, so that a handful of tickets moves little.
    """
    held = float(len(trained))
    now = trained
    for _ in range(_STEPS):
        moved = (under(probabilities, trained=trained, now=now).sum(axis=0) + held * trained) / (
            len(probabilities) + held
        )
        close = np.abs(moved - now).max() < _CLOSE
        now = moved
        if close:
            break
    return now


def under(probabilities: Probabilities, *, trained: Probabilities, now: Probabilities) -> Probabilities:
    """The same probabilities if classes come in the shares `now`: rows in proportion to `p * now / trained`."""
    moved = probabilities * (now / trained)
    result: Probabilities = moved / moved.sum(axis=1, keepdims=True)
    return result


def rules_under(rules: Rules, targets: Targets, now: Probabilities) -> Rules:
    """The same rules less the classes whose bound does not meet its target under the mix `now`; none is opened."""
    ratio = now / trained_mix(rules.head)
    return replace(
        rules,
        auto=_holding(rules.head, rules.auto, targets.auto, ratio),
        preselect=_holding(rules.head, rules.preselect, targets.preselect, ratio),
    )


def _holding(head: Head, proven: tuple[Threshold, ...], target: float, ratio: Probabilities) -> tuple[Threshold, ...]:
    evidence, weight = head.evidence, ratio[head.owners[head.proving]]
    bars = np.array([one.probability for one in proven])
    above = evidence.probability >= bars[evidence.predicted]
    pooled = np.array([one.pooled for one in proven])
    together = above & pooled[evidence.predicted]
    held = []
    for at, one in enumerate(proven):
        rows = together if one.pooled else above & (evidence.predicted == at)
        meets = one.tickets > 0 and _bound(evidence.correct[rows], weight[rows]) >= target
        held.append(one if meets else CLOSED_THRESHOLD)
    return tuple(held)


def _bound(correct: NDArray[np.bool_], weight: Probabilities) -> float:
    """The lower bound of precision once right and wrong tickets come so many times as often.

    What the odds of an error are multiplied by is judged from the errors there are and one more of the usual weight:
    few were seen, and a class without an error is not safe from its neighbours' growth.
    """
    if not correct.any():
        return 0.0
    bound = precision_bound(int(correct.sum()), len(correct))
    wrong = (float(weight[~correct].sum()) + 1.0) / (int((~correct).sum()) + 1)
    odds = (1.0 - bound) / bound * wrong / float(weight[correct].mean())
    return 1.0 / (1.0 + odds)
