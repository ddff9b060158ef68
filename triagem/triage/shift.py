"""What a changed mix of classes does to what was proven: which mix new tickets come from, and what holds under it.

Assumed is that only the shares of the classes have moved, not what their tickets look like; nothing is read or stored.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triagem.triage.classifier import Head
from triagem.triage.decide import Rules, Targets
from triagem.triage.thresholds import (
    Evidence,
    Probabilities,
    Threshold,
    Trials,
    fewest_tickets,
    proven_together,
    worth_trying,
)

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
    """The same rules with each threshold raised to where its target is proven under the mix `now`, closed where it is
    nowhere; none is lowered.
    """
    ratio = now / trained_mix(rules.head)
    weight = ratio[rules.head.owners[rules.head.proving]]
    return replace(
        rules,
        auto=_holding(rules.head.evidence, rules.auto, targets.auto, weight),
        preselect=_holding(rules.head.evidence, rules.preselect, targets.preselect, weight),
    )


def _holding(
    evidence: Evidence, proven: tuple[Threshold, ...], target: float, weight: Probabilities
) -> tuple[Threshold, ...]:
    bars = np.array([one.probability for one in proven])
    above = evidence.probability >= bars[evidence.predicted]
    held = list(proven)
    for group in proven_together(proven):
        rows = above & np.isin(evidence.predicted, group)
        shifted = _Shifted.of(evidence.of(rows), weight[rows])
        least = min(proven[at].bound for at in group)
        if shifted.bound_of(np.array([least]), np.array([rows.sum()]))[0] < target:
            raised = shifted.proven(target)
            for at in group:
                higher = max(raised.probability, proven[at].probability)
                held[at] = replace(raised, probability=higher, pooled=proven[at].pooled)
    return tuple(held)


@dataclass(frozen=True, slots=True)
class _Shifted:
    """Evidence of what shares one proof, from the likeliest ticket on, each of which comes `weight` times as often."""

    own: Evidence
    weight: Probabilities

    @classmethod
    def of(cls, own: Evidence, weight: Probabilities) -> "_Shifted":
        order = np.argsort(-own.probability, kind="stable")
        return cls(Evidence(own.predicted[order], own.probability[order], own.correct[order]), weight[order])

    def proven(self, target: float) -> Threshold:
        """The lowest threshold that is proven now, by the fixed sequence of `Trials.passed`."""
        trials = Trials.of(self.own, worth_trying(self.own.probability))
        weighed = replace(trials, bound=self.bound_of(trials.bound, trials.tickets))
        return weighed.lowest(weighed.passed(target, enough=fewest_tickets(target)), least=0.0)

    def bound_of(self, bound: Probabilities, tickets: NDArray[np.intp]) -> Probabilities:
        """What is left of each lower bound of precision, proven by so many of the likeliest tickets.

        What the odds of an error are multiplied by is judged from the errors there are and one more of the usual
        weight: few were seen, and a class without an error is not safe from its neighbours' growth.
        """
        correct, wrong = self.own.correct, ~self.own.correct
        rights, wrongs = self._of_likeliest(correct, tickets), self._of_likeliest(wrong, tickets)
        heavier = (self._of_likeliest(self.weight * wrong, tickets) + 1.0) / (wrongs + 1.0)
        usual = self._of_likeliest(self.weight * correct, tickets) / np.maximum(rights, 1.0)
        left: Probabilities = bound * usual / np.maximum(bound * usual + (1.0 - bound) * heavier, 1e-12)
        return left

    @staticmethod
    def _of_likeliest(values: NDArray[Any], tickets: NDArray[np.intp]) -> Probabilities:
        summed: Probabilities = np.append(0.0, np.cumsum(values))[tickets]
        return summed
