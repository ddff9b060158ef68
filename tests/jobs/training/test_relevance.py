"""What is learned from judged queries: which evidence orders candidates, and how sure a rank is."""

import numpy as np
import pytest

from training.relevance import AskedQuery, Examples, learn
from triagem.search.relevance import Features, Model
from triagem.types import Kind

CANDIDATES = 12


def asked(draw: np.random.Generator, *, answerable: bool) -> AskedQuery:
    """The relevant candidate, where there is one, is near by its meaning; words say nothing."""
    similarity = draw.uniform(0.1, 0.4, CANDIDATES).astype(np.float32)
    relevant = np.zeros(CANDIDATES, bool)
    if answerable:
        relevant[draw.integers(CANDIDATES)] = True
        similarity[relevant] += draw.uniform(0.0, 0.4)
    words = draw.uniform(0, 0.5, CANDIDATES).astype(np.float32)
    nothing, foreign = np.zeros_like(words), np.zeros(CANDIDATES, bool)
    return AskedQuery(Features(similarity, similarity, words, nothing, nothing, foreign, 9, 0.3, 1_000), relevant, 1.0)


@pytest.fixture(scope="module")
def queries() -> list[AskedQuery]:
    draw = np.random.default_rng(0)
    return [asked(draw, answerable=number % 4 != 0) for number in range(800)]


@pytest.fixture(scope="module")
def model(queries: list[AskedQuery]) -> Model:
    return learn([Examples("made up", Kind.ARTICLE, tuple(queries[:400]))])[Kind.ARTICLE]


def test_what_tells_the_relevant_one_weighs_and_what_does_not_is_left_out(model: Model) -> None:
    cosines, words, title = model.order[:2].sum(), model.order[2], model.order[3]
    assert cosines > 5
    assert words < 0.5
    assert title == pytest.approx(0, abs=1e-6)


def test_relevance_is_a_probability_on_queries_it_never_saw(model: Model, queries: list[AskedQuery]) -> None:
    chances, truths = [], []
    for query in queries[400:]:
        first = int(np.argmax(model.log_odds(query.features)))
        chances.append(model.relevance(query.features)[first])
        truths.append(query.relevant[first])
    assert np.mean(chances) == pytest.approx(np.mean(truths), abs=0.05)
    sure = np.array(chances) > 0.8
    assert np.mean(np.array(truths)[sure]) > 0.85
    assert np.mean(np.array(truths)[~sure]) < np.mean(np.array(truths)[sure])
