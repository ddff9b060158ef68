"""What else a training says of a field, for its page and to watch it by: reliability, curves, confusion, profile.

The usual figures are `training.report`; how they are shown is `triagem.triage.report_page`.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.dataset import Snapshot
from training.fit import Outcome
from triagem.triage.classifier import Head
from triagem.triage.decide import Targets, rules_of
from triagem.triage.drift import CONFIDENCE_BINS, confidence_shares
from triagem.triage.features import words_of
from triagem.triage.targets import PROVEN_MODES, curve, proven

_DIGITS = 4
_BINS = 10
_MOST_CONFUSED = 20


def portray(snapshot: Snapshot, outcome: Outcome) -> dict[str, Any]:
    """One field's further figures, fit for JSON; all of them on tickets left out by the model that judged them."""
    head, predicted = outcome.head, outcome.left_out.argmax(axis=1)
    confidence = outcome.left_out.max(axis=1)
    return {
        "reliability": _reliability(confidence, predicted == outcome.truth),
        "curves": _curves(head),
        "confusion": _confusion(head.classes, outcome.truth, predicted),
        "bounds": _bounds(head),
        "profile": {
            "classes": _shares(head.classes, outcome.truth),
            "predicted": _shares(head.classes, predicted),
            "confidence": confidence_shares(confidence),
            "confidence_bins": CONFIDENCE_BINS,
            "unseen_words": _unseen_words([snapshot.examples[at].text for at in outcome.positions]),
            "accuracy": round(float((predicted == outcome.truth).mean()), _DIGITS) if len(predicted) else 0.0,
            "tickets": len(predicted),
        },
    }


def _reliability(confidence: NDArray[np.float64], correct: NDArray[np.bool_]) -> list[dict[str, float | int]]:
    """Tenths of confidence that hold tickets: how sure the model was on average, and how often it was right."""
    bins = np.minimum((confidence * _BINS).astype(np.intp), _BINS - 1)
    return [
        {
            "tickets": int((bins == one).sum()),
            "confidence": round(float(confidence[bins == one].mean()), _DIGITS),
            "accuracy": round(float(correct[bins == one].mean()), _DIGITS),
        }
        for one in np.unique(bins)
    ]


def _curves(head: Head) -> dict[str, list[dict[str, Any]]]:
    points = [
        {
            "target": point.target,
            "coverage": round(point.covered.coverage, _DIGITS),
            "precision": None if point.covered.precision is None else round(point.covered.precision, _DIGITS),
            "open_classes": point.covered.open_classes,
        }
        for point in curve(head)
    ]
    return {mode.value: points for mode in PROVEN_MODES}


def _confusion(classes: Sequence[str], truth: NDArray[np.intp], predicted: NDArray[np.intp]) -> list[dict[str, Any]]:
    """The pairs of classes most often taken for each other."""
    pairs = Counter((int(right), int(said)) for right, said in zip(truth, predicted, strict=True) if right != said)
    worst = sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_CONFUSED]
    return [{"truth": classes[right], "predicted": classes[said], "tickets": count} for (right, said), count in worst]


def _bounds(head: Head) -> dict[str, dict[str, float | None]]:
    """For each class the precision that is proven in each mode at the usual targets; None where it is closed."""
    rules = rules_of(head, Targets())
    named = {mode: dict(zip(head.classes, proven(rules, mode), strict=True)) for mode in PROVEN_MODES}
    return {
        name: {
            mode.value: round(named[mode][name].bound, _DIGITS) if named[mode][name].tickets else None
            for mode in PROVEN_MODES
        }
        for name in head.classes
    }


def _shares(classes: Sequence[str], owners: NDArray[np.intp]) -> dict[str, float]:
    counts = np.bincount(owners, minlength=len(classes))
    return {name: round(float(counts[at] / max(1, len(owners))), 6) for at, name in enumerate(classes)}


def _unseen_words(texts: Sequence[str]) -> float:
    """The share of words that a ticket would find unknown, had the training been without it: those of one text only."""
    sets = [set(words_of(text)) for text in texts]
    used = Counter(word for words in sets for word in words)
    alone = sum(used[word] == 1 for words in sets for word in words)
    return round(alone / max(1, sum(len(words) for words in sets)), _DIGITS)
