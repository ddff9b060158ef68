"""Makes scores mean something: fits how they become probabilities, on scores of tickets the scorer had not seen.

Whether a probability is high enough to act on is left to `triagem.triage.decide`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from triagem.triage.classifier import to_probabilities
from triagem.triage.kernel import Matrix

_START = (2.0, 0.1)
_BOUNDS = ((0.0, 4.5), (0.0, 1.0))  # sharpness from 1 to 90; from no prior to the whole of it
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Calibration:
    """The two numbers per field, and the mean negative log-likelihood they reach on the scores they were fitted to."""

    sharpness: float
    offsets: NDArray[np.float64]
    loss: float

    def probabilities(self, scores: Matrix) -> NDArray[np.float64]:
        return to_probabilities(scores, self.sharpness, self.offsets)


def calibrate(scores: Matrix, truth: NDArray[np.intp], *, classes: int) -> Calibration:
    """The temperature, and the weight of how frequent each class is, that make the labels likeliest.

    `scores` `(n, classes)` must come from models that did not see the row; `truth` are positions of classes.
    """
    frequency = np.log(np.bincount(truth, minlength=classes) + 1.0)
    frequency -= frequency.mean()

    def loss(parameters: NDArray[np.float64]) -> float:
        found = to_probabilities(scores, float(np.exp(parameters[0])), parameters[1] * frequency)
        return float(-np.log(np.maximum(found[np.arange(len(truth)), truth], 1e-12)).mean())

    best = minimize(loss, np.array(_START), method="L-BFGS-B", bounds=_BOUNDS)
    sharpness = round(float(np.exp(best.x[0])), _DIGITS)
    return Calibration(sharpness, np.round(best.x[1] * frequency, _DIGITS), float(best.fun))
