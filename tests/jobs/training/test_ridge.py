import numpy as np
import pytest

from training.ridge import Matrix, Solution, solve

ROWS, EARLY = 700, 560  # more than one tile


@pytest.fixture(scope="module")
def points() -> Matrix:
    drawn = np.random.default_rng(0).normal(size=(ROWS, 8)).astype(np.float32)
    unit: Matrix = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    return unit


@pytest.fixture(scope="module")
def targets() -> Matrix:
    return np.eye(3, dtype=np.float32)[np.random.default_rng(1).integers(0, 3, ROWS)]


def solved(points: Matrix, targets: Matrix, threads: int = 1) -> Solution:
    noise = np.full(ROWS, 0.5, dtype=np.float32)
    return solve(
        lambda rows, columns: np.exp(points[rows] @ points[columns].T - 1.0),
        noise,
        targets,
        early=EARLY,
        threads=threads,
    )


def plain_weights(points: Matrix, targets: Matrix, chosen: np.ndarray) -> np.ndarray:
    system = np.exp(points[chosen].astype(np.float64) @ points[chosen].T - 1.0) + 0.5 * np.eye(len(chosen))
    return np.linalg.solve(system, targets[chosen])


def test_weights_solve_the_system(points: Matrix, targets: Matrix) -> None:
    expected = plain_weights(points, targets, np.arange(ROWS))
    assert np.abs(solved(points, targets).weights - expected).max() < 1e-4


@pytest.mark.parametrize("row", [0, 511, 512, 699])
def test_left_out_is_what_a_model_without_the_row_says(points: Matrix, targets: Matrix, row: int) -> None:
    others = np.delete(np.arange(ROWS), row)
    expected = np.exp(points[row] @ points[others].T - 1.0) @ plain_weights(points, targets, others)
    assert np.abs(solved(points, targets).left_out[row] - expected).max() < 1e-4


def test_ahead_is_what_a_model_of_the_early_rows_says_of_the_later_ones(points: Matrix, targets: Matrix) -> None:
    weights = plain_weights(points, targets, np.arange(EARLY))
    expected = np.exp(points[EARLY:] @ points[:EARLY].T - 1.0) @ weights
    assert np.abs(solved(points, targets).ahead - expected).max() < 1e-4


def test_early_left_out_leaves_the_later_rows_out_too(points: Matrix, targets: Matrix) -> None:
    others = np.delete(np.arange(EARLY), 7)
    expected = np.exp(points[7] @ points[others].T - 1.0) @ plain_weights(points, targets, others)
    assert np.abs(solved(points, targets).early_left_out[7] - expected).max() < 1e-4


def test_one_thread_and_two_give_the_same_bits(points: Matrix, targets: Matrix) -> None:
    one, two = solved(points, targets, threads=1), solved(points, targets, threads=2)
    assert one.weights.tobytes() == two.weights.tobytes()
    assert one.left_out.tobytes() == two.left_out.tobytes()
    assert one.ahead.tobytes() == two.ahead.tobytes()


def test_what_a_tick_raises_ends_the_work(points: Matrix, targets: Matrix) -> None:
    def stop() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        solve(
            lambda rows, columns: points[rows] @ points[columns].T,
            np.ones(ROWS, dtype=np.float32),
            targets,
            early=EARLY,
            threads=2,
            tick=stop,
        )
