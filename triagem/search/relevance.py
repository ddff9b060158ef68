"""From what the two legs say of a candidate to the probability that it helps.

The weights are learned by `training.relevance` and shipped as `relevance.json`; this module only applies them.
"""

import json
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from triagem.errors import UnsupportedFormat
from triagem.types import Kind

FORMAT = 1
# A form shows an article from this relevance on: more likely to help than not.
SHOW_AT = 0.5

FILE = Path(__file__).with_name("relevance.json")


@dataclass(frozen=True, slots=True)
class Features:
    """What is known of n candidates of one query, each `(n,) float32`.

    `similarity` is the cosine of the best passage, `title_similarity` that of the title; `words` the entry's BM25 as a
    share of the query's idf, so that long and short queries compare; `title` the same for its title alone.
    """

    similarity: NDArray[np.float32]
    title_similarity: NDArray[np.float32]
    words: NDArray[np.float32]
    title: NDArray[np.float32]

    def matrix(self) -> NDArray[np.float32]:
        """`(n, number of features)`, columns in the order of the fields."""
        return np.stack([getattr(self, field.name) for field in fields(self)], axis=1)

    def joined(self, other: "Features") -> "Features":
        return Features(
            *(np.concatenate([getattr(self, field.name), getattr(other, field.name)]) for field in fields(self))
        )


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic model: one weight for each of `Features`, and a bias."""

    weights: NDArray[np.float32]
    bias: float

    def log_odds(self, features: Features) -> NDArray[np.float32]:
        odds: NDArray[np.float32] = features.matrix() @ self.weights + np.float32(self.bias)
        return odds


@cache
def shipped() -> dict[tuple[Kind, bool], Logistic]:
    """The shipped models, by what is searched and whether it is in the language of the query."""
    stored = json.loads(FILE.read_text(encoding="utf-8"))
    if stored["format"] > FORMAT:
        raise UnsupportedFormat(f"{FILE.name} has format {stored['format']}, this Triagem reads up to {FORMAT}.")
    return {
        (Kind(model["kind"]), model["same_language"]): Logistic(
            np.array([model["weights"][field.name] for field in fields(Features)], np.float32), model["bias"]
        )
        for model in stored["models"]
    }


def probability(log_odds: NDArray[np.float32]) -> NDArray[np.float64]:
    """Log-odds to probabilities in (0, 1)."""
    return 1.0 / (1.0 + np.exp(-log_odds.astype(np.float64)))
