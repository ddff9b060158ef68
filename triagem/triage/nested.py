"""How sure is sure enough: for each class the probability from which a target of precision is proven.

Over targets the thresholds are nested: a stricter target never fills what a laxer one leaves open. How one is proven
stands in `triagem.triage.thresholds`, which targets are asked for in `triagem.triage.targets`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from triagem.triage.thresholds import (
    Evidence,
    Probabilities,
    Threshold,
    Trials,
    bounds,
    fewest_tickets,
    worth_trying,
)

STEPS = (0.60, 0.70, 0.75, 0.80, 0.85, 0.90, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99, 0.995)
_EVEN_ODDS = 0.5


def thresholds(evidence: Evidence, *, classes: int, targets: Collection[float]) -> dict[float, tuple[Threshold, ...]]:
    """For each target one threshold per class, `CLOSED_THRESHOLD` where the evidence does not prove the target.

    No class's is lower at a stricter target: it takes the lowest threshold that is proven for the target and no lower
    than what it takes at each of `STEPS` below. That leaves proven thresholds out and adds none, so the risk of a false
    one is that of one target.
    """
    proofs = _Proofs.of(evidence, classes)
    found: dict[float, tuple[Threshold, ...]] = {}
    least = (0.0,) * classes
    for target in sorted(one for one in {*STEPS, *targets} if one <= max(targets)):
        proven = proofs.at(target, least)
        if target in targets:
            found[target] = proven
        if target in STEPS:
            least = tuple(one.probability for one in proven)
    return found


@dataclass(frozen=True, slots=True)
class _Proofs:
    """What does not depend on a target: the trials of each class `alone`, the thresholds to try for several classes
    together (`bars`), and the precision that each class's own tickets above them prove at even odds (`even`).
    """

    evidence: Evidence
    alone: list[Trials]
    bars: Probabilities
    even: list[Probabilities]

    @classmethod
    def of(cls, evidence: Evidence, classes: int) -> "_Proofs":
        owned = [evidence.of(evidence.predicted == one) for one in range(classes)]
        bars = worth_trying(evidence.probability)
        return cls(
            evidence=evidence,
            alone=[Trials.of(one, worth_trying(one.probability)) for one in owned],
            bars=bars,
            even=[_at_even_odds(one, bars) for one in owned],
        )

    def at(self, target: float, least: Sequence[float]) -> tuple[Threshold, ...]:
        """Each class's lowest threshold that is proven for the target, alone or together, and no lower than `least`.

        Classes that prove nothing alone, mostly for want of tickets, are proven together; that they failed alone makes
        the joint test harder, never easier. Of the thresholds proven together a class takes part in those from which
        its own tickets prove the target at even odds. Between two of `STEPS` all but the target is as at the upper one.
        """
        step = next((one for one in STEPS if one >= target), target)
        enough = fewest_tickets(step)
        undecided = np.array([not len(one.passed(step, enough=enough)) for one in self.alone], dtype=bool)
        pool = Trials.of(self.evidence.of(undecided[self.evidence.predicted]), self.bars)
        together = pool.passed(target, enough=enough)
        proven = []
        for at, alone in enumerate(self.alone):
            found = alone.lowest(alone.passed(target, enough=enough), least=least[at])
            if undecided[at]:
                joint = pool.lowest(together[self.even[at][together] >= target], least=least[at])
                if joint.probability < found.probability:
                    found = replace(joint, pooled=True)
            proven.append(found)
        return tuple(proven)


def _at_even_odds(own: Evidence, bars: Probabilities) -> Probabilities:
    """The precision that a class's own tickets from each of `bars` on prove at even odds."""
    above = own.probability >= bars[:, None]
    return bounds((above & own.correct).sum(axis=1), above.sum(axis=1), risk=_EVEN_ODDS)
