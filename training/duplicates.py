"""Finds tickets that say the same, so that a text is never on both sides of a split.

Templates that differ in numbers, and copies that differ in a word or two of many, count as the same.
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from triagem.encoder.base import Vectors
from triagem.triage.features import words_of

_DIGITS = re.compile(r"\d+")
_NEAR = 0.95  # cosine from which two texts are compared word by word
_SAME_WORDS = 0.9  # Jaccard similarity of their words from which they are one
_NEIGHBOURS = 5
_BLOCK = 512


def newest_of_alike(texts: Sequence[str], vectors: Vectors) -> NDArray[np.intp]:
    """The positions to keep, ascending, of texts ordered from old to new: of those alike only the newest stays."""
    words = [tuple(_DIGITS.sub("0", word) for word in words_of(text)) for text in texts]
    newest = {key: at for at, key in enumerate(words)}
    distinct = np.array(sorted(newest.values()), dtype=np.intp)
    sets = [frozenset(words[at]) for at in distinct]
    dropped = np.zeros(len(distinct), dtype=bool)
    for start in range(0, len(distinct), _BLOCK):
        rows = distinct[start : start + _BLOCK]
        similarity = vectors[rows] @ vectors[distinct[start:]].T
        for row in range(len(rows)):
            near = np.flatnonzero(similarity[row, row + 1 :] >= _NEAR) + row + 1  # only newer ones can replace it
            near = near[np.argsort(-similarity[row, near], kind="stable")[:_NEIGHBOURS]]
            one = sets[start + row]
            dropped[start + row] = any(_jaccard(one, sets[start + other]) >= _SAME_WORDS for other in near)
    return distinct[~dropped]


def _jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    return len(left & right) / max(1, len(left | right))
