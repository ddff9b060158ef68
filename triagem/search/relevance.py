"""From what the two legs say of a candidate to the probability that it helps.

The weights are learned by `training.relevance` and shipped as `relevance.json`; this module only applies them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triagem.errors import UnsupportedFormat
from triagem.types import Kind

FORMAT = 4
# A form shows an article from this relevance on: docs/decisions/0022-how-many-compete.md.
SHOW_AT = 0.15
# Nothing is surer. On the collections, by weights learned on the others, the first article was right in 99 of 100 cases
# however far above this the regression went (820 of them, by triagem-pt-en-2).
SUREST = 0.99

FILE = Path(__file__).with_name("relevance.json")

# What stands below a candidate: the runner-up, and the mean of this many from the runner-up on.
FIELD = 5
# Where so many entries compete, or more, their number says no more of the best one.
MANY = 3_000
# Terms of the query that the best candidate shares at least, when others are measured by it.
WORTH = 3


@dataclass(frozen=True, slots=True)
class Features:
    """What is known of n candidates of one query, each `(n,)`; float32, and bool for `foreign`.

    `similarity` is the cosine of the best passage, `title_similarity` that of the title; `words` the entry's BM25 as a
    share of the query's idf, so that long and short queries compare; `title` the same for its title alone. `near_words`
    is how near the words of its lead come to the query's, 0 to 1. `foreign` tells the candidates that are not in the
    asker's language. One number each for all candidates: `terms` counts those of the query, `small_talk` is how near it
    is to what asks for no help, a cosine, and `entries` how many the candidates were taken from.
    """

    similarity: NDArray[np.float32]
    title_similarity: NDArray[np.float32]
    words: NDArray[np.float32]
    title: NDArray[np.float32]
    near_words: NDArray[np.float32]
    foreign: NDArray[np.bool_]
    terms: int
    small_talk: float
    entries: int

    @property
    def nearest(self) -> NDArray[np.float32]:
        """The better of the two cosines."""
        return np.maximum(self.similarity, self.title_similarity)

    def joined(self, other: "Features") -> "Features":
        """The candidates of both, of one query."""
        return Features(
            similarity=np.concatenate([self.similarity, other.similarity]),
            title_similarity=np.concatenate([self.title_similarity, other.title_similarity]),
            words=np.concatenate([self.words, other.words]),
            title=np.concatenate([self.title, other.title]),
            near_words=np.concatenate([self.near_words, other.near_words]),
            foreign=np.concatenate([self.foreign, other.foreign]),
            terms=self.terms,
            small_talk=self.small_talk,
            entries=self.entries + other.entries,
        )


@dataclass(frozen=True, slots=True)
class Model:
    """How candidates of one kind are ranked (`order`), and how sure the first rank is (`sure`).

    Log-odds order the candidates of one query; they are not comparable from query to query, for a long description
    never shares most of its words with one article. So relevance is a second step: a logistic regression of a
    candidate's cosine, of how far it stands before the runner-up, the field and small talk, and of how many compete.
    `rival` is the log-odds that the second best exceeds for nearly all answerable queries.
    """

    order: NDArray[np.float32]
    sure: NDArray[np.float32]
    base: float
    rival: float

    def log_odds(self, features: Features) -> NDArray[np.float32]:
        """`(n,) float32`, by which candidates are ranked."""
        odds: NDArray[np.float32] = standing(features) @ self.order
        return odds

    def relevance(self, features: Features) -> NDArray[np.float64]:
        """`(n,) float64` probabilities that a candidate helps."""
        evidence = assurance(features, self.log_odds(features), rival=self.rival)
        found = 1.0 / (1.0 + np.exp(-(evidence @ self.sure + self.base).astype(np.float64)))
        return np.minimum(found, SUREST)


ORDER = ("nearest", "together", "words", "title", "near_words")
SURE = ("nearest", "lead", "field", "above_small_talk", "few")


def standing(features: Features) -> NDArray[np.float32]:
    """`(n, 5)`, by columns of `ORDER`: the better cosine, the mean of both, the word scores beside the best's, and how
    near the words are.

    The best is that of the same language: an article in another one shares few words with a query, whatever it says. A
    best that shares fewer than three of the query's terms is no measure: it counts as if it shared three.
    """
    least = np.float32(min(1.0, WORTH / max(1, features.terms)))
    columns: list[NDArray[np.float32]] = [
        features.nearest,
        np.float32(0.5) * (features.similarity + features.title_similarity),
    ]
    for values in (features.words, features.title):
        shares = np.zeros_like(values)
        for group in (features.foreign, ~features.foreign):
            shares[group] = values[group] / max(values[group].max(initial=0.0), least)
        columns.append(shares)
    return np.stack([*columns, features.near_words], axis=1)


def assurance(features: Features, log_odds: NDArray[np.float32], *, rival: float) -> NDArray[np.float32]:
    """`(n, 5)`: what makes a rank sure, by columns of `SURE`.

    `lead` is how far a candidate stands above the second best, `field` above the mean of the five from the second on,
    among those in the asker's language and the others apart: an article and its translation must not count as rivals.
    Where candidates are few or far off, rivals are assumed as good as they usually are, so that being first among
    nothing is no lead. `above_small_talk` is how much nearer it is than small talk, which lies near to any short text.
    `few` says how much fewer there are to choose from than `MANY`, in natural logarithms: among few the best is seldom
    first by chance.
    """
    leads = np.zeros((len(log_odds), 2), np.float32)
    for group in (features.foreign, ~features.foreign):
        if group.any():
            below = np.sort(log_odds[group])[::-1][1 : 1 + FIELD]
            below = np.maximum(np.append(below, np.full(FIELD - len(below), rival, np.float32)), np.float32(rival))
            leads[group] = np.stack([log_odds[group] - below[0], log_odds[group] - below.mean()], axis=1)
    few = np.full(len(log_odds), np.log(MANY / min(MANY, max(1, features.entries))), np.float32)
    return np.column_stack([features.nearest, leads, features.nearest - np.float32(features.small_talk), few])


@cache
def shipped() -> dict[Kind, Model]:
    """The shipped models, by what is searched."""
    stored = json.loads(FILE.read_text(encoding="utf-8"))
    if stored["format"] != FORMAT:
        raise UnsupportedFormat(f"{FILE.name} has format {stored['format']}, this Triagem reads {FORMAT}.")
    return {Kind(kind): read_model(model) for kind, model in stored["models"].items()}


def read_model(stored: Mapping[str, Any]) -> Model:
    """A model from what `write_model` gives."""
    return Model(
        order=np.array([stored["order"][name] for name in ORDER], np.float32),
        sure=np.array([stored["sure"][name] for name in SURE], np.float32),
        base=stored["base"],
        rival=stored["rival"],
    )


def write_model(model: Model) -> dict[str, Any]:
    """A model as JSON holds it; four decimals are plenty."""
    return {
        "order": {name: round(float(value), 4) for name, value in zip(ORDER, model.order, strict=True)},
        "sure": {name: round(float(value), 4) for name, value in zip(SURE, model.sure, strict=True)},
        "base": round(float(model.base), 4),
        "rival": round(float(model.rival), 4),
    }
