"""From the probabilities of a field's classes to what triage says of it.

Where the probabilities come from is the classifier's business; which model answers is the triager's.
"""

import numpy as np
from numpy.typing import NDArray

from triagem.types import Candidate, FieldDecision, Mode, Reason, TicketField

CANDIDATES = 3
# Below these a suggestion would be a guess: two classes as likely as each other, or none likely at all.
_LEAST_MARGIN = 0.05
_LEAST_PROBABILITY = 0.15


def decide(field: TicketField, classes: tuple[str, ...], probabilities: NDArray[np.float64]) -> FieldDecision:
    """The field's likeliest class as a suggestion with the three likeliest beside it, or why there is none."""
    likeliest = np.argsort(-probabilities, kind="stable")[:CANDIDATES]
    candidates = tuple(Candidate(classes[at], float(probabilities[at])) for at in likeliest)
    first, second = candidates[:2]
    if first.probability < _LEAST_PROBABILITY or first.probability - second.probability < _LEAST_MARGIN:
        return FieldDecision(field, Mode.ABSTAIN, None, first.probability, candidates, Reason.AMBIGUOUS)
    return FieldDecision(field, Mode.SUGGEST, first.value, first.probability, candidates)


def abstain(field: TicketField, reason: Reason) -> FieldDecision:
    """The field left open without looking at the text."""
    return FieldDecision(field, Mode.ABSTAIN, None, None, reason=reason)
