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
# A form shows an article from this relevance on. Judged by weights learned on the other collections, something is then
# shown for 72 to 97 in 100 answerable queries and the first is right in 77 to 99 of them (26 where answers are searched
# without their questions), while queries of another domain get nothing in 91 to 100. Chosen on these same collections.
SHOW_AT = 0.2

# Log-odds that the second best exceeds for nine in ten answerable queries of the development collections.
RIVAL = np.float32(-5.0)

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
class Model:
    """How candidates of one kind are ranked, and how sure their rank is.

    `weights` and `bias` give a candidate's log-odds among all candidates. Those alone are not comparable from query to
    query: a long description never shares most of its words with one article. So relevance also looks at how far a
    candidate stands before the runner-up: sigmoid(`own` x log-odds + `lead` x lead + `base`).
    """

    weights: NDArray[np.float32]
    bias: float
    own: float
    lead: float
    base: float

    def log_odds(self, features: Features) -> NDArray[np.float32]:
        """`(n,) float32`, by which candidates are ranked."""
        odds: NDArray[np.float32] = features.matrix() @ self.weights + np.float32(self.bias)
        return odds

    def relevance(self, log_odds: NDArray[np.float32], foreign: NDArray[np.bool_]) -> NDArray[np.float64]:
        """`(n,) float64` probabilities, rising with the log-odds among those in one language."""
        odds = self.own * log_odds + self.lead * leads(log_odds, foreign) + self.base
        return 1.0 / (1.0 + np.exp(-odds.astype(np.float64)))


def leads(log_odds: NDArray[np.float32], foreign: NDArray[np.bool_]) -> NDArray[np.float32]:
    """How far each candidate stands above the second best, among those in the asker's language and the others apart.

    An article and its translation must not count as rivals. Where candidates are few or far off, a rival is assumed as
    good as they usually are, so that being first among nothing is no lead.
    """
    result = np.zeros_like(log_odds)
    for group in (foreign, ~foreign):
        if group.any():
            second = np.partition(log_odds[group], -2)[-2] if group.sum() > 1 else RIVAL
            result[group] = log_odds[group] - max(second, RIVAL)
    return result


@cache
def shipped() -> dict[Kind, Model]:
    """The shipped models, by what is searched."""
    stored = json.loads(FILE.read_text(encoding="utf-8"))
    if stored["format"] > FORMAT:
        raise UnsupportedFormat(f"{FILE.name} has format {stored['format']}, this Triagem reads up to {FORMAT}.")
    names = [field.name for field in fields(Features)]
    return {
        Kind(kind): Model(
            weights=np.array([model["weights"][name] for name in names], np.float32),
            bias=model["bias"],
            own=model["own"],
            lead=model["lead"],
            base=model["base"],
        )
        for kind, model in stored["models"].items()
    }
