"""Measures of answers against the truth, in plain numpy: for classes, for rankings, and how sure a mean is.

They know no tickets and no articles; training, the evaluate command and the benchmarks share them.
"""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triagem.triage.paired import calibration_error as calibration_error  # beside the measures it is used with

Labels = NDArray[Any]

_DRAWS = 1_000
_OUTCOMES = 200


def chance_error(probabilities: NDArray[np.float64], *, seed: int = 0) -> float:
    """The ECE that these probabilities show on so few outcomes where each is exactly right: the mean of 200 draws.

    Source: Bröcker and Smith, Increasing the Reliability of Reliability Diagrams, 2007 (consistency resampling).
    """
    drawn = np.random.default_rng(seed).random((_OUTCOMES, len(probabilities))) < probabilities
    return float(np.mean([calibration_error(probabilities, outcomes) for outcomes in drawn]))


def macro_f1(truth: Labels, predicted: Labels) -> float:
    """The mean F1 of the classes that occur in either; 0 for nothing at all."""
    occurring = np.union1d(truth, predicted)
    return float(np.mean([f1(truth == one, predicted == one) for one in occurring])) if len(occurring) else 0.0


def f1(truth: NDArray[np.bool_], predicted: NDArray[np.bool_]) -> float:
    """Twice the hits by all that is claimed and all that is true."""
    claimed = int(truth.sum() + predicted.sum())
    return 2.0 * int((truth & predicted).sum()) / claimed if claimed else 0.0


def auroc(inside: NDArray[np.float64], outside: NDArray[np.float64]) -> float:
    """How often something inside is higher than something outside; ties count half."""
    both = np.concatenate([inside, outside])
    _, group, size = np.unique(both, return_inverse=True, return_counts=True)
    rank = (np.cumsum(size) - (size - 1) / 2.0)[group]
    wins = rank[: len(inside)].sum() - len(inside) * (len(inside) + 1) / 2.0
    return float(wins / (len(inside) * len(outside)))


def recall_at(found: Sequence[str], relevant: Collection[str], k: int) -> float:
    """1 when any of the first k is relevant, else 0: what a form that shows k articles achieves."""
    return float(any(one in relevant for one in found[:k]))


def reciprocal_rank(found: Sequence[str], relevant: Collection[str], k: int = 10) -> float:
    """One by the rank of the first relevant among the first k; 0 if none is there."""
    return next((1.0 / rank for rank, one in enumerate(found[:k], 1) if one in relevant), 0.0)


def ndcg(found: Sequence[str], relevant: Collection[str], k: int = 10) -> float:
    """Normalised discounted cumulative gain of the first k with relevance 0 or 1."""
    gain = sum(1.0 / np.log2(rank + 1) for rank, one in enumerate(found[:k], 1) if one in relevant)
    ideal = sum(1.0 / np.log2(rank + 1) for rank in range(1, min(len(relevant), k) + 1))
    return float(gain / ideal) if ideal else 0.0


def bootstrap_interval(values: Sequence[float], *, seed: int = 0) -> tuple[float, float]:
    """The 95 % percentile interval of the mean, from 1,000 draws with replacement."""
    drawn = np.random.default_rng(seed).choice(np.asarray(values, dtype=np.float64), (_DRAWS, len(values)))
    low, high = np.quantile(drawn.mean(axis=1), [0.025, 0.975])
    return float(low), float(high)
