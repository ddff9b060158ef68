"""A classifier as the files of a bundle: arrays as .npy without pickle, the rest as JSON.

Sealing and verifying the bundle is left to `triagem.artifacts`.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triagem.errors import UnsupportedFormat
from triagem.triage.classifier import Anchors, Classifier, Head
from triagem.triage.features import Vocabulary
from triagem.triage.kernel import Lexicon, Likeness
from triagem.triage.scale import Scale
from triagem.triage.thresholds import Evidence
from triagem.types import TicketField

FORMAT = 3
# What was familiar to a model of an earlier format is not measured as it is now.
_FAMILIAR_SINCE = 3
# Models of format 1 say nothing of their tickets: their probabilities stay what they were proven with.
_UNTOLD_TICKETS = 1_000_000_000
DESCRIPTION = "classifier.json"


def save_classifier(folder: Path, classifier: Classifier) -> None:
    """Writes the model's files into an empty folder; the same model gives the same bytes."""
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
    }
    for field, head in classifier.heads.items():
        arrays[f"{field.value}.weights"] = head.weights
        arrays[f"{field.value}.owners"] = head.owners
        arrays[f"{field.value}.evidence.predicted"] = head.evidence.predicted
        arrays[f"{field.value}.evidence.probability"] = head.evidence.probability
        arrays[f"{field.value}.evidence.correct"] = head.evidence.correct
        arrays[f"{field.value}.proving"] = head.proving
        arrays[f"{field.value}.ahead"] = head.ahead
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    heads = {field.value: _head_description(head) for field, head in classifier.heads.items()}
    text = json.dumps(
        {"format": FORMAT, "heads": heads, "anchors": anchors.ids}, ensure_ascii=False, indent=1, sort_keys=True
    )
    (folder / DESCRIPTION).write_text(text, encoding="utf-8")


def load_classifier(folder: Path) -> Classifier:
    """Opens a model from a bundle that was verified before. Raises `UnsupportedFormat` for a newer one."""
    import scipy.sparse as sp  # noqa: PLC0415 - slow to load: only where a model answers

    description = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    if description["format"] > FORMAT:
        raise UnsupportedFormat(f"{folder} has format {description['format']}, this Triagem reads up to {FORMAT}.")
    lexicon = Lexicon(_vocabulary(folder, "words"), _vocabulary(folder, "grams"))
    vectors = _array(folder, "anchors.vectors").astype(np.float32)
    features = len(lexicon.words.hashes) + len(lexicon.grams.hashes)
    parts = tuple(_array(folder, f"postings.{part}") for part in ("data", "indices", "indptr"))
    postings = sp.csr_matrix(parts, shape=(features, len(vectors)))
    heads = {TicketField(name): _head(folder, name, head) for name, head in description["heads"].items()}
    if description["format"] < _FAMILIAR_SINCE:
        heads = {field: replace(head, least_familiar=None) for field, head in heads.items()}
    return Classifier(lexicon, Anchors(postings, vectors, tuple(description["anchors"])), heads)


def _head_description(head: Head) -> dict[str, Any]:
    return {
        "classes": head.classes,
        "wording": head.likeness.wording,
        "narrowness": head.likeness.narrowness,
        "power": head.scale.power,
        "floor": head.scale.floor,
        "offsets": head.scale.offsets.tolist(),
        "tickets": head.scale.tickets,
        "least_familiar": head.least_familiar,
    }


def _head(folder: Path, name: str, description: dict[str, Any]) -> Head:
    evidence = (_array(folder, f"{name}.evidence.{part}") for part in ("predicted", "probability", "correct"))
    return Head(
        classes=tuple(description["classes"]),
        weights=_array(folder, f"{name}.weights"),
        owners=_array(folder, f"{name}.owners"),
        likeness=Likeness(description["wording"], description["narrowness"]),
        scale=Scale(
            description["power"],
            description["floor"],
            np.array(description["offsets"]),
            description.get("tickets", _UNTOLD_TICKETS),
        ),
        evidence=Evidence(*evidence),
        least_familiar=description["least_familiar"],
        proving=_array(folder, f"{name}.proving"),
        ahead=_array(folder, f"{name}.ahead"),
    )


def _vocabulary(folder: Path, name: str) -> Vocabulary:
    return Vocabulary(_array(folder, f"{name}.hashes"), _array(folder, f"{name}.idf"))


def _array(folder: Path, name: str) -> NDArray[Any]:
    loaded: NDArray[Any] = np.load(folder / f"{name}.npy", allow_pickle=False)
    return loaded
