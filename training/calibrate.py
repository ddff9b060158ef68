"""Makes scores mean something: fits how they become probabilities, on scores of tickets the scorer had not seen.

Whether a probability is high enough to act on is left to `triagem.triage.decide`.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triagem.triage.kernel import Matrix
from triagem.triage.scale import Scale, logarithms, softmax

_FLOORS = (0.1, 0.05, 0.03, 0.02, 0.01, 0.005)
_START = (3.0, 0.0)
# Power and floor of a field without tickets: what one ticket a class teaches on banking77.
_GUESS = (2.5, 0.005)
# The first tickets of a field make nobody less sure than the names of its classes did: all count as so many at least.
_LEAST_BELIEVED = 20
_LEAST, _MOST = np.array([0.1, -1.0]), np.array([30.0, 1.0])
_STEPS = 25
_CLOSE = 1e-6
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Calibration:
    """A scale, and the mean negative log-likelihood of the labels under it, the ticket of no class included."""

    scale: Scale
    loss: float


def calibrate(scores: Matrix, truth: NDArray[np.intp], *, classes: int) -> Calibration:
    """The power, the floor, and the weight of how frequent each class is, that make the labels likeliest.

    `scores` `(n, classes)` must come from models that did not see the row; `truth` are positions of classes. Without
    any row the scale is a guess.
    """
    if not len(truth):
        return Calibration(Scale(*_GUESS, np.zeros(classes), _LEAST_BELIEVED), math.inf)
    frequency = np.log(np.bincount(truth, minlength=classes) + 1.0)
    frequency -= frequency.mean()
    best = _with_floor(scores, truth, frequency, _FLOORS[0])
    for floor in _FLOORS[1:]:
        found = _with_floor(scores, truth, frequency, floor)
        if found.loss >= best.loss:  # one valley: further down it only rises
            break
        best = found
    return best


def _with_floor(scores: Matrix, truth: NDArray[np.intp], frequency: NDArray[np.float64], floor: float) -> Calibration:
    """Given the floor the loss without the ticket of no class is convex in the other two numbers: Newton's method finds
    them in a few steps.
    """
    logs = logarithms(scores, floor)
    place = np.array(_START)
    for _ in range(_STEPS):
        step = _newton_step(logs, frequency, softmax(place[0] * logs + place[1] * frequency), truth)
        moved = np.clip(place - step, _LEAST, _MOST)
        close = np.abs(moved - place).max() < _CLOSE
        place = moved
        if close:
            break
    believed = max(len(truth), _LEAST_BELIEVED)
    scale = Scale(round(float(place[0]), _DIGITS), floor, np.round(place[1] * frequency, _DIGITS), believed)
    right = scale.probabilities(scores)[np.arange(len(truth)), truth]
    return Calibration(scale, float(-np.log(np.maximum(right, 1e-12)).mean()))


def _newton_step(
    logs: NDArray[np.float64], frequency: NDArray[np.float64], found: NDArray[np.float64], truth: NDArray[np.intp]
) -> NDArray[np.float64]:
    weighed = found * logs
    expected = np.stack([weighed.sum(axis=1), found @ frequency])
    actual = np.stack([logs[np.arange(len(truth)), truth], frequency[truth]])
    mixed = (weighed @ frequency).mean()
    squares = np.array([[(weighed * logs).sum(axis=1).mean(), mixed], [mixed, (found @ np.square(frequency)).mean()]])
    curvature = squares - expected @ expected.T / len(truth) + 1e-6 * np.eye(2)
    step: NDArray[np.float64] = np.linalg.solve(curvature, (expected - actual).mean(axis=1))
    return step
