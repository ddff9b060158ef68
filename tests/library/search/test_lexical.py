"""BM25 by precomputed weights gives what the formula gives."""

import math
from pathlib import Path

import numpy as np
import pytest

from triagem.search.lexical import K1, B, LexicalIndex

ROWS = [
    {"senha": 2.0, "trocar": 1.0},
    {"senha": 1.0, "boleto": 1.0, "pagar": 2.0},
    {"camera": 1.0},
]


def bm25(term: str, row: dict[str, float]) -> float:
    """Okapi BM25 written out, for one term and one row."""
    in_rows = sum(term in other for other in ROWS)
    idf = math.log(1 + (len(ROWS) - in_rows + 0.5) / (in_rows + 0.5))
    mean_length = sum(sum(other.values()) for other in ROWS) / len(ROWS)
    count = row.get(term, 0.0)
    return idf * count * (K1 + 1) / (count + K1 * (1 - B + B * sum(row.values()) / mean_length))


def test_scores_are_those_of_the_formula() -> None:
    index = LexicalIndex.build(ROWS)
    expected = [bm25("senha", row) + bm25("pagar", row) for row in ROWS]
    assert index.scores(["senha", "pagar"]) == pytest.approx(expected, rel=1e-5)


def test_a_term_asked_twice_counts_once_and_an_unknown_one_not_at_all() -> None:
    index = LexicalIndex.build(ROWS)
    assert index.scores(["senha", "senha", "xyz"]) == pytest.approx(index.scores(["senha"]))


def test_a_term_nobody_has_weighs_as_much_as_the_rarest() -> None:
    index = LexicalIndex.build(ROWS)
    assert index.weight_of(["xyz"]) == pytest.approx(math.log(1 + 3.5 / 0.5))
    assert index.weight_of(["senha"]) == pytest.approx(math.log(1 + 1.5 / 2.5))


def test_few_rows_weigh_their_terms_by_the_many_behind_them() -> None:
    many = LexicalIndex.build([{"senha": 1.0}] * 99 + [{"boleto": 1.0}])
    few = LexicalIndex.build([{"senha": 1.0, "boleto": 1.0}], background=many)
    alone = LexicalIndex.build([{"senha": 1.0, "boleto": 1.0}])
    assert few.scores(["boleto"])[0] > 10 * few.scores(["senha"])[0]
    assert alone.scores(["boleto"])[0] == pytest.approx(alone.scores(["senha"])[0])


def test_a_saved_index_scores_alike(tmp_path: Path) -> None:
    index = LexicalIndex.build(ROWS)
    index.save(tmp_path, "words")
    loaded = LexicalIndex.load(tmp_path, "words")
    assert np.array_equal(loaded.scores(["senha", "camera"]), index.scores(["senha", "camera"]))
    assert loaded.frequency("senha") == 2


def test_an_empty_index_answers_nothing(tmp_path: Path) -> None:
    LexicalIndex.build([]).save(tmp_path, "words")
    assert LexicalIndex.load(tmp_path, "words").scores(["senha"]).shape == (0,)
