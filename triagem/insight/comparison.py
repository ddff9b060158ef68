"""Two shares held against each other: the interval of their difference, and how many more cases would tell them apart.

Which people are compared, and why they may be, is the caller's business.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

_Z = NormalDist().inv_cdf(0.975)
_POWER_Z = NormalDist().inv_cdf(0.80)


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927, JASA 22); all of [0, 1] for nobody."""
    if not total:
        return 0.0, 1.0
    share, squared = hits / total, _Z * _Z
    middle = share + squared / (2 * total)
    half = _Z * math.sqrt(share * (1 - share) / total + squared / (4 * total * total))
    scale = 1 + squared / total
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def difference(hits: int, total: int, other_hits: int, other_total: int) -> Interval | None:
    """One share less the other with its 95 % interval (Newcombe 1998, Statistics in Medicine 17, method 10).

    None where one side has nobody.
    """
    if not total or not other_total:
        return None
    share, other = hits / total, other_hits / other_total
    (low, high), (other_low, other_high) = wilson(hits, total), wilson(other_hits, other_total)
    return Interval(
        share - other,
        share - other - math.hypot(share - low, other_high - other),
        share - other + math.hypot(high - share, other - other_low),
    )


def sessions_needed(base: float, effect: float, *, smaller_arm: float) -> int:
    """How many sessions in all tell a share of `base` from `base - effect`, with 80 % power at 5 %, two-sided.

    `smaller_arm` is the share of sessions in the arm that shows `base`; `effect` lies between 0 and `base`, both left
    out. The normal approximation with unpooled variances (Fleiss, Levin and Paik 2003, chapter 4).
    """
    lowered = base - effect
    variance = base * (1 - base) / smaller_arm + lowered * (1 - lowered) / (1 - smaller_arm)
    return math.ceil((_Z + _POWER_Z) ** 2 * variance / effect**2)
