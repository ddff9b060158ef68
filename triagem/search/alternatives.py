"""Scores rows by a question whose words may be said otherwise: the best way to say each counts, never several.

What may stand for what is known by `triagem.text.synonyms`; the scores are those of `triagem.search.lexical`.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from triagem.search.lexical import LexicalIndex
from triagem.text.synonyms import Asked

_Scores = Callable[[Sequence[str]], NDArray[np.float32]]


def scores(index: LexicalIndex, asked: Asked) -> NDArray[np.float32]:
    """`(index.row_count,) float32`, BM25 of every row; a row that says it otherwise counts as if it said it so.

    What a row reaches of another way's idf it is given of the question's own, where that is more: words that the
    knowledge base lacks do not lower the share that is matched.
    """
    return _scores(index, index.scores, asked)


def scores_between(index: LexicalIndex, asked: Asked, *, start: int, stop: int) -> NDArray[np.float32]:
    """`(stop - start,) float32`, the same of neighbouring rows only."""
    return _scores(index, lambda terms: index.scores_between(terms, start=start, stop=stop), asked)


def _scores(index: LexicalIndex, of: _Scores, asked: Asked) -> NDArray[np.float32]:
    total = of(asked.terms)
    for one in asked.alternatives:
        shares = [of(other) / np.float32(index.weight_of(other)) for other in one.others]
        otherwise = np.float32(index.weight_of(one.of)) * np.maximum.reduce(shares)
        total += np.maximum(otherwise - of(one.of), 0)
    return total
