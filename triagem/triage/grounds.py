"""What an answer rests on, told with it: the labelled tickets most alike and the words that spoke for the value.

Cheap enough for every answer, because nothing is encoded again; leaving words out is `triagem.triage.explain`'s way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from triagem.encoder.base import Vectors
from triagem.triage.classifier import UNOWNED, Classifier, Head
from triagem.triage.features import words_of
from triagem.triage.kernel import Matrix
from triagem.types import TicketField

_NEIGHBOURS = 3
_WORDS = 5
_LEAST_SHARE = 0.02
# So that a class of no probability at all still has its part of its name's.
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Word:
    """A word, folded. `weight` is its share of what words add to the lead of the value over the next likeliest."""

    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A labelled ticket that the model compared with, and how alike it found them (0 to 3)."""

    ticket_id: str
    label: str
    likeness: float


@dataclass(frozen=True, slots=True)
class Grounds:
    """Of one field: the words that spoke for the likeliest value, heaviest first, and the tickets most alike."""

    words: tuple[Word, ...]
    neighbours: tuple[Neighbour, ...]


def grounds(classifier: Classifier, text: str, vector: Vectors) -> dict[TicketField, Grounds]:
    """What each field's answer to a text rests on; `vector` `(dimension,)` is the text's.

    Likeness grows in proportion to shared words, so a word's part of every class's score is known without asking again.
    """
    row = classifier.lexicon.rows([text])
    shared = classifier.anchors.postings[row.indices]
    lexical = np.asarray((row @ classifier.anchors.postings).todense(), dtype=np.float32)
    cosine = (vector @ classifier.anchors.vectors.T)[None, :]
    columns = {word: classifier.lexicon.columns_of(word) for word in dict.fromkeys(words_of(text))}
    place = {int(column): at for at, column in enumerate(row.indices)}
    none, found = np.zeros_like(cosine), {}
    for field, head in classifier.heads.items():
        alike = head.likeness.of(lexical, cosine)
        nearness = head.likeness.of(np.ones_like(cosine), cosine) - head.likeness.of(none, cosine)
        pull = nearness[0] * _lead(head, alike)
        parts = row.data * (shared @ pull)
        weights = {
            word: float(sum(parts[place[column]] for column in some if column in place))
            for word, some in columns.items()
        }
        found[field] = Grounds(_heaviest(weights), neighbours(classifier, head, alike[0]))
    return found


def neighbours(classifier: Classifier, head: Head, alike: NDArray[np.float32]) -> tuple[Neighbour, ...]:
    """The tickets with a label in this field that are most alike; `alike` `(anchors,)`."""
    ids = classifier.anchors.ids
    distance = np.where(head.owners == UNOWNED, np.inf, -alike)
    # Names of classes are anchors too and have no id: so many more are taken than are told. A full sort costs 1.2 ms.
    some = min(len(ids), _NEIGHBOURS + len(head.classes))
    near = np.sort(np.argpartition(distance, some - 1)[:some])
    order = near[np.argsort(distance[near], kind="stable")].tolist()
    labelled = (at for at in order if ids[at] and head.owners[at] != UNOWNED)
    nearest = islice(labelled, _NEIGHBOURS)
    return tuple(Neighbour(ids[at], head.classes[head.owners[at]], float(alike[at])) for at in nearest)


def _lead(head: Head, alike: Matrix) -> NDArray[np.float32]:
    """What each anchor adds to the score of the likeliest name, less what it adds to the next.

    The score of a name that several classes share is theirs, each by its part of the name's probability.
    """
    names, place = head.names()
    probabilities = head.scale.probabilities(alike @ head.weights)[0] + _TINY
    summed = np.bincount(place, weights=probabilities, minlength=len(names))
    best, *others = np.argsort(-summed, kind="stable")[:2]
    parts = probabilities / summed[place]
    sign = np.where(place == best, parts, 0.0) - (np.where(place == others[0], parts, 0.0) if others else 0.0)
    lead: NDArray[np.float32] = head.weights @ sign.astype(np.float32)
    return lead


def _heaviest(weights: dict[str, float]) -> tuple[Word, ...]:
    total = sum(weight for weight in weights.values() if weight > 0)
    shares: Sequence[Word] = [Word(word, weight / total) for word, weight in weights.items() if weight > 0]
    named = sorted((one for one in shares if one.weight >= _LEAST_SHARE), key=lambda one: -one.weight)
    return tuple(named[:_WORDS])
