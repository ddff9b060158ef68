"""Kernel ridge regression with its leave-one-out scores, in fixed tiles: one thread or many, the same bits.

It knows matrices only; what they hold stands in `triagem.triage.kernel`. The tiles are fixed, what BLAS does inside one
is not, so whoever calls it keeps BLAS to one thread: `training.fit` does.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
Tiles = Callable[[slice, slice], Matrix]

_TILE = 512


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Solution:
    """What one factorisation yields, all `float32` with one column per target.

    `weights` `(n, targets)`: a new row's scores are its kernel with the n rows times these.
    `left_out` `(n, targets)`: each row's scores by the model fitted without that row.
    `early_left_out` `(early, targets)`: the same among the first `early` rows only.
    `ahead` `(n - early, targets)`: the scores of the rows after `early` by the model fitted on the first `early`.
    """

    weights: Matrix
    left_out: Matrix
    early_left_out: Matrix
    ahead: Matrix


def solve(
    kernel: Tiles, noise: Matrix, targets: Matrix, *, early: int, threads: int, tick: Callable[[], None] = _nothing
) -> Solution:
    """Fits `(K + diag(noise)) weights = targets`. `kernel(rows, columns)` gives a tile of K for columns <= rows.

    `tick` is called now and then from the calling thread; what it raises ends the work.

    Time grows with n cubed (10,000 rows: 0.7 Tflop), memory with n squared (0.4 GB). The closed forms:
    left out = y - weights / diag(inverse); ahead = y - L L' weights with L the last block of the Cholesky factor.
    """
    edges = sorted({*range(0, early, _TILE), *range(early, len(noise), _TILE), early, len(noise)})
    tiles = [slice(start, end) for start, end in pairwise(edges)]
    with ThreadPoolExecutor(threads) as pool:
        factor = np.zeros((len(noise), len(noise)), dtype=np.float32)
        _each(pool, lambda row: _fill(factor, kernel, noise, tiles, row), reversed(range(len(tiles))), tick)
        inverses = _factorise(factor, tiles, pool, tick)
        halfway = _forward(factor, inverses, tiles, targets)
        weights = _backward(factor, inverses, tiles, halfway)
        before = [tile for tile in tiles if tile.stop <= early]
        early_weights = _backward(factor, inverses, before, halfway[:early])
        diagonal, early_diagonal = _inverse_diagonal(factor, inverses, tiles, early, pool, tick)
    last = np.tril(factor[early:, early:])
    return Solution(
        weights=weights,
        left_out=targets - weights / diagonal[:, None],
        early_left_out=targets[:early] - early_weights / early_diagonal[:, None],
        ahead=targets[early:] - last @ (last.T @ weights[early:]),
    )


def _each(
    pool: ThreadPoolExecutor, work: Callable[[int], None], items: Iterable[int], tick: Callable[[], None] = _nothing
) -> None:
    waiting = [pool.submit(work, item) for item in items]
    try:
        for one in waiting:
            one.result()
            tick()
    finally:
        for one in waiting:
            one.cancel()


def _fill(factor: Matrix, kernel: Tiles, noise: Matrix, tiles: list[slice], row: int) -> None:
    rows = tiles[row]
    for columns in tiles[: row + 1]:
        factor[rows, columns] = kernel(rows, columns)
    factor[rows, rows] += np.diag(noise[rows])


def _factorise(factor: Matrix, tiles: list[slice], pool: ThreadPoolExecutor, tick: Callable[[], None]) -> list[Matrix]:
    """Turns the lower tiles of K into those of its Cholesky factor L; returns the inverses of L's diagonal tiles."""
    inverses: list[Matrix] = []
    for at, columns in enumerate(tiles):
        tick()
        done = slice(0, columns.start)

        def subtract(row: int, columns: slice = columns, done: slice = done) -> None:
            factor[tiles[row], columns] -= factor[tiles[row], done] @ factor[columns, done].T

        _each(pool, subtract, range(at, len(tiles)))
        square = np.linalg.cholesky(factor[columns, columns])
        inverse = np.linalg.inv(square)
        factor[columns, columns] = square
        inverses.append(inverse)

        def divide(row: int, columns: slice = columns, inverse: Matrix = inverse) -> None:
            factor[tiles[row], columns] = factor[tiles[row], columns] @ inverse.T

        _each(pool, divide, range(at + 1, len(tiles)))
    return inverses


def _forward(factor: Matrix, inverses: list[Matrix], tiles: list[slice], targets: Matrix) -> Matrix:
    solved = np.zeros_like(targets)
    for rows, inverse in zip(tiles, inverses, strict=False):
        done = slice(0, rows.start)
        solved[rows] = inverse @ (targets[rows] - factor[rows, done] @ solved[done])
    return solved


def _backward(factor: Matrix, inverses: list[Matrix], tiles: list[slice], halfway: Matrix) -> Matrix:
    solved = np.zeros_like(halfway)
    for rows, inverse in reversed(list(zip(tiles, inverses, strict=False))):
        done = slice(rows.stop, len(halfway))
        solved[rows] = inverse.T @ (halfway[rows] - factor[done, rows].T @ solved[done])
    return solved


def _inverse_diagonal(
    factor: Matrix,
    inverses: list[Matrix],
    tiles: list[slice],
    early: int,
    pool: ThreadPoolExecutor,
    tick: Callable[[], None],
) -> tuple[Matrix, Matrix]:
    """The diagonals of the inverse of K, and of the inverse of its first `early` rows and columns."""
    whole = np.zeros(len(factor), dtype=np.float32)
    first = np.zeros(early, dtype=np.float32)

    def column(at: int) -> None:
        columns = tiles[at]
        start = columns.start
        block = np.zeros((len(factor) - start, columns.stop - start), dtype=np.float32)
        block[: columns.stop - start] = inverses[at]
        for rows, inverse in zip(tiles[at + 1 :], inverses[at + 1 :], strict=True):
            block[rows.start - start : rows.stop - start] = -inverse @ (
                factor[rows, start : rows.start] @ block[: rows.start - start]
            )
        if start < early:
            first[columns] = np.square(block[: early - start]).sum(axis=0)
        whole[columns] = np.square(block).sum(axis=0)

    _each(pool, column, range(len(tiles)), tick)
    return whole, first
