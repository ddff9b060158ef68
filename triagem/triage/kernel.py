"""How alike two tickets are for triage: shared words and characters, weighed by nearness of meaning.

Training and serving both call it; what is concluded from likeness stands in the classifier.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from triagem.triage.features import Vocabulary, count_grams, count_words, features_of_word, learn_vocabulary

if TYPE_CHECKING:
    import scipy.sparse as sp

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The two families of features, words and characters; each has unit length in every text."""

    words: Vocabulary
    grams: Vocabulary

    def rows(self, texts: Sequence[str]) -> "sp.csr_matrix":
        """`(len(texts), features) float32`; the product of two rows is between 0 and 2."""
        import scipy.sparse as sp  # noqa: PLC0415 - slow to load: only where a model answers

        words = self.words.rows([count_words(text) for text in texts])
        grams = self.grams.rows([count_grams(text) for text in texts])
        return sp.hstack([words, grams], format="csr")

    def columns_of(self, word: str) -> list[int]:
        """Where a word, folded, and its characters by fours stand among the features; what is not known is left out."""
        whole, grams = features_of_word(word)
        columns = [position(self.words.hashes, whole)]
        columns += [position(self.grams.hashes, int(gram), after=len(self.words.hashes)) for gram in grams]
        return [column for column in columns if column is not None]


def position(hashes: NDArray[np.uint32], wanted: int, *, after: int = 0) -> int | None:
    """Where a hash stands in ascending ones, counted from `after`; None if it is not there."""
    at = int(np.searchsorted(hashes, wanted))
    return after + at if at < len(hashes) and int(hashes[at]) == wanted else None


def learn_lexicon(texts: Sequence[str]) -> Lexicon:
    """The features of these texts."""
    words = learn_vocabulary([count_words(text) for text in texts])
    return Lexicon(words, learn_vocabulary([count_grams(text) for text in texts]))


@dataclass(frozen=True, slots=True)
class Likeness:
    """`(1 + wording * lexical) * exp(2 * narrowness * (cosine - 1))`: positive definite, at most 1 + 2 * wording.

    The product lets a shared word count where the meaning is near and little where it is not: on banking77 (a fifth
    held out, all-MiniLM-L6-v2) .931 against .926 for the sum of the same parts and .920 for a linear model. With ten
    tickets a class or fewer words say less: there a `wording` of 0.1 is two points better than 1.
    """

    wording: float
    narrowness: float

    def of(self, lexical: Matrix, cosine: Matrix) -> Matrix:
        """Both `(n, anchors)`; `lexical` from `Lexicon.rows`, `cosine` from unit vectors."""
        nearness = np.exp(np.float32(2.0 * self.narrowness) * (cosine - np.float32(1.0)))
        result: Matrix = (np.float32(1.0) + np.float32(self.wording) * lexical) * nearness
        return result
