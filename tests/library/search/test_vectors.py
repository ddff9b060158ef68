"""The vector index agrees with plain arithmetic, and keeps to the rows it is allowed."""

from pathlib import Path

import numpy as np
import pytest

from triagem.search.vectors import VectorIndex


def unit_rows(count: int, dimension: int = 16) -> np.ndarray:
    rows = np.random.default_rng(7).normal(size=(count, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_the_nearest_are_those_with_the_largest_inner_product() -> None:
    rows = unit_rows(500)
    found = VectorIndex.build(rows, 16).nearest(rows[3], 10, allowed=None)
    assert list(found) == list(np.argsort(-(rows @ rows[3]))[:10])


def test_rows_that_are_not_allowed_are_never_returned() -> None:
    rows = unit_rows(100)
    allowed = np.zeros(100, dtype=bool)
    allowed[[5, 50, 99]] = True
    found = VectorIndex.build(rows, 16).nearest(rows[3], 10, allowed=allowed)
    assert sorted(found) == [5, 50, 99]


def test_a_vector_that_is_no_number_finds_nothing() -> None:
    index = VectorIndex.build(unit_rows(10), 16)
    found = index.nearest(np.full(16, np.nan, np.float32), 5, allowed=None)
    assert len(found) == 0


def test_an_empty_index_finds_nothing_also_after_saving(tmp_path: Path) -> None:
    VectorIndex.build(np.empty((0, 16), np.float32), 16).save(tmp_path / "empty.faiss")
    found = VectorIndex.load(tmp_path / "empty.faiss").nearest(unit_rows(1)[0], 5, allowed=None)
    assert len(found) == 0


def test_similarities_come_in_the_order_asked() -> None:
    rows = unit_rows(20)
    index = VectorIndex.build(rows, 16)
    assert index.similarities(rows[0], np.array([7, 0, 3])) == pytest.approx(rows[[7, 0, 3]] @ rows[0], abs=2e-3)
