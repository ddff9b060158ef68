from dataclasses import replace

import numpy as np
import pytest

from tests.library.triage.handmade import handmade
from triagem.triage.decide import Targets, abstain, decide, rules_of
from triagem.triage.thresholds import Evidence
from triagem.types import FieldDecision, Mode, Reason, TicketField

CLASSES = ("account", "billing", "network", "orders")


def decided(
    *probabilities: float,
    familiarity: float = 0.0,
    right: int = 0,
    wrong: int = 0,
    least: float | None = None,
    is_foreign: bool = False,
    classes: tuple[str, ...] = CLASSES,
) -> FieldDecision:
    """The decision of a field whose evidence is of the second class alone, all at 0.6."""
    count = right + wrong
    evidence = Evidence(np.ones(count, dtype=np.int32), np.full(count, 0.6), np.arange(count) < right)
    head = replace(handmade().heads[TicketField.CATEGORY], classes=classes, evidence=evidence, least_familiar=least)
    rules = rules_of(head, Targets(auto=0.95, preselect=0.80))
    return decide(TicketField.CATEGORY, rules, np.array(probabilities), familiarity=familiarity, is_foreign=is_foreign)


def test_without_evidence_the_likeliest_class_is_suggested_with_the_three_likeliest_beside_it() -> None:
    decision = decided(0.1, 0.6, 0.25, 0.05)
    assert (decision.mode, decision.value, decision.probability) == (Mode.SUGGEST, "billing", 0.6)
    assert decision.reason is Reason.TOO_FEW_EXAMPLES
    assert [candidate.value for candidate in decision.candidates] == ["billing", "network", "account"]


def test_a_proven_precision_of_95_per_cent_fills_the_field() -> None:
    decision = decided(0.1, 0.6, 0.25, 0.05, right=60)
    assert (decision.mode, decision.value, decision.reason) == (Mode.AUTO, "billing", None)


def test_a_proven_precision_of_80_per_cent_preselects() -> None:
    assert decided(0.1, 0.6, 0.25, 0.05, right=54, wrong=6).mode is Mode.PRESELECT


def test_less_sure_than_what_was_proven_stays_a_suggestion() -> None:
    decision = decided(0.2, 0.55, 0.2, 0.05, right=60)
    assert (decision.mode, decision.reason) == (Mode.SUGGEST, Reason.BELOW_THRESHOLD)


@pytest.mark.parametrize("proof", [{"right": 60}, {"right": 54, "wrong": 6}, {}])
def test_a_text_of_a_foreign_language_is_at_most_suggested_whatever_is_proven(proof: dict[str, int]) -> None:
    decision = decided(0.1, 0.6, 0.25, 0.05, is_foreign=True, **proof)
    assert (decision.mode, decision.value, decision.probability) == (Mode.SUGGEST, "billing", 0.6)
    assert decision.reason is Reason.UNSUPPORTED_LANGUAGE
    assert [candidate.value for candidate in decision.candidates] == ["billing", "network", "account"]


def test_two_classes_as_likely_as_each_other_are_left_open() -> None:
    decision = decided(0.45, 0.44, 0.06, 0.05)
    assert (decision.mode, decision.value, decision.reason) == (Mode.ABSTAIN, None, Reason.AMBIGUOUS)
    assert decision.candidates[0].value == "account"


def test_a_ticket_like_none_of_its_class_is_out_of_scope_however_likely_the_class() -> None:
    decision = decided(0.0, 0.9, 0.1, 0.0, right=60, familiarity=-5.0, least=-4.0)
    assert (decision.mode, decision.value, decision.reason) == (Mode.ABSTAIN, None, Reason.OUT_OF_SCOPE)
    assert decided(0.0, 0.9, 0.1, 0.0, right=60, familiarity=-3.0, least=-4.0).mode is Mode.AUTO


def test_a_field_left_open_has_a_reason_and_no_value() -> None:
    decision = abstain(TicketField.TEAM, Reason.NO_MODEL)
    assert (decision.mode, decision.value, decision.reason) == (Mode.ABSTAIN, None, Reason.NO_MODEL)


PATHS = ("network/cable", "network/wifi/home", "network/wifi/guests", "orders")


def test_of_labels_that_are_paths_the_branch_is_named_that_is_likely_whichever_label_it_is() -> None:
    decision = decided(0.05, 0.45, 0.44, 0.06, classes=PATHS)
    assert (decision.mode, decision.reason) == (Mode.ABSTAIN, Reason.AMBIGUOUS)
    assert decision.branch is not None
    assert decision.branch.value == "network/wifi"
    assert decision.branch.probability == pytest.approx(0.89)


def test_the_deepest_branch_that_is_likely_enough_is_named_and_none_where_there_is_none() -> None:
    wider = decided(0.15, 0.45, 0.34, 0.06, classes=PATHS).branch
    assert wider is not None
    assert (wider.value, wider.probability) == ("network", pytest.approx(0.94))
    assert decided(0.05, 0.45, 0.1, 0.4, classes=PATHS).branch is None


def test_a_value_that_is_filled_in_and_a_text_of_no_class_have_no_branch() -> None:
    assert decided(0.05, 0.6, 0.29, 0.06, right=60, classes=PATHS).branch is None
    assert decided(0.05, 0.6, 0.29, 0.06, familiarity=-5.0, least=-4.0, classes=PATHS).branch is None


def test_a_stroke_in_a_single_name_makes_no_branch() -> None:
    assert decided(0.03, 0.9, 0.05, 0.02, classes=("account", "in/out", "network", "orders")).branch is None
