import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit
from scipy.stats import binom

from triagem.triage import nested
from triagem.triage.targets import LEAST, MOST
from triagem.triage.thresholds import Evidence, Threshold, fewest_tickets, precision_bound


def evidence(right: int, wrong: int, *, probability: float = 0.9, of_class: int = 0) -> Evidence:
    count = right + wrong
    return Evidence(np.full(count, of_class, dtype=np.int32), np.full(count, probability), np.arange(count) < right)


def thresholds(seen: Evidence, *, classes: int, target: float) -> tuple[Threshold, ...]:
    return nested.thresholds(seen, classes=classes, targets=(target,))[target]


def prove(seen: Evidence, target: float) -> Threshold:
    """The threshold of evidence that is of one class."""
    [found] = thresholds(seen, classes=1, target=target)
    return found


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
    for tickets, joins in ((13, False), (14, True)):
        seen = joined(*(evidence(tickets, 0, of_class=number) for number in range(10)))
        assert {one.pooled for one in thresholds(seen, classes=10, target=0.95)} == {joins}


def test_a_class_that_a_laxer_target_leaves_closed_is_not_opened_by_a_stricter_one() -> None:
    # The rare class proves 0.80 alone. At 0.85 only it is undecided and proves nothing; at 0.95 all three are.
    seen = joined(evidence(50, 0), evidence(50, 0, of_class=1), evidence(14, 0, of_class=2))
    at = nested.thresholds(seen, classes=3, targets=(0.80, 0.85, 0.95))
    assert [one.tickets > 0 for one in at[0.80]] == [True, True, True]
    assert [one.tickets > 0 for one in at[0.85]] == [True, True, False]
    assert [one.pooled for one in at[0.95]] == [True, True, False]


def drawn(seed: int, *, least: int, most: int, spread: float, classes: int = 20) -> tuple[Evidence, np.ndarray]:
    """A made-up desk and, of each class, by how much its probabilities are too low, as log odds."""
    rng = np.random.default_rng(seed)
    tickets, too_low = rng.integers(least, most, classes), rng.normal(0.0, spread, classes)
    predicted = np.repeat(np.arange(classes, dtype=np.int32), tickets)
    odds = rng.normal(2.5, 1.5, len(predicted))
    right = rng.random(len(predicted)) < expit(odds + too_low[predicted])
    return Evidence(predicted, expit(odds), right), too_low


@given(
    seed=st.integers(0, 10**6),
    classes=st.integers(1, 12),
    most=st.integers(6, 120),
    spread=st.floats(0.0, 1.5),
    targets=st.tuples(st.floats(LEAST, MOST), st.floats(LEAST, MOST)),
)
@settings(max_examples=150, deadline=None)
def test_no_threshold_is_lower_at_a_stricter_target(
    seed: int, classes: int, most: int, spread: float, targets: tuple[float, float]
) -> None:
    seen, _ = drawn(seed, least=1, most=most, spread=spread, classes=classes)
    lax, strict = (thresholds(seen, classes=classes, target=one) for one in sorted(targets))
    assert all(low.probability <= high.probability for low, high in zip(lax, strict, strict=True))


@given(st.integers(0, 10**6), st.floats(LEAST, MOST))
@settings(max_examples=50, deadline=None)
def test_several_targets_at_once_give_what_each_gives_by_itself(seed: int, target: float) -> None:
    seen, _ = drawn(seed, least=5, most=60, spread=0.5, classes=6)
    together = nested.thresholds(seen, classes=6, targets=(0.8, target, 0.99))
    assert together[target] == thresholds(seen, classes=6, target=target)


def test_of_the_classes_that_are_opened_95_in_100_are_as_precise_as_promised() -> None:
    """60 made-up desks of 20 classes with 10 to 150 tickets each, some of them surer of themselves than is right."""
    kept = []
    grid = np.linspace(-6.0, 12.0, 2_001)
    for seed in range(60):
        seen, too_low = drawn(seed, least=10, most=150, spread=0.5)
        for one, low in zip(thresholds(seen, classes=20, target=0.90), too_low, strict=True):
            if one.tickets:
                odds = grid[grid >= logit(one.probability)]
                share = np.exp(-0.5 * np.square((odds - 2.5) / 1.5))
                kept.append(float(np.average(expit(odds + low), weights=share)) >= 0.90)
    assert len(kept) > 1_000
    assert np.mean(kept) >= 0.95


def test_classes_below_the_target_are_pooled_in_at_most_one_case_of_twenty() -> None:
    """Simulated 250 times: 20 classes of 25 tickets each, right in just under 90 % of cases, however likely."""
    rng = np.random.default_rng(0)
    classes = np.repeat(np.arange(20, dtype=np.int32), 25)
    opened = 0
    for _ in range(250):
        seen = Evidence(classes, rng.uniform(0.8, 1.0, 500), rng.random(500) < 0.899)
        opened += any(one.pooled for one in thresholds(seen, classes=20, target=0.90))
    assert opened <= 19  # 12.5 expected at most, and two standard deviations of the simulation


def test_a_class_below_the_target_is_opened_in_at_most_one_case_of_twenty() -> None:
    """Simulated 1,000 times: 200 tickets that are right in just under 90 % of cases whatever their probability."""
    rng = np.random.default_rng(0)
    opened = 0
    for _ in range(1_000):
        seen = Evidence(np.zeros(200, dtype=np.int32), rng.uniform(0.8, 1.0, 200), rng.random(200) < 0.899)
        opened += prove(seen, 0.90).tickets > 0
    assert opened <= 65  # 50 expected at most, and two standard deviations of the simulation
