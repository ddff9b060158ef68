"""How far what comes in has moved from what a model was trained on, as one number with the size that chance explains.

What is compared and what follows is decided in `triagem.insight.quality`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CONFIDENCE_BINS = [0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0]
# Siddiqi's rule of thumb: below 0.10 nothing moved, from 0.25 on much did.
MUCH = 0.25
_HALF_A_TICKET = 0.5
_RISK = 0.05


@dataclass(frozen=True, slots=True)
class Moved:
    """One comparison. `psi` is 0 for equal shares; it says something from `chance` on, and much from 0.25 on."""

    psi: float
    chance: float
    tickets: int

    @property
    def is_alarming(self) -> bool:
        return self.psi >= max(MUCH, self.chance)


def moved(before: Mapping[str, float], now: Mapping[str, float], *, trained: int, seen: int) -> Moved:
    """The population stability index of two sets of shares from `trained` and `seen` tickets.

    `sum((q - p) * ln(q / p))` (Siddiqi, Credit Risk Scorecards, 2006). Without any change it is distributed like
    chi-square with one degree less than there are shares, times `1 / trained + 1 / seen`; `chance` is its 95 % quantile
    (Yurdakul and Naranjo, Statistical properties of the population stability index, 2020).
    """
    from scipy.special import gammaincinv  # noqa: PLC0415 - slow to load, and serving rarely asks

    names = sorted({*before, *now})
    p, q = _shares(before, names, trained), _shares(now, names, seen)
    psi = float(((q - p) * np.log(q / p)).sum())
    spread = 1.0 / max(1, trained) + 1.0 / max(1, seen)
    chance = 2.0 * float(gammaincinv(max(1, len(names) - 1) / 2.0, 1.0 - _RISK)) * spread
    return Moved(psi, chance, seen)


def _shares(shares: Mapping[str, float], names: Sequence[str], tickets: int) -> NDArray[np.float64]:
    """With half a ticket more for each name: what did not occur among fifty tickets is not impossible."""
    counts = np.array([shares.get(name, 0.0) for name in names]) * tickets + _HALF_A_TICKET
    result: NDArray[np.float64] = counts / counts.sum()
    return result


def confidence_shares(confidence: NDArray[np.float64] | Sequence[float]) -> dict[str, float]:
    """The share of tickets in each bin of confidence, by the bin's lower end."""
    counts, _ = np.histogram(np.asarray(confidence, dtype=np.float64), bins=CONFIDENCE_BINS)
    total = max(1, int(counts.sum()))
    return {f"{low:g}": round(int(count) / total, 6) for low, count in zip(CONFIDENCE_BINS, counts, strict=False)}
