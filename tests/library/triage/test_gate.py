import numpy as np
import pytest

from triagem.errors import Conflict
from triagem.triage.compared import Compared
from triagem.triage.gate import COMMONEST, FieldVerdict, admitted, beats_majority, verdict, with_costs
from triagem.triage.paired import Comparison
from triagem.types import TicketField


def tickets(both: int, gained: int, lost: int, *, label: str = "billing", language: str = "pt") -> list[Compared]:
    return [
        *(Compared(label, language, True, True) for _ in range(both)),
        *(Compared(label, language, True, False) for _ in range(gained)),
        *(Compared(label, language, False, True) for _ in range(lost)),
    ]


def objection(*compared: Compared) -> str | None:
    return verdict(TicketField.CATEGORY, "v1", compared).objection


def test_five_gains_without_a_loss_are_better_and_four_may_be_chance() -> None:
    # A fair coin falls five times the same way in 3 % of cases, four times in 6 %.
    assert Comparison(200, 5, 0).is_better
    assert not Comparison(200, 4, 0).is_better


def test_the_same_answers_pass() -> None:
    assert objection(*tickets(100, 0, 0)) is None
    assert objection(*tickets(30, 0, 0)) is None


def test_as_many_losses_as_gains_pass_only_where_there_are_tickets_enough_to_tell() -> None:
    assert objection(*tickets(980, 10, 10)) is None
    assert "not shown to be as good" in (objection(*tickets(80, 10, 10)) or "")


def test_too_few_tickets_decide_nothing() -> None:
    assert objection(*tickets(29, 0, 0)) == "only 29 tickets to compare on, 30 are needed"


def test_a_loss_in_one_class_is_not_made_good_by_another() -> None:
    assert objection(*tickets(100, 40, 0), *tickets(20, 0, 12, label="orders")) == "worse in class 'orders'"


def test_a_loss_in_one_language_is_not_made_good_by_another() -> None:
    compared = [*tickets(100, 40, 0), *tickets(30, 0, 12, language="en")]
    assert objection(*compared) == "worse in language 'en'"


def test_an_objection_refuses_and_says_how_to_promote_all_the_same() -> None:
    with pytest.raises(Conflict, match=r"category: only 3 tickets.*--force --why"):
        admitted("v2", ["category"], [verdict(TicketField.CATEGORY, "v1", tickets(3, 0, 0))])


def test_a_new_field_that_is_no_better_than_a_guess_is_left_out_and_holds_up_no_other() -> None:
    passed = verdict(TicketField.CATEGORY, "v1", tickets(100, 0, 0))
    guess = FieldVerdict(TicketField.PRIORITY, COMMONEST, Comparison(0, 0, 0), "no better than a guess")
    assert admitted("v2", ["category", "priority"], [passed, guess]) == ("category",)
    with pytest.raises(Conflict, match="priority: no better than a guess"):
        admitted("v2", ["priority"], [guess])


def test_probabilities_that_mean_less_and_slower_answers_are_objections() -> None:
    passed = verdict(TicketField.CATEGORY, "v1", tickets(100, 0, 0))
    assert with_costs(passed, calibration=(0.05, 0.03), seconds=(0.004, 0.002)).objection is None
    miscalibrated = with_costs(passed, calibration=(0.09, 0.03), seconds=None)
    assert miscalibrated.objection == "worse calibrated: an error of 0.090 where it is 0.030 now"
    slow = with_costs(passed, calibration=None, seconds=(0.0121, 0.005))
    assert slow.objection == "slower: 12.1 ms a ticket where it is 5.0 ms now"


def test_a_field_that_nothing_answers_must_be_told_apart_better_than_by_its_commonest_class() -> None:
    few = {"tickets": 10, "accuracy": 0.9, "majority_accuracy": 0.5}
    better = {"tickets": 100, "accuracy": 0.7, "majority_accuracy": 0.6}
    assert beats_majority({"ahead": few, "left_out": better})
    assert not beats_majority({"ahead": {**few, "tickets": 30, "accuracy": 0.4}, "left_out": better})
    assert beats_majority({"ahead": {"tickets": 0}, "left_out": {"tickets": 0}})


def test_a_difference_that_is_noise_is_called_better_in_at_most_one_case_of_twenty() -> None:
    """Simulated 1,000 times: two models that are equally good on 200 tickets and differ on a tenth of them."""
    rng = np.random.default_rng(0)
    better = 0
    for _ in range(1_000):
        gained, lost = (int(count) for count in rng.multinomial(200, [0.05, 0.05, 0.9])[:2])
        better += Comparison(200, gained, lost).is_better
    assert better <= 50
