"""How sure is sure enough: for each class the probability from which a target of precision is proven.

The proof rests on evidence that stands in the model: what each labelled ticket got from a model fitted without it.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

RISK = 0.05
CLOSED = math.inf
_GROWTH = 1.15

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
    from scipy.special import betaincinv  # noqa: PLC0415 - slow to load, and serving rarely asks

    return float(betaincinv(right, tickets - right + 1, RISK)) if right else 0.0


def fewest_tickets(target: float) -> int:
    """How many tickets without an error prove a target: 59 for 0.95, 29 for 0.90, 14 for 0.80."""
    return math.ceil(math.log(RISK) / math.log(target) - 1e-9)


def thresholds(evidence: Evidence, *, classes: int, target: float) -> tuple[Threshold, ...]:
    """One threshold per class; `CLOSED_THRESHOLD` where the evidence does not prove the target.

    Classes that prove nothing alone, mostly for want of tickets, are proven together; that they failed alone makes
    the joint test harder, never easier. Of the pool a class is left out, once the test is done, whose own tickets
    above the threshold fall short of the target or are too few to speak. On banking77 (five fifths) pooling lifts
    the share that is filled at a target of 0.95 from .60 to .74, with a realised precision of .99 either way.
    """
    of_class = [evidence.predicted == one for one in range(classes)]
    alone = [prove(evidence.of(rows), target) for rows in of_class]
    undecided = np.array([found is CLOSED_THRESHOLD for found in alone])
    together = prove(evidence.of(undecided[evidence.predicted]), target)
    if together is CLOSED_THRESHOLD:
        return tuple(alone)
    pooled = replace(together, pooled=True)
    above = evidence.probability >= pooled.probability
    return tuple(
        pooled if found is CLOSED_THRESHOLD and _joins(evidence.correct[rows & above], target) else found
        for found, rows in zip(alone, of_class, strict=True)
    )


def _joins(correct: NDArray[np.bool_], target: float) -> bool:
    """Whether a class's own tickets are as many as would prove the target at even odds, and good enough."""
    return len(correct) >= math.log(0.5) / math.log(target) and float(correct.mean()) >= target


def prove(evidence: Evidence, target: float) -> Threshold:
    """The lowest threshold proven, by a fixed sequence of tests, so that the risk of a false one stays 5 % in all.

    The order is set by the probabilities alone: first the threshold most likely to pass if they are right, then the
    next. The first that fails ends the sequence; of those that passed the lowest counts.
    """
    order = np.argsort(-evidence.probability, kind="stable")
    probability, correct = evidence.probability[order], evidence.correct[order]
    best = CLOSED_THRESHOLD
    for tickets in sorted(_candidates(probability, target), key=lambda one: -_chance(probability[:one], target)):
        bound = precision_bound(int(correct[:tickets].sum()), tickets)
        if bound < target:
            break
        if tickets > best.tickets:
            best = Threshold(float(probability[tickets - 1]), tickets, bound)
    return best


def _candidates(probability: Probabilities, target: float) -> Iterator[int]:
    """Numbers of likeliest tickets to test, each 15 % more, each with everything that is as likely as its last."""
    size, before = float(fewest_tickets(target)), 0
    while size <= len(probability) and before < len(probability):
        last = probability[math.ceil(size) - 1]
        tickets = int((probability >= last).sum())
        if tickets > before:
            yield tickets
        before, size = tickets, max(size, tickets) * _GROWTH
    if 0 < before < len(probability):
        yield len(probability)


def _chance(probability: Probabilities, target: float) -> float:
    """How likely these tickets are to pass if their probabilities are right."""
    from scipy.special import bdtr  # noqa: PLC0415 - slow to load, and serving rarely asks

    tickets = len(probability)
    errors = max_errors(tickets, target)
    return float(bdtr(errors, tickets, 1.0 - float(probability.mean()))) if errors >= 0 else 0.0


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


@lru_cache(maxsize=4_096)
def max_errors(tickets: int, target: float) -> int:
    """How many errors among so many tickets still prove the target; -1 if none do."""
    allowed = -1
    while precision_bound(tickets - allowed - 1, tickets) >= target:
        allowed += 1
    return allowed
