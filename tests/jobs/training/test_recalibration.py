"""A desk's own relevance: what observations may move, how far, and how that is judged."""

from datetime import UTC, datetime

import numpy as np
import pytest

from training.recalibration import PRIOR, fit, judge
from triagem.search.observations import Observation
from triagem.search.recalibration import Recalibration

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def observed(relevance: float, *, helped: int, of: int) -> list[Observation]:
    """So many people saw an article of this relevance, and it helped so many of them."""
    return [
        Observation("a", relevance, n < helped, f"session:{relevance}-{n}", False, NOW)
        for n in np.random.default_rng(0).permutation(of)
    ]


def fitted(observations: list[Observation]) -> Recalibration:
    relevance = np.array([one.relevance for one in observations])
    return Recalibration(1, *fit(relevance, np.array([float(one.helped) for one in observations])))


def test_without_observations_nothing_changes() -> None:
    assert fit(np.empty(0), np.empty(0)) == pytest.approx((1.0, 0.0), abs=1e-3)


def test_observations_that_come_out_as_the_relevance_says_change_nothing() -> None:
    as_said = observed(0.8, helped=80, of=100) + observed(0.3, helped=30, of=100)
    found = fitted(as_said)
    assert (found.slope, found.offset) == pytest.approx((1.0, 0.0), abs=1e-3)


def test_half_as_many_helped_moves_relevance_half_way_when_there_are_as_many_as_the_prior_is_worth() -> None:
    found = fitted(observed(0.8, helped=int(0.4 * PRIOR), of=int(PRIOR)))
    assert 0.4 < found.of(0.8) < 0.6
    many = fitted(observed(0.8, helped=1600, of=4000))
    assert many.of(0.8) == pytest.approx(0.4, abs=0.03)


def test_twenty_of_one_mind_move_it_without_running_away() -> None:
    never, always = (fitted(observed(0.6, helped=helped, of=20)) for helped in (0, 20))
    assert 0.25 < never.of(0.6) < 0.5
    assert 0.65 < always.of(0.6) < 0.9


@pytest.mark.parametrize("helped", [0, 500])
def test_order_stays_even_where_the_less_relevant_helped_more(helped: int) -> None:
    found = fitted(observed(0.9, helped=helped, of=500) + observed(0.3, helped=500, of=500))
    assert found.slope >= 0.1
    chances = found.of_many(np.linspace(0, 1, 50))
    assert (np.diff(chances) >= 0).all()


def test_it_is_judged_by_those_who_were_not_heard() -> None:
    found = judge(observed(0.8, helped=40, of=200) + observed(0.4, helped=10, of=200), "weights")
    assert found.is_better
    assert found.own.calibration_error < 0.1 < found.shipped.calibration_error
    assert [(one.least, one.observations, one.helped) for one in found.bins] == [(0.4, 200, 0.05), (0.8, 200, 0.2)]
    assert found.found.observations == 400


def test_where_the_shipped_relevance_is_right_nothing_is_better() -> None:
    assert not judge(observed(0.7, helped=70, of=100) + observed(0.3, helped=30, of=100), "weights").is_better


def test_one_source_alone_is_never_judged_by_itself() -> None:
    one = [Observation("a", 0.8, False, "session:1", False, NOW) for _ in range(30)]
    assert not judge(one, "weights").is_better
