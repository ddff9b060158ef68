"""Turns texts into sparse word and character features, by hashes instead of a stored list of words.

Training and serving use the same `Vocabulary`, so they cannot differ; what features weigh is left to the classifier.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from triagem.text.normalise import fold

if TYPE_CHECKING:
    import scipy.sparse as sp

_MAX_CHARS = 8_000
_MAX_LETTERS = 40
# Bounds the work on long tickets; the 200 rarest features of a block decide what a long text is about.
_MAX_FEATURES = 200
# Measured: 4 alone is as accurate as 3 to 5 together, at a quarter of the features.
_GRAM = 4
_WORD = re.compile(r"\w+")

Hashes = NDArray[np.uint32]
Counted = tuple[Hashes, NDArray[np.intp]]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The features that training saw: their hashes, ascending, and their inverse document frequencies."""

    hashes: Hashes
    idf: NDArray[np.float32]

    def rows(self, counted: Sequence[Counted]) -> "sp.csr_matrix":
        """`(len(counted), features) float32`, rows of unit length; zero for a text without known features."""
        import scipy.sparse as sp  # noqa: PLC0415 - slow to load: only where a model answers

        placed = [self._row(hashes, counts) for hashes, counts in counted]
        pointers = np.cumsum([0, *(len(columns) for columns, _ in placed)])
        columns = np.concatenate([np.zeros(0, dtype=np.intp), *(columns for columns, _ in placed)])
        weights = np.concatenate([np.zeros(0, dtype=np.float32), *(weights for _, weights in placed)])
        return sp.csr_matrix((weights, columns, pointers), shape=(len(counted), len(self.hashes)))

    def _row(self, hashes: Hashes, counts: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        columns = np.searchsorted(self.hashes, hashes)
        known = columns < len(self.hashes)
        known[known] = self.hashes[columns[known]] == hashes[known]
        columns = columns[known]
        weights = (1.0 + np.log(counts[known])) * self.idf[columns]
        if len(columns) > _MAX_FEATURES:
            heaviest = np.sort(np.argsort(-weights, kind="stable")[:_MAX_FEATURES])
            columns, weights = columns[heaviest], weights[heaviest]
        length = np.sqrt(np.square(weights).sum())
        return columns, (weights / length if length else weights).astype(np.float32)


def learn_vocabulary(counted: Sequence[Counted]) -> Vocabulary:
    """Every feature of the counted texts, with its smoothed inverse document frequency."""
    everything = np.concatenate([np.zeros(0, dtype=np.uint32), *(hashes for hashes, _ in counted)])
    hashes, documents = np.unique(everything, return_counts=True)
    idf = np.log((1.0 + len(counted)) / (1.0 + documents)) + 1.0
    return Vocabulary(hashes, idf.astype(np.float32))


def unknown_words(vocabulary: Vocabulary, text: str) -> tuple[int, int]:
    """How many of a text's different words the vocabulary does not know, and how many there are."""
    hashes = np.array([_hash("w", word) for word in set(words_of(text))], dtype=np.uint32)
    places = np.searchsorted(vocabulary.hashes, hashes)
    known = places < len(vocabulary.hashes)
    known[known] = vocabulary.hashes[places[known]] == hashes[known]
    return int((~known).sum()), len(hashes)


def features_of_word(word: str) -> tuple[int, Hashes]:
    """The hash of a word, and those of its characters by fours."""
    return _hash("w", word), _gram_hashes(word)


def count_words(text: str) -> Counted:
    """The hashes of a text's words and pairs of neighbours, ascending, and how often each occurs."""
    words = words_of(text)
    pairs = [f"{left} {right}" for left, right in pairwise(words)]
    hashes, counts = np.unique(np.array([_hash("w", term) for term in words + pairs], np.uint32), return_counts=True)
    return hashes, counts


def count_grams(text: str) -> Counted:
    """The same of every four characters inside its words, their ends marked, so that typos and endings matter less."""
    hashed = [np.zeros(0, dtype=np.uint32), *(_gram_hashes(word) for word in words_of(text))]
    hashes, counts = np.unique(np.concatenate(hashed), return_counts=True)
    return hashes, counts


def words_of(text: str) -> list[str]:
    """The words of a text in order; case and accents do not count. Bounded: 8,000 characters, 40 letters a word."""
    return [word[:_MAX_LETTERS] for word in _WORD.findall(fold(text[:_MAX_CHARS]))]


@lru_cache(maxsize=20_000)
def _gram_hashes(word: str) -> Hashes:
    marked = f" {word} "
    grams = [marked[start : start + _GRAM] for start in range(max(1, len(marked) - _GRAM + 1))]
    return np.array([_hash("c", gram) for gram in grams], dtype=np.uint32)


def _hash(kind: str, feature: str) -> int:
    return zlib.crc32(f"{kind}{feature}".encode())
