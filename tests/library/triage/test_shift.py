from dataclasses import replace

import numpy as np
import pytest

from tests.library.triage.handmade import handmade
from triagem.triage.classifier import Head
from triagem.triage.decide import Targets, rules_of
from triagem.triage.shift import mix_of, rules_under, trained_mix, under
from triagem.triage.thresholds import Evidence
from triagem.types import TicketField

TRAINED = np.array([0.5, 0.5])


def drawn(share: float, count: int = 4_000) -> np.ndarray:
    """Calibrated probabilities under equal shares, of tickets of which `share` are of the first class."""
    rng = np.random.default_rng(0)
    truth = rng.random(count) < share
    signal = rng.normal(np.where(truth, 1.0, -1.0), 1.0)
    first = 1.0 / (1.0 + np.exp(-2.0 * signal))  # the odds of two unit normals at +1 and -1
    return np.stack([first, 1.0 - first], axis=1)


def head(*, wrong_of: int, unsure: int = 0) -> Head:
    """Two classes; of the first 200 tickets are right at 0.9 and `unsure` at 0.6, and `wrong_of` tickets of the second
    class are taken for it, at 0.9 or where there are unsure ones at 0.6.
    """
    made = handmade().heads[TicketField.CATEGORY]
    truth = np.array([0] * 200 + [1] * 200 + [0] * unsure + [1] * wrong_of)
    predicted = np.array([0] * 200 + [1] * 200 + [0] * (unsure + wrong_of), dtype=np.int32)
    probability = np.array([0.9] * 400 + [0.6 if unsure else 0.9] * (unsure + wrong_of))
    return replace(
        made,
        owners=truth.astype(np.int32),
        evidence=Evidence(predicted, probability, predicted == truth),
        proving=np.arange(len(truth), dtype=np.int32),
    )


@pytest.mark.parametrize("share", [0.25, 0.5, 0.9])
def test_the_mix_is_found_without_a_label(share: float) -> None:
    assert mix_of(drawn(share), TRAINED)[0] == pytest.approx(share, abs=0.03)


def test_no_tickets_leave_the_mix_as_it_was() -> None:
    assert mix_of(np.zeros((0, 2)), TRAINED).tolist() == [0.5, 0.5]


def test_three_tickets_move_little() -> None:
    assert abs(mix_of(np.array([[0.9, 0.1]] * 3), TRAINED)[0] - 0.5) < 0.35


def test_a_class_three_times_as_frequent_has_three_times_the_odds() -> None:
    found = under(np.array([[0.5, 0.5]]), trained=TRAINED, now=np.array([0.75, 0.25]))
    assert found.round(9).tolist() == [[0.75, 0.25]]


def test_under_the_trained_mix_everything_holds() -> None:
    made, targets = head(wrong_of=2), Targets(0.95, 0.80)
    rules = rules_of(made, targets)
    assert rules_under(rules, targets, trained_mix(made)).auto == rules.auto


def test_a_class_whose_neighbour_grows_threefold_is_closed_and_the_neighbour_is_not() -> None:
    made, targets = head(wrong_of=3), Targets(0.95, 0.80)
    rules = rules_of(made, targets)
    assert [one.tickets for one in rules.auto] == [203, 200]
    held = rules_under(rules, targets, np.array([0.25, 0.75]))
    assert [one.tickets for one in held.auto] == [0, 200]
    assert [one.tickets for one in held.preselect] == [203, 200]


def test_a_threshold_rises_to_where_the_target_still_holds_and_falls_again_with_the_mix() -> None:
    made, targets = head(wrong_of=20, unsure=100), Targets(0.90, 0.80)
    rules = rules_of(made, targets)
    # 300 of 320 prove 0.909; with the second class twice as frequent beside the first 0.83, 200 of 200 still 0.98.
    assert (rules.auto[0].probability, rules.auto[0].tickets) == (0.6, 320)
    held = rules_under(rules, targets, np.array([0.4, 0.6]))
    assert (held.auto[0].probability, held.auto[0].tickets) == (0.9, 200)
    assert held.auto[0].bound == pytest.approx(0.979, abs=0.001)
    assert rules_under(rules, targets, trained_mix(made)).auto == rules.auto


def test_no_mix_lowers_a_threshold_or_opens_a_class() -> None:
    made, targets = head(wrong_of=20, unsure=100), Targets(0.95, 0.80)
    rules = rules_of(made, targets)
    for share in (0.05, 0.3, 0.7, 0.95):
        held = rules_under(rules, targets, np.array([share, 1.0 - share]))
        assert all(new.probability >= old.probability for new, old in zip(held.auto, rules.auto, strict=True))


def test_classes_that_were_proven_together_hold_under_the_mix_they_were_proven_for() -> None:
    made = head(wrong_of=0)
    small = np.arange(400) < 40
    small |= np.arange(400) >= 360  # 40 of each: too few alone for 0.95, 80 without an error together
    evidence = made.evidence.of(small)
    made = replace(made, evidence=evidence, proving=made.proving[small])
    targets = Targets(0.95, 0.95)
    rules = rules_of(made, targets)
    assert [(one.pooled, one.tickets) for one in rules.auto] == [(True, 80), (True, 80)]
    assert rules_under(rules, targets, trained_mix(made)).auto == rules.auto
