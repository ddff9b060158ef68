"""How much the tickets that probabilities were fitted on are believed."""

import numpy as np

from training.calibrate import calibrate

CLASSES = 3


def scores(tickets: int) -> tuple[np.ndarray, np.ndarray]:
    """Every ticket's own class is clearly ahead, but for one in ten."""
    truth = np.arange(tickets) % CLASSES
    seen = np.where(np.arange(tickets) % 10 == 9, (truth + 1) % CLASSES, truth)
    return (0.05 + 0.85 * np.eye(CLASSES)[seen]).astype(np.float32), truth


def test_as_many_tickets_are_believed_as_there_are() -> None:
    assert calibrate(*scores(90), classes=CLASSES).scale.tickets == 90


def test_the_first_tickets_are_believed_no_less_than_names_alone() -> None:
    nothing, few = (calibrate(*scores(tickets), classes=CLASSES).scale for tickets in (0, 3))
    assert nothing.tickets == few.tickets == 20
    sure = np.array([[0.9, 0.0, 0.0]], np.float32)
    assert few.probabilities(sure)[0, 0] >= nothing.probabilities(sure)[0, 0] - 0.05
