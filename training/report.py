"""What a training says of itself: figures of each field on tickets that the model had not seen.

Two views: `ahead`, the held-out newest tickets by a model fitted on the earlier ones; `left_out`, every ticket by the
model fitted without it. Which model goes live is decided in `training.train`.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.dataset import Snapshot
from training.fit import Outcome, evidence_of
from training.metrics import calibration_error, f1, macro_f1
from training.portrait import portray
from triagem.triage.decide import Targets
from triagem.triage.nested import thresholds
from triagem.triage.thresholds import Evidence, Threshold
from triagem.types import Mode

_DIGITS = 4


def describe(snapshot: Snapshot, outcome: Outcome) -> dict[str, Any]:
    """One field's figures, fit for JSON."""
    classes = outcome.head.classes
    languages = np.array([snapshot.examples[at].language.value for at in outcome.positions])
    early = outcome.early
    return {
        "tickets": len(outcome.positions),
        "classes": len(classes),
        "noise": outcome.noise,
        "wording": outcome.head.likeness.wording,
        "narrowness": outcome.head.likeness.narrowness,
        "ahead": {
            **figures(outcome.ahead, outcome.truth[early:], languages[early:]),
            "majority_accuracy": _of_commonest(outcome.truth[early:]),
        },
        "left_out": {
            **figures(outcome.left_out, outcome.truth, languages),
            "majority_accuracy": _of_commonest(outcome.truth),
        },
        "modes": _modes(outcome),
        "per_class": _per_class(classes, outcome.left_out.argmax(axis=1), outcome.truth),
        **portray(snapshot, outcome),
    }


def figures(probabilities: NDArray[np.float64], truth: NDArray[np.intp], languages: NDArray[np.str_]) -> dict[str, Any]:
    """Accuracy, macro-F1 and calibration error over all and by language; None where there is no ticket."""
    overall = _figures(probabilities, truth)
    by_language = {
        str(name): _figures(probabilities[languages == name], truth[languages == name]) for name in np.unique(languages)
    }
    return {**overall, "by_language": by_language}


def _of_commonest(truth: NDArray[np.intp]) -> float | None:
    """How often the best constant answer would be right on these very tickets; None where there is none."""
    return _share(truth == np.bincount(truth).argmax()) if len(truth) else None


def _figures(probabilities: NDArray[np.float64], truth: NDArray[np.intp]) -> dict[str, Any]:
    if not len(truth):
        return {"tickets": 0, "accuracy": None, "macro_f1": None, "ece": None}
    predicted = probabilities.argmax(axis=1)
    return {
        "tickets": len(truth),
        "accuracy": _share(predicted == truth),
        "macro_f1": round(macro_f1(truth, predicted), _DIGITS),
        "ece": round(calibration_error(probabilities.max(axis=1), predicted == truth), _DIGITS),
    }


def _modes(outcome: Outcome) -> dict[str, Any]:
    """What each mode covers at the usual targets, by the evidence itself and on the held-out tickets.

    For the held-out ones the thresholds were proven on the earlier tickets alone.
    """
    classes, targets = len(outcome.head.classes), Targets()
    early = evidence_of(outcome.early_left_out, outcome.truth[: outcome.early])
    ahead = evidence_of(outcome.ahead, outcome.truth[outcome.early :])
    wanted = {targets.auto, targets.preselect}
    proven = thresholds(outcome.head.evidence, classes=classes, targets=wanted)
    earlier = thresholds(early, classes=classes, targets=wanted)
    modes = {}
    for mode, target in ((Mode.AUTO, targets.auto), (Mode.PRESELECT, targets.preselect)):
        modes[mode.value] = {
            "target": target,
            "open_classes": sum(one.tickets > 0 for one in proven[target]),
            "left_out": realised(outcome.head.evidence, proven[target]),
            "ahead": realised(ahead, earlier[target]),
        }
    return modes


def realised(evidence: Evidence, proven: Sequence[Threshold]) -> dict[str, float | None]:
    """How many tickets the thresholds cover, and how often they were right."""
    bars = np.array([one.probability for one in proven])
    covered = evidence.probability >= bars[evidence.predicted]
    return {"coverage": _share(covered), "precision": _share(evidence.correct[covered])}


def _per_class(
    classes: Sequence[str], predicted: NDArray[np.intp], truth: NDArray[np.intp]
) -> dict[str, dict[str, float | int | None]]:
    return {
        name: {
            "tickets": int((truth == at).sum()),
            "precision": _share(truth[predicted == at] == at),
            "recall": _share(predicted[truth == at] == at),
            "f1": round(f1(truth == at, predicted == at), _DIGITS),
        }
        for at, name in enumerate(classes)
    }


def _share(hits: NDArray[np.bool_]) -> float | None:
    return round(float(hits.mean()), _DIGITS) if len(hits) else None
