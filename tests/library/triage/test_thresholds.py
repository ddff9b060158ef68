import math

import numpy as np
import pytest
from scipy.stats import binom

from triagem.triage.thresholds import Evidence, fewest_tickets, precision_bound, prove, thresholds


def evidence(right: int, wrong: int, *, probability: float = 0.9, of_class: int = 0) -> Evidence:
    count = right + wrong
    return Evidence(np.full(count, of_class, dtype=np.int32), np.full(count, probability), np.arange(count) < right)


def joined(*parts: Evidence) -> Evidence:
    return Evidence(
        np.concatenate([part.predicted for part in parts]),
        np.concatenate([part.probability for part in parts]),
        np.concatenate([part.correct for part in parts]),
    )


@pytest.mark.parametrize(("target", "tickets"), [(0.95, 59), (0.90, 29), (0.80, 14)])
def test_so_many_tickets_without_an_error_prove_a_target_and_one_less_does_not(target: float, tickets: int) -> None:
    assert fewest_tickets(target) == tickets
    assert precision_bound(tickets, tickets) >= target > precision_bound(tickets - 1, tickets - 1)


def test_the_bound_leaves_five_per_cent_of_risk() -> None:
    # At a true precision equal to the bound, 95 or more of 100 right happen in 5 % of cases.
    assert binom.sf(94, 100, precision_bound(95, 100)) == pytest.approx(0.05)


def test_a_class_opens_from_the_lowest_probability_that_is_proven() -> None:
    # 100 sure ones without an error, 100 unsure ones of which a third are wrong.
    seen = joined(evidence(100, 0, probability=0.99), evidence(66, 34, probability=0.6))
    found = prove(seen, 0.95)
    assert (found.probability, found.tickets) == (0.99, 100)
    assert found.bound == pytest.approx(0.9705, abs=1e-4)


def test_too_few_tickets_keep_a_class_closed() -> None:
    assert prove(evidence(58, 0), 0.95).probability == math.inf
    assert prove(evidence(59, 0), 0.95).probability == 0.9


def test_each_class_has_a_threshold_of_its_own() -> None:
    seen = joined(evidence(100, 0, of_class=0), evidence(80, 20, of_class=1))
    first, second = thresholds(seen, classes=2, target=0.95)
    assert (first.probability, second.probability) == (0.9, math.inf)


def test_classes_too_rare_to_prove_anything_alone_are_proven_together() -> None:
    rare = joined(*(evidence(8, 0, of_class=number) for number in range(3)))
    found = thresholds(rare, classes=3, target=0.8)
    assert {(one.probability, one.tickets, one.pooled) for one in found} == {(0.9, 24, True)}
    assert {one.probability for one in thresholds(rare, classes=3, target=0.95)} == {math.inf}


def test_a_class_that_falls_short_itself_is_left_out_of_what_is_proven_together() -> None:
    seen = joined(*(evidence(40, 0, of_class=number) for number in range(4)), evidence(18, 2, of_class=4))
    *good, poor = thresholds(seen, classes=5, target=0.95)
    assert {one.pooled for one in good} == {True}
    assert poor.probability == math.inf


def test_a_class_with_hardly_a_ticket_does_not_join() -> None:
    seen = joined(*(evidence(40, 0, of_class=number) for number in range(3)), evidence(13, 0, of_class=3))
    assert thresholds(seen, classes=4, target=0.95)[3].probability == math.inf
    assert thresholds(joined(seen, evidence(1, 0, of_class=3)), classes=4, target=0.95)[3].pooled


def test_classes_below_the_target_are_pooled_in_at_most_one_case_of_twenty() -> None:
    """Simulated 500 times: 20 classes of 25 tickets each, right in just under 90 % of cases, however likely."""
    rng = np.random.default_rng(0)
    classes = np.repeat(np.arange(20, dtype=np.int32), 25)
    opened = 0
    for _ in range(500):
        seen = Evidence(classes, rng.uniform(0.8, 1.0, 500), rng.random(500) < 0.899)
        opened += any(one.pooled for one in thresholds(seen, classes=20, target=0.90))
    assert opened <= 35  # 25 expected at most, and two standard deviations of the simulation


def test_a_class_below_the_target_is_opened_in_at_most_one_case_of_twenty() -> None:
    """Simulated 1,000 times: 200 tickets that are right in just under 90 % of cases whatever their probability."""
    rng = np.random.default_rng(0)
    opened = 0
    for _ in range(1_000):
        seen = Evidence(np.zeros(200, dtype=np.int32), rng.uniform(0.8, 1.0, 200), rng.random(200) < 0.899)
        opened += prove(seen, 0.90).tickets > 0
    assert opened <= 65  # 50 expected at most, and two standard deviations of the simulation
