"""Finds tickets that say the same, so that a text is never on both sides of a split.

Templates that differ in numbers, and copies that differ in a word or two of many, count as the same.
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from triagem.encoder.base import Vectors
from triagem.triage.features import words_of

_DIGITS = re.compile(r"\d+")
_NEAR = 0.95  # cosine from which two texts are compared word by word
_SAME_WORDS = 0.9  # Jaccard similarity of their words from which they are one
_NEIGHBOURS = 5
_BLOCK = 512


def newest_of_alike(texts: Sequence[str], vectors: Vectors) -> NDArray[np.intp]:
    """The positions to keep, ascending, of texts ordered from old to new: of those alike only the newest stays."""
    words = [same_words(text) for text in texts]
    newest = {key: at for at, key in enumerate(words)}
    distinct = np.array(sorted(newest.values()), dtype=np.intp)
    with threadpool_limits(1):  # more could change the last bits, and with them what is near
        return distinct[~_repeated([frozenset(words[at]) for at in distinct], vectors[distinct])]


def same_words(text: str) -> tuple[str, ...]:
    """The words of a text, its numbers as zeros: equal for texts that say the same."""
    return tuple(_DIGITS.sub("0", word) for word in words_of(text))


def _repeated(sets: Sequence[frozenset[str]], vectors: Vectors) -> NDArray[np.bool_]:
    """Which texts have a newer one that is near in meaning and shares nearly all words."""
    repeated = np.zeros(len(sets), dtype=bool)
    for start in range(0, len(sets), _BLOCK):
        similarity = vectors[start : start + _BLOCK] @ vectors[start:].T
        for row, one in enumerate(sets[start : start + _BLOCK]):
            near = np.flatnonzero(similarity[row, row + 1 :] >= _NEAR) + row + 1  # only newer ones can replace it
            near = near[np.argsort(-similarity[row, near], kind="stable")[:_NEIGHBOURS]]
            repeated[start + row] = any(_jaccard(one, sets[start + other]) >= _SAME_WORDS for other in near.tolist())
    return repeated


def _jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    return len(left & right) / max(1, len(left | right))
