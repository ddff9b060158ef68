"""Two models on the same tickets, ticket by ticket: what chance explains of their difference, and their calibration.

Which tickets, and what follows, is decided in `triagem.triage.gate`.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RISK = 0.05
_MARGIN = 0.02
# With few tickets two of them may be lost by chance alone; a share says too little there.
_MARGIN_TICKETS = 2
# In a part of the tickets: a class, a language. What equal models lose there, and what is missed: decision 20.
_PART_MARGIN, _PART_SHARE = 0.10, 0.5
FEWEST_OF_PART = 3
_Z = 1.645
_BINS = 15


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two models on the same tickets: how many the new one alone got right, and how many the old one alone."""

    tickets: int
    gained: int
    lost: int

    @property
    def difference(self) -> float:
        """Accuracy of the new model less that of the old."""
        return (self.gained - self.lost) / self.tickets if self.tickets else 0.0

    @property
    def is_better(self) -> bool:
        """Whether so many gains would happen to equal models in at most 5 % of cases (exact McNemar, one-sided)."""
        return _at_least(self.gained, self.gained + self.lost) <= RISK

    @property
    def is_not_inferior(self) -> bool:
        """Whether the 95 % lower bound of the difference (adjusted Wald, Agresti and Min 2005) is above the margin."""
        size = self.tickets + 2
        mean = (self.gained - self.lost) / size
        spread = math.sqrt(max(self.gained + self.lost + 1 - size * mean * mean, 0.0)) / size
        return mean - _Z * spread > -max(_MARGIN, _MARGIN_TICKETS / max(self.tickets, 1))

    def is_worse(self, *, among: int, was_right: int) -> bool:
        """Whether a part of the tickets, one of `among`, lost what must not be lost; the old model had `was_right`.

        Either more than happens to equal models in 5 % of cases, over all the parts (Bonferroni); or more than ten
        points, and more than happens in 5 % in this part alone; or half of what was right, of three tickets or more.
        """
        net, chance = self.lost - self.gained, _at_least(self.lost, self.gained + self.lost)
        return (
            chance <= RISK / among
            or (chance <= RISK and net > _PART_MARGIN * self.tickets)
            or net >= max(FEWEST_OF_PART, _PART_SHARE * was_right)
        )


def calibration_error(confidence: NDArray[np.float64], correct: NDArray[np.bool_]) -> float:
    """ECE: the mean distance of confidence and accuracy over 15 equal bins, weighed by how many fall into each."""
    bins = np.minimum((confidence * _BINS).astype(np.intp), _BINS - 1)
    gaps = [abs(float((confidence[bins == one] - correct[bins == one]).sum())) for one in range(_BINS)]
    return sum(gaps) / len(confidence) if len(confidence) else 0.0


def _at_least(wins: int, rounds: int) -> float:
    """How likely a fair coin is to fall so at least `wins` times."""
    from scipy.special import bdtrc  # noqa: PLC0415 - slow to load, and serving rarely asks

    return float(bdtrc(wins - 1, rounds, 0.5)) if wins else 1.0
