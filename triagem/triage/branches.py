"""Where labels are paths (`network/wifi`): how far up a text may be placed although its label is not sure.

How sure a label is stands in `triagem.triage.decide`; nothing here is proven, and so nothing is filled in.
"""

from collections.abc import Mapping

from triagem.types import Candidate

_SEPARATOR = "/"
_LEAST_PROBABILITY = 0.8


def branch_of(value: str, shares: Mapping[str, float]) -> Candidate | None:
    """The deepest path above `value` whose labels together have a probability of at least 0.8.

    `shares` are the probabilities of all labels that may be answered. None where no path is that likely, and for a path
    with a single label below it: `in/out` is then a name like any other.
    """
    steps = value.split(_SEPARATOR)
    for depth in range(len(steps) - 1, 0, -1):
        path = _SEPARATOR.join(steps[:depth])
        below = [share for name, share in shares.items() if f"{name}{_SEPARATOR}".startswith(f"{path}{_SEPARATOR}")]
        if len(below) > 1 and sum(below) >= _LEAST_PROBABILITY:
            return Candidate(path, sum(below))
    return None
