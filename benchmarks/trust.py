"""Whether what is proven holds on tickets that nobody learned from, class by class, and in another mix of classes.

Counts only, so that runs can be added up; the runs stand in `benchmarks.classification`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtri

from benchmarks.learners import Labelled, Ours
from triagem.triage.compared import Compared
from triagem.triage.decide import Rules, Targets, rules_of
from triagem.triage.gate import verdict
from triagem.triage.objection import ObjectionCode
from triagem.triage.shift import mix_of, rules_under, trained_mix
from triagem.types import TicketField

GRID = (0.80, 0.85, 0.90, 0.93, 0.95, 0.97, 0.99)
SHIFTED = (0.90, 0.95)
_TIMES = 3
_OUTCOMES = ((True, False), (False, True), (True, True), (False, False))

Counts = dict[str, dict[str, list[int]]]


def in_domain(ours: Ours, judge: Labelled) -> Counts:
    """For each target: of each class that was opened, how many tickets it filled and how many rightly."""
    return {
        f"{target:g}": _filled(ours, judge, rules_of(ours.head, Targets(target, target)), np.arange(len(judge.texts)))
        for target in GRID
    }


def shifted(ours: Ours, judge: Labelled, *, seed: int) -> dict[str, Counts]:
    """The same where half of the classes, drawn, come three times as often as the others: as proven, and recalibrated.

    The mix is estimated from the unlabelled tickets themselves.
    """
    drawn = np.random.default_rng(seed)
    classes = np.unique(judge.labels)
    rarer = set(drawn.permutation(classes)[: len(classes) // 2].tolist())
    lot = drawn.random(len(judge.labels))
    rows = np.flatnonzero([label not in rarer or lot[at] < 1 / _TIMES for at, label in enumerate(judge.labels)])
    now = mix_of(ours.judged.probabilities[rows], trained_mix(ours.head))
    found: dict[str, Counts] = {"as proven": {}, "recalibrated": {}}
    for target in SHIFTED:
        targets = Targets(target, target)
        rules = rules_of(ours.head, targets)
        found["as proven"][f"{target:g}"] = _filled(ours, judge, rules, rows)
        found["recalibrated"][f"{target:g}"] = _filled(ours, judge, rules_under(rules, targets, now), rows)
    return found


def summed(runs: Sequence[Counts]) -> dict[str, dict[str, float | None]]:
    """Over all runs, by target: the share filled, how rightly, and the share of opened classes that kept the target.

    A class is judged by its tickets of all runs together: a single fifth holds too few of each. As those are still few,
    `classes_below` is the share that certainly missed it: even the upper 95 % bound (Clopper-Pearson) is below.
    """
    return {target: _share([run[target] for run in runs], float(target)) for target in runs[0]}


def _share(runs: Sequence[Mapping[str, list[int]]], target: float) -> dict[str, float | None]:
    totals: dict[str, NDArray[np.int_]] = {}
    for run in runs:
        for name, counts in run.items():
            totals[name] = totals.get(name, np.zeros(2, dtype=int)) + np.array(counts)
    asked = int(totals.pop("")[0])
    filled = sum(int(one[0]) for one in totals.values())
    right = sum(int(one[1]) for one in totals.values())
    judged = [one for one in totals.values() if one[0]]
    kept = [one[1] >= target * one[0] - 1e-9 for one in judged]
    below = [upper_bound(int(one[1]), int(one[0])) < target for one in judged]
    return {
        "coverage": round(filled / asked, 4),
        "precision": round(right / filled, 4) if filled else None,
        "classes_kept": round(float(np.mean(kept)), 4) if kept else None,
        "classes_below": round(float(np.mean(below)), 4) if below else None,
        "classes": len(judged),
    }


def upper_bound(right: int, count: int) -> float:
    """The one-sided upper 95 % bound of a share of which `right` of `count` were seen (Clopper and Pearson 1934)."""
    return float(bdtri(right, count, 0.05)) if right < count else 1.0


def _filled(ours: Ours, judge: Labelled, rules: Rules, rows: NDArray[np.intp]) -> dict[str, list[int]]:
    """Tickets filled and right by class that is open; under the empty name how many were asked."""
    best = ours.judged.probabilities.argmax(axis=1)[rows]
    bars = np.array([one.probability for one in rules.auto])
    filled, right = ours.confidence[rows] >= bars[best], (ours.predicted == judge.labels)[rows]
    counts = {"": [len(rows), 0]}
    for at, one in enumerate(rules.auto):
        if one.tickets:
            own = filled & (best == at)
            counts[ours.head.classes[at]] = [int(own.sum()), int(right[own].sum())]
    return counts


def gate(*, classes: int = 77, of_each: int = 26, rounds: int = 5_000, differing: float = 0.02) -> dict[str, Any]:
    """How often the gate's verdict lets pass, or calls better, a model that differs on 2 % of tickets.

    By chance; only for the worse; and by chance with the first class having truly lost half of what was right. Of each
    class one half is in either of two languages, nine tickets in ten are right. `lost_no_part` is how often no class
    or language is called worse. In 1,000 rounds 4 % are uncertain by more than a point, in 5,000 by half of one.
    """
    drawn = np.random.default_rng(0)
    found = {}
    for name, gained, halved in (
        ("equal", 0.5, False),
        ("two points worse", 0.0, False),
        ("a class halved", 0.5, True),
    ):
        lost = (1 - gained) * differing
        shares = [gained * differing, lost, 0.9 - lost, 0.1 - gained * differing]
        counts = drawn.multinomial(of_each // 2, shares, (rounds, classes, 2))
        if halved:
            moved = drawn.binomial(counts[:, 0, :, 2], 0.5)
            counts[:, 0, :, 1] += moved
            counts[:, 0, :, 2] -= moved
        verdicts = [verdict(TicketField.CATEGORY, "v1", _tickets(one.tolist())) for one in counts]
        codes = [one.objection and one.objection.code for one in verdicts]
        found[name] = {
            "called_better": sum(one.comparison.is_better and not one.objection for one in verdicts) / rounds,
            "lost_no_part": sum(code is not ObjectionCode.WORSE_IN_PART for code in codes) / rounds,
            "passes": sum(code is None for code in codes) / rounds,
        }
    return found


def _tickets(counts: Sequence[Sequence[Sequence[int]]]) -> list[Compared]:
    """By class and language so many gained, lost, right by both and by neither."""
    return [
        Compared(str(label), language, new_right, old_right)
        for label, of_class in enumerate(counts)
        for language, outcomes in zip(("pt", "en"), of_class, strict=True)
        for (new_right, old_right), count in zip(_OUTCOMES, outcomes, strict=True)
        for _ in range(count)
    ]
