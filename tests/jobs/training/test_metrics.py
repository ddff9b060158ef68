import numpy as np
import pytest

from training.metrics import (
    auroc,
    bootstrap_interval,
    calibration_error,
    chance_error,
    macro_f1,
    ndcg,
    recall_at,
    reciprocal_rank,
)


def test_macro_f1_is_the_mean_over_classes() -> None:
    # Class 0: precision 1, recall 1/2 -> 2/3. Class 1: precision 1/2, recall 1 -> 2/3.
    assert macro_f1(np.array([0, 0, 1]), np.array([0, 1, 1])) == pytest.approx(2 / 3)


def test_calibration_error_is_the_gap_between_claim_and_fact() -> None:
    claimed, fact = np.full(10, 0.9), np.array([True] * 7 + [False] * 3)
    assert calibration_error(claimed, fact) == pytest.approx(0.2)


def test_auroc_counts_pairs_in_the_right_order_and_ties_half() -> None:
    assert auroc(np.array([0.9, 0.8]), np.array([0.1, 0.2])) == 1.0
    assert auroc(np.array([0.5]), np.array([0.5, 0.4])) == 0.75


def test_ranking_measures_of_a_hit_on_the_second_place() -> None:
    found, relevant = ["a", "b", "c"], {"b"}
    assert ndcg(found, relevant) == pytest.approx(1 / np.log2(3))
    assert (recall_at(found, relevant, 1), recall_at(found, relevant, 3)) == (0.0, 1.0)
    assert reciprocal_rank(found, relevant) == 0.5


def test_the_interval_of_equal_values_is_that_value_and_a_draw_is_repeatable() -> None:
    assert bootstrap_interval([0.5] * 20) == (0.5, 0.5)
    assert bootstrap_interval([0.0, 1.0] * 20) == bootstrap_interval([0.0, 1.0] * 20)


def test_what_chance_alone_shows_falls_with_the_number_of_outcomes() -> None:
    few, many = np.full(25, 0.5), np.full(2_500, 0.5)
    # The mean distance of a share of n fair tosses from a half: sqrt(1 / (2 pi n)).
    assert chance_error(few) == pytest.approx(0.08, abs=0.01)
    assert chance_error(many) == pytest.approx(0.008, abs=0.001)
    assert chance_error(np.ones(25)) == 0.0
