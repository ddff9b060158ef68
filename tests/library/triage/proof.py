"""Evidence that can be checked by hand."""

import numpy as np

from triagem.triage.thresholds import Evidence


def evidence(*, billing: int = 100, network: int = 40, wrong: int = 4) -> Evidence:
    """Tickets of two classes: all of `billing` right at 0.9; of `network` the `wrong` least sure are wrong."""
    network_probability = np.linspace(0.9, 0.5, network)
    return Evidence(
        predicted=np.array([0] * billing + [1] * network, dtype=np.int32),
        probability=np.concatenate([np.full(billing, 0.9), network_probability]),
        correct=np.array([True] * (billing + network - wrong) + [False] * wrong),
    )
