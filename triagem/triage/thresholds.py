"""What evidence proves of a precision: bounds, how many tickets they take, and a sequence of thresholds to try.

The evidence stands in the model: what each labelled ticket got from a model fitted without it. Which threshold a class
gets is decided in `triagem.triage.nested`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

RISK = 0.05
CLOSED = math.inf
# Fewer tickets prove nothing that can be asked for; each trial has 5 % more than the one before.
_SMALLEST, _GROWTH = 5, 1.05

Probabilities = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Evidence:
    """For each labelled ticket: the class that was likeliest without it, how likely, and whether it was right."""

    predicted: NDArray[np.int32]
    probability: Probabilities
    correct: NDArray[np.bool_]

    def of(self, rows: NDArray[np.bool_]) -> "Evidence":
        return Evidence(self.predicted[rows], self.probability[rows], self.correct[rows])


@dataclass(frozen=True, slots=True)
class Threshold:
    """From `probability` on, `tickets` tickets of the evidence prove a precision of `bound` (95 %, one-sided).

    If `pooled` they are of several classes, of which each may be a little better or worse.
    """

    probability: float
    tickets: int
    bound: float
    pooled: bool = False


CLOSED_THRESHOLD = Threshold(CLOSED, 0, 0.0)


def precision_bound(right: int, tickets: int) -> float:
    """The one-sided 95 % Clopper-Pearson lower bound of a precision; 0 for no tickets."""
    return float(bounds(np.array([right]), np.array([tickets]))[0])


def bounds(right: NDArray[Any], tickets: NDArray[Any], *, risk: float = RISK) -> Probabilities:
    """`precision_bound` of many counts, at another risk if need be; `right` need not be whole."""
    from scipy.special import betaincinv  # noqa: PLC0415 - slow to load, and serving rarely asks

    some = right > 0
    found: Probabilities = np.where(some, betaincinv(np.where(some, right, 1.0), tickets - right + 1.0, risk), 0.0)
    return found


def fewest_tickets(target: float) -> int:
    """How many tickets without an error prove a target: 59 for 0.95, 29 for 0.90, 14 for 0.80."""
    return math.ceil(math.log(RISK) / math.log(target) - 1e-9)


@lru_cache(maxsize=4_096)
def tickets_for(errors: int, target: float) -> int:
    """How many tickets prove a target although so many of them are wrong; `fewest_tickets` where none is."""
    low, high = errors, fewest_tickets(target)
    while precision_bound(high - errors, high) < target:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if precision_bound(middle - errors, middle) >= target else (middle, high)
    return high


@dataclass(frozen=True, slots=True)
class Trials:
    """Thresholds to try, from high to low; all arrays are `(trials,)`.

    `tickets` are at least as likely as `probability`. `bound` is the precision that they prove, `expected` what they
    would prove if their probabilities were right.
    """

    probability: Probabilities
    tickets: NDArray[np.intp]
    bound: Probabilities
    expected: Probabilities

    @classmethod
    def of(cls, evidence: Evidence, at: Probabilities) -> "Trials":
        """The trials of `evidence` at the thresholds `at`, which go down."""
        order = np.argsort(-evidence.probability, kind="stable")
        probability, correct = evidence.probability[order], evidence.correct[order]
        tickets = np.searchsorted(-probability, -at, side="right")
        return cls(
            probability=at,
            tickets=tickets,
            bound=bounds(np.append(0, np.cumsum(correct))[tickets], tickets),
            expected=bounds(np.append(0.0, np.cumsum(probability))[tickets], tickets),
        )

    def passed(self, target: float, *, enough: int) -> NDArray[np.intp]:
        """Which trials prove the target, by a fixed sequence of tests, so that the risk of a false one is 5 % in all.

        The sequence is set by the probabilities alone: it begins where most would be proven if they were right, among
        trials of `enough` tickets, and goes down one by one. The first that fails ends it.
        """
        able = self.tickets >= enough
        if not able.any():
            return np.arange(0)
        first = int(np.argmax(np.where(able, self.expected, -1.0)))
        failed = np.flatnonzero(self.bound[first:] < target)
        last = first + int(failed[0]) if len(failed) else len(able)
        return np.arange(first, last)

    def lowest(self, allowed: NDArray[np.intp], *, least: float) -> Threshold:
        """The lowest threshold of the allowed trials that is no lower than `least`; `CLOSED_THRESHOLD` if none is."""
        kept = allowed[self.probability[allowed] >= least]
        if not len(kept):
            return CLOSED_THRESHOLD
        return Threshold(float(self.probability[kept[-1]]), int(self.tickets[kept[-1]]), float(self.bound[kept[-1]]))


def worth_trying(probability: Probabilities) -> Probabilities:
    """Thresholds from high to low, each reached by 5 % more tickets than the one before, the last by all."""
    ordered = np.sort(probability)[::-1]
    sizes, size = [], float(_SMALLEST)
    while size < len(ordered):
        sizes.append(math.ceil(size))
        size *= _GROWTH
    found: Probabilities = np.unique(np.append(ordered[np.array(sizes, dtype=np.intp) - 1], ordered[-1:]))[::-1]
    return found


def proven_together(thresholds: Sequence[Threshold]) -> list[list[int]]:
    """The open classes by the proof that they share: each by itself, the pooled ones in one group."""
    is_open = [at for at, one in enumerate(thresholds) if one.tickets]
    pooled = [at for at in is_open if thresholds[at].pooled]
    return [*([at] for at in is_open if not thresholds[at].pooled), *([pooled] if pooled else [])]
