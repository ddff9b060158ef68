import numpy as np
import pytest

from training.compared import Compared, System
from training.ridge import Solution
from triagem.encoder.hashing import HashingEncoder
from triagem.triage.kernel import Likeness

TEXTS = ["billing", "network", *(f"{what} number {at}" for at in range(300) for what in ("invoice", "router"))]
OWNERS = np.array([0, 1, *([0, 1] * 300)])


@pytest.fixture(scope="module")
def system() -> System:
    """Two names and 600 tickets of two classes: more than one tile."""
    compared = Compared(TEXTS, HashingEncoder().encode(TEXTS), ["", "", *(str(at) for at in range(600))])
    return System(compared, np.arange(len(TEXTS)), OWNERS, 2)


def _solved(system: System, likeness: Likeness, noise: float) -> Solution:
    return system.solve(likeness, noise, early=len(system.rows), threads=2, tick=lambda: None)


@pytest.mark.parametrize(("wording", "narrowness", "noise"), [(0.1, 0.5, 0.3), (1.0, 4.0, 0.3), (1.0, 4.0, 10.0)])
def test_what_trials_share_changes_no_bit_of_any_of_them(
    system: System, wording: float, narrowness: float, noise: float
) -> None:
    likeness, sample = Likeness(wording, narrowness), system.only(np.arange(len(TEXTS)))
    _solved(sample, Likeness(0.3, 1.0), 0.1)
    shared, fresh = _solved(sample, likeness, noise), _solved(system, likeness, noise)
    assert np.array_equal(shared.weights, fresh.weights)
    assert np.array_equal(shared.left_out, fresh.left_out)
