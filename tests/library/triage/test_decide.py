import numpy as np

from triagem.triage.decide import abstain, decide
from triagem.types import FieldDecision, Mode, Reason, TicketField

CLASSES = ("account", "billing", "network", "orders")


def decided(*probabilities: float) -> FieldDecision:
    return decide(TicketField.CATEGORY, CLASSES, np.array(probabilities))


def test_the_likeliest_class_is_suggested_with_the_three_likeliest_beside_it() -> None:
    decision = decided(0.1, 0.6, 0.25, 0.05)
    assert (decision.mode, decision.value, decision.probability, decision.reason) == (
        Mode.SUGGEST,
        "billing",
        0.6,
        None,
    )
    assert [candidate.value for candidate in decision.candidates] == ["billing", "network", "account"]


def test_two_classes_as_likely_as_each_other_are_left_open() -> None:
    decision = decided(0.45, 0.44, 0.06, 0.05)
    assert (decision.mode, decision.value, decision.reason) == (Mode.ABSTAIN, None, Reason.AMBIGUOUS)
    assert decision.candidates[0].value == "account"


def test_a_field_left_open_has_a_reason_and_no_value() -> None:
    decision = abstain(TicketField.TEAM, Reason.NO_MODEL)
    assert (decision.field, decision.mode, decision.value, decision.reason) == (
        TicketField.TEAM,
        Mode.ABSTAIN,
        None,
        Reason.NO_MODEL,
    )
