"""An encoder that a person can explain: words and their letter triples, hashed into 64 numbers.

Texts that share words or parts of words are near; nothing is learned. For tests and for trying things without weights.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np

from triagem.encoder.base import Vectors
from triagem.encoder.prepare import prepare

_DIMENSION = 64
_MAX_TOKENS = 256
_WORD = re.compile(r"\w+")
_WORD_WEIGHT = 2.0
_TRIPLE_WEIGHT = 0.5


class HashingEncoder:
    """Deterministic across processes and machines; case and accents do not count."""

    @property
    def digest(self) -> str:
        return "hashing-1"

    @property
    def dimension(self) -> int:
        return _DIMENSION

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors `(len(texts), 64) float32`; a text without words gets the first axis."""
        vectors = np.zeros((len(texts), _DIMENSION), dtype=np.float32)
        for row, text in enumerate(texts):
            for feature, weight in _features(text):
                position, sign = _place(feature)
                vectors[row, position] += sign * weight
            if not vectors[row].any():
                vectors[row, 0] = 1.0
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = vectors / lengths
        return unit


def _features(text: str) -> Iterator[tuple[str, float]]:
    folded = unicodedata.normalize("NFD", prepare(text, max_tokens=_MAX_TOKENS).casefold())
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    for word in _WORD.findall(plain):
        yield word, _WORD_WEIGHT
        padded = f"^{word}$"
        for start in range(len(padded) - 2):
            yield padded[start : start + 3], _TRIPLE_WEIGHT


def _place(feature: str) -> tuple[int, float]:
    hashed = hashlib.blake2b(feature.encode(), digest_size=2).digest()
    return hashed[0] % _DIMENSION, 1.0 if hashed[1] % 2 else -1.0
