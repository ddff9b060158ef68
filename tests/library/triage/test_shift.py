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


def head(*, wrong_of: int) -> Head:
    """Two classes; of the first 200 tickets are right and `wrong_of` tickets of the second class are taken for it."""
    made = handmade().heads[TicketField.CATEGORY]
    truth = np.array([0] * 200 + [1] * (200 + wrong_of))
    predicted = np.array([0] * 200 + [1] * 200 + [0] * wrong_of, dtype=np.int32)
    seen = Evidence(predicted, np.full(len(truth), 0.9), predicted == truth)
    return Head(
        classes=made.classes,
        weights=made.weights,
        owners=truth.astype(np.int32),
        likeness=made.likeness,
        scale=made.scale,
        evidence=seen,
        least_familiar=None,
        proving=np.arange(len(truth), dtype=np.int32),
        ahead=np.zeros(0, dtype=np.int32),
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
