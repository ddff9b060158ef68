"""Two shares held against each other, with figures from the literature."""

import pytest

from triagem.insight.comparison import difference, sessions_needed, wilson


def test_the_interval_of_a_share_is_wilsons() -> None:
    # Newcombe 1998 (Statistics in Medicine 17, 857-872), table I: 81 of 263 and 0 of 20.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [((56, 70, 48, 80), 0.0524, 0.3339), ((9, 10, 3, 10), 0.1705, 0.8090), ((10, 10, 0, 20), 0.6791, 1.0)],
)
def test_the_interval_of_a_difference_is_newcombes(counts: tuple[int, int, int, int], low: float, high: float) -> None:
    # Newcombe 1998 (Statistics in Medicine 17, 873-890), table II, method 10.
    found = difference(*counts)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_without_anybody_on_one_side_there_is_no_difference() -> None:
    assert difference(1, 2, 0, 0) is None


def test_a_small_difference_needs_many_sessions_and_a_lopsided_lot_more() -> None:
    # (1.959964 + 0.841621)^2 * (0.25 + 0.2475) / 0.05^2 = 1562 in each of two equal arms.
    assert sessions_needed(0.5, 0.05, smaller_arm=0.5) == pytest.approx(2 * 1562, abs=2)
    assert sessions_needed(0.5, 0.05, smaller_arm=0.1) > 8_000
    assert sessions_needed(0.5, 0.2, smaller_arm=0.5) < 200
