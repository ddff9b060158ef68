"""A trained model of a desk as serving uses it: texts and their vectors in, probabilities of each class out.

How it was fitted stands in `training.fit`, what follows from a probability in `triagem.triage.decide`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from triagem.encoder.base import Vectors
from triagem.triage.kernel import Lexicon, Likeness, Matrix
from triagem.triage.scale import Scale
from triagem.triage.thresholds import Evidence
from triagem.types import TicketField

if TYPE_CHECKING:
    import scipy.sparse as sp

UNOWNED = -1
_AT_ONCE = 256
# So many of a class's tickets are what a text of it is like; a broad class holds much that it is not.
_LIKEST = 30


@dataclass(frozen=True, slots=True)
class Head:
    """One field's part of a model: `weights` `(anchors, classes)`, the scale of the scores they give, and the proof.

    `owners` `(anchors,)` is each anchor's class, `UNOWNED` where it has none in this field. A ticket less familiar than
    `least_familiar` is of no class; None where too few tickets were seen to tell. `proving` are the anchors that the
    rows of `evidence` speak of; the last `len(ahead)` of them, the newest, were also given a class by a model of the
    earlier ones alone: `ahead`.
    """

    classes: tuple[str, ...]
    weights: Matrix
    owners: NDArray[np.int32]
    likeness: Likeness
    scale: Scale
    evidence: Evidence
    least_familiar: float | None
    proving: NDArray[np.int32]
    ahead: NDArray[np.int32]

    def names(self) -> tuple[tuple[str, ...], NDArray[np.intp]]:
        """What classes are called, each name once, and where each class's stands among them, `(classes,)`: classes that
        were renamed to one name share it.
        """
        places = {name: at for at, name in enumerate(dict.fromkeys(self.classes))}
        return tuple(places), np.array([places[name] for name in self.classes], dtype=np.intp)


@dataclass(frozen=True, slots=True)
class Anchors:
    """The tickets a new one is compared with: `postings` `(features, anchors)`, `vectors` `(anchors, dimension)`.

    Classes' names are anchors too; their id is empty.
    """

    postings: "sp.csr_matrix"
    vectors: Vectors
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a field makes of n texts: `probabilities` `(n, classes)`, rows that sum to 1, `familiarity` `(n,)`, and
    `nearest` `(n,)`, the cosine of the most alike anchor, whatever field it is labelled in.
    """

    probabilities: NDArray[np.float64]
    familiarity: NDArray[np.float64]
    nearest: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Classifier:
    """All the fields of one model; they share the comparison with the anchors."""

    lexicon: Lexicon
    anchors: Anchors
    heads: dict[TicketField, Head]

    def judge(self, texts: Sequence[str], vectors: Vectors) -> dict[TicketField, Judgement]:
        """Every field's judgement; `vectors` `(len(texts), dimension)` are the texts', of the same encoder."""
        parts = [
            self._some(texts[start : start + _AT_ONCE], vectors[start : start + _AT_ONCE])
            for start in range(0, max(1, len(texts)), _AT_ONCE)
        ]
        return {
            field: Judgement(
                np.concatenate([part[field].probabilities for part in parts]),
                np.concatenate([part[field].familiarity for part in parts]),
                np.concatenate([part[field].nearest for part in parts]),
            )
            for field in self.heads
        }

    def alike(self, texts: Sequence[str], vectors: Vectors, likeness: Likeness) -> Matrix:
        """How alike the texts are to every anchor, `(len(texts), anchors)`."""
        lexical = (self.lexicon.rows(texts) @ self.anchors.postings).toarray()
        return likeness.of(lexical, vectors @ self.anchors.vectors.T)

    def _some(self, texts: Sequence[str], vectors: Vectors) -> dict[TicketField, Judgement]:
        lexical = (self.lexicon.rows(texts) @ self.anchors.postings).toarray()
        cosine = vectors @ self.anchors.vectors.T
        nearest = cosine.max(axis=1)
        alike: dict[Likeness, Matrix] = {}
        found = {}
        for field, head in self.heads.items():
            if head.likeness not in alike:
                alike[head.likeness] = head.likeness.of(lexical, cosine)
            scores = alike[head.likeness] @ head.weights
            best = scores.argmax(axis=1)
            belonging = belonging_of(alike[head.likeness], head.owners, best)
            familiarity = familiarity_of(scores.max(axis=1), belonging)
            found[field] = Judgement(head.scale.probabilities(scores), familiarity, nearest)
        return found


def belonging_of(alike: Matrix, owners: NDArray[np.int32], best: NDArray[np.intp]) -> NDArray[np.float64]:
    """For each row how alike the anchors of its best class are, `(n,)`; 0 for a class without anchors."""
    belonging = np.zeros(len(alike))
    for one in np.unique(best):
        rows, columns = best == one, owners == one
        if columns.any():
            belonging[rows] = likest(alike[np.ix_(rows, columns)], int(columns.sum()))
    return belonging


def likest(alike: Matrix, counted: int | NDArray[np.intp]) -> NDArray[np.float64]:
    """The mean of each row's 30 highest, `(n,)`. So many columns are `counted`, of each row or of all; others are 0.

    Telling requests of a bank that its intents do not cover from those they do (banking77_oos, validation part): AUROC
    .922 with 50 intents, .915 and .916 where they are joined into 6 and 12 broad ones; the mean over whole classes
    gives .918, .830 and .851.
    """
    highest = alike if alike.shape[1] <= _LIKEST else np.partition(alike, -_LIKEST, axis=1)[:, -_LIKEST:]
    mean: NDArray[np.float64] = highest.sum(axis=1, dtype=np.float64) / np.clip(counted, 1, _LIKEST)
    return mean


def familiarity_of(best_score: Matrix, belonging: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much a text is one of its best class: `log(score) + 3 * log(belonging)`, higher is more.

    The score alone is high for a text near a single ticket; the mean over several is not. Of the same requests as in
    `likest`, with all-MiniLM-L6-v2: AUROC .913 with the mean over a class, against .829 for the score, .818 for the
    probability, and .852 for the ten nearest tickets of any class.
    """
    score = np.log(np.maximum(best_score.astype(np.float64), 1e-4))
    result: NDArray[np.float64] = score + 3.0 * np.log(np.maximum(belonging, 1e-4))
    return result
