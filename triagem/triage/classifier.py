"""A trained model of a desk as serving uses it: texts and their vectors in, probabilities of each class out.

How it was fitted stands in `training.fit`, what follows from a probability in `triagem.triage.decide`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from triagem.encoder.base import Vectors
from triagem.errors import UnsupportedFormat
from triagem.triage.features import Vocabulary
from triagem.triage.kernel import Lexicon, Likeness, Matrix
from triagem.types import TicketField

FORMAT = 1
DESCRIPTION = "classifier.json"
_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Scale:
    """How scores become probabilities: each class in proportion to `exp(offset) * (max(score, 0) + floor) ** power`.

    Powers fit where exponentials do not: with many classes the scores of the wrong ones are near zero, not equally far
    below. Leave-one-out on banking77: ECE .005 against .024 for a softmax of the scores, on 104 Portuguese classes
    with eleven tickets each .031 against .083.
    """

    power: float
    floor: float
    offsets: NDArray[np.float64]

    def probabilities(self, scores: Matrix) -> NDArray[np.float64]:
        """`(n, classes)`, rows that sum to 1, in double precision."""
        return softmax(self.power * logarithms(scores, self.floor) + self.offsets)


def logarithms(scores: Matrix, floor: float) -> NDArray[np.float64]:
    """`log(max(score, 0) + floor)`."""
    result: NDArray[np.float64] = np.log(np.maximum(scores, 0.0).astype(np.float64) + floor)
    return result


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows in proportion to `exp(logit)`, that sum to 1."""
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    result: NDArray[np.float64] = odds / odds.sum(axis=1, keepdims=True)
    return result


@dataclass(frozen=True, slots=True)
class Head:
    """One field's part of a model: `weights` `(anchors, classes)`, and the scale of the scores they give."""

    classes: tuple[str, ...]
    weights: Matrix
    likeness: Likeness
    scale: Scale


@dataclass(frozen=True, slots=True)
class Anchors:
    """The tickets a new one is compared with: `postings` `(features, anchors)`, `vectors` `(anchors, dimension)`."""

    postings: sp.csr_matrix
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Classifier:
    """All the fields of one model; they share the comparison with the anchors."""

    lexicon: Lexicon
    anchors: Anchors
    heads: dict[TicketField, Head]

    def probabilities(self, texts: Sequence[str], vectors: Vectors) -> dict[TicketField, NDArray[np.float64]]:
        """For each field `(len(texts), classes)`, rows that sum to 1; `vectors` are the texts', of the same encoder."""
        parts = [
            self._some(texts[start : start + _AT_ONCE], vectors[start : start + _AT_ONCE])
            for start in range(0, len(texts), _AT_ONCE)
        ]
        return {
            field: np.concatenate([np.zeros((0, len(head.classes))), *(part[field] for part in parts)])
            for field, head in self.heads.items()
        }

    def _some(self, texts: Sequence[str], vectors: Vectors) -> dict[TicketField, NDArray[np.float64]]:
        lexical = (self.lexicon.rows(texts) @ self.anchors.postings).toarray()
        cosine = vectors @ self.anchors.vectors.T
        alike: dict[Likeness, Matrix] = {}
        found = {}
        for field, head in self.heads.items():
            if head.likeness not in alike:
                alike[head.likeness] = head.likeness.of(lexical, cosine)
            found[field] = head.scale.probabilities(alike[head.likeness] @ head.weights)
        return found


def save_classifier(folder: Path, classifier: Classifier) -> None:
    """Writes the model's files: arrays as .npy, the rest as JSON; the same model gives the same bytes."""
    lexicon, anchors = classifier.lexicon, classifier.anchors
    arrays = {
        "words.hashes": lexicon.words.hashes,
        "words.idf": lexicon.words.idf,
        "grams.hashes": lexicon.grams.hashes,
        "grams.idf": lexicon.grams.idf,
        "anchors.vectors": anchors.vectors.astype("<f2"),
        "postings.data": anchors.postings.data,
        "postings.indices": anchors.postings.indices.astype(np.int32),
        "postings.indptr": anchors.postings.indptr.astype(np.int64),
        **{f"{field.value}.weights": head.weights for field, head in classifier.heads.items()},
    }
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    heads = {
        field.value: {
            "classes": head.classes,
            "wording": head.likeness.wording,
            "narrowness": head.likeness.narrowness,
            "power": head.scale.power,
            "floor": head.scale.floor,
            "offsets": head.scale.offsets.tolist(),
        }
        for field, head in classifier.heads.items()
    }
    text = json.dumps({"format": FORMAT, "heads": heads}, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / DESCRIPTION).write_text(text, encoding="utf-8")


def load_classifier(folder: Path) -> Classifier:
    """Opens a model from a bundle that was verified before. Raises `UnsupportedFormat` for a newer one."""

    description = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    if description["format"] > FORMAT:
        raise UnsupportedFormat(f"{folder} has format {description['format']}, this Triagem reads up to {FORMAT}.")
    lexicon = Lexicon(_vocabulary(folder, "words"), _vocabulary(folder, "grams"))
    vectors = _array(folder, "anchors.vectors").astype(np.float32)
    features = len(lexicon.words.hashes) + len(lexicon.grams.hashes)
    parts = tuple(_array(folder, f"postings.{part}") for part in ("data", "indices", "indptr"))
    postings = sp.csr_matrix(parts, shape=(features, len(vectors)))
    heads = {
        TicketField(name): Head(
            classes=tuple(head["classes"]),
            weights=_array(folder, f"{name}.weights"),
            likeness=Likeness(head["wording"], head["narrowness"]),
            scale=Scale(head["power"], head["floor"], np.array(head["offsets"])),
        )
        for name, head in description["heads"].items()
    }
    return Classifier(lexicon, Anchors(postings, vectors), heads)


def _vocabulary(folder: Path, name: str) -> Vocabulary:
    return Vocabulary(_array(folder, f"{name}.hashes"), _array(folder, f"{name}.idf"))


def _array(folder: Path, name: str) -> NDArray[Any]:
    loaded: NDArray[Any] = np.load(folder / f"{name}.npy", allow_pickle=False)
    return loaded
