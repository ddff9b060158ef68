import numpy as np
import pytest

from benchmarks.trust import gate as simulated
from triagem.triage.compared import Compared
from triagem.triage.gate import COMMONEST, FieldVerdict, admitted, beats_majority, verdict, with_costs, with_labels
from triagem.triage.objection import NotPromoted, Objection, ObjectionCode, sentence
from triagem.triage.paired import Comparison
from triagem.types import Language, TicketField

GUESSED = Objection(ObjectionCode.NO_BETTER_THAN_GUESSING)
SAID = [
    (
        Objection(ObjectionCode.FEW_TICKETS, tickets=29),
        "há só 29 chamados para comparar, e são necessários 30",
        "only 29 tickets to compare on, 30 are needed",
    ),
    (
        Objection(ObjectionCode.WORSE_IN_PART, classes=("orders",), languages=("en",)),
        "pior em: opção 'orders', idioma 'en'",
        "worse in class 'orders', language 'en'",
    ),
    (
        Objection(ObjectionCode.NOT_SHOWN, tickets=1000, gained=10, lost=12),
        "não ficou demonstrado que seja tão bom quanto o atual: em 1.000 chamados ganha 10 e perde 12",
        "not shown to be as good: 10 gained, 12 lost of 1,000 tickets",
    ),
    (
        Objection(ObjectionCode.WORSE_CALIBRATED, new=0.09, now=0.03),
        "as probabilidades são menos confiáveis: erro de 0,090, e hoje 0,030",
        "worse calibrated: an error of 0.090 where it is 0.030 now",
    ),
    (
        Objection(ObjectionCode.SLOWER, new=0.0121, now=0.005),
        "mais lento: 12,1 ms por chamado, e hoje 5,0 ms",
        "slower: 12.1 ms a ticket where it is 5.0 ms now",
    ),
    (
        Objection(ObjectionCode.LABELS_CHANGED, changed=1950, tickets=1996),
        "os rótulos contradizem o que o atual aprendeu: 1.950 dos 1.996 chamados com que foi treinado têm hoje outro "
        "rótulo, que ele não lhes daria; confira os rótulos",
        "the labels contradict what the current one learned: 1,950 of the 1,996 tickets it was trained on have another "
        "label now, one that it would not give them; look at the labels",
    ),
    (
        GUESSED,
        "não é melhor do que responder sempre a opção mais comum",
        "no better than always naming the commonest class",
    ),
]


def tickets(both: int, gained: int, lost: int, *, label: str = "billing", language: str = "pt") -> list[Compared]:
    return [
        *(Compared(label, language, True, True) for _ in range(both)),
        *(Compared(label, language, True, False) for _ in range(gained)),
        *(Compared(label, language, False, True) for _ in range(lost)),
    ]


def objection(*compared: Compared) -> Objection | None:
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
    assert objection(*tickets(80, 10, 10)) == Objection(ObjectionCode.NOT_SHOWN, tickets=100, gained=10, lost=10)


def test_too_few_tickets_decide_nothing() -> None:
    assert objection(*tickets(29, 0, 0)) == Objection(ObjectionCode.FEW_TICKETS, tickets=29)


def test_a_loss_in_one_class_is_not_made_good_by_another() -> None:
    compared = [*tickets(100, 40, 0), *tickets(20, 0, 12, label="orders")]
    assert objection(*compared) == Objection(ObjectionCode.WORSE_IN_PART, classes=("orders",))


def test_a_loss_in_one_language_is_not_made_good_by_another() -> None:
    compared = [*tickets(100, 40, 0), *tickets(30, 0, 12, language="en")]
    assert objection(*compared) == Objection(ObjectionCode.WORSE_IN_PART, languages=("en",))


@pytest.mark.parametrize(
    ("part", "objected"),
    [
        (tickets(10, 0, 10, label="fraud"), Objection(ObjectionCode.WORSE_IN_PART, classes=("fraud",))),
        (tickets(0, 0, 19, label="fraud"), Objection(ObjectionCode.WORSE_IN_PART, classes=("fraud",))),
        (tickets(0, 0, 4, label="fraud"), Objection(ObjectionCode.WORSE_IN_PART, classes=("fraud",))),
        (tickets(45, 0, 5, label="fraud"), None),
    ],
    ids=["half of twenty", "all of nineteen", "all of four", "one in ten"],
)
def test_what_a_class_of_seventy_seven_loses_is_not_made_good_by_all_the_others(
    part: list[Compared], objected: Objection | None
) -> None:
    others = [one for number in range(76) for one in tickets(19, 1, 0, label=f"class {number}")]
    found = verdict(TicketField.CATEGORY, "v1", [*others, *part])
    assert found.comparison.is_better
    assert found.objection == objected


@pytest.mark.parametrize(("both", "lost"), [(0, 19), (15, 10), (0, 3)])
def test_no_language_is_lost_to_what_the_other_gains(both: int, lost: int) -> None:
    english = [one for number in range(76) for one in tickets(19, 1, 0, label=f"class {number}", language="en")]
    portuguese = [
        one
        for number in range(both + lost)
        for one in tickets(number < both, 0, number >= both, label=f"class {number}")
    ]
    assert objection(*english, *portuguese) == Objection(ObjectionCode.WORSE_IN_PART, languages=("pt",))


def test_classes_of_one_or_two_tickets_are_judged_together_and_named_as_untold() -> None:
    rare = [one for number in range(10) for one in tickets(1, 0, number < 7, label=f"rare {number}")]
    found = verdict(TicketField.CATEGORY, "v1", [*tickets(200, 9, 0), *rare])
    assert found.untold_classes == tuple(f"rare {number}" for number in range(10))
    lost = tuple(f"rare {number}" for number in range(7))
    assert found.objection == Objection(ObjectionCode.WORSE_IN_PART, classes=lost)
    assert verdict(TicketField.CATEGORY, "v1", [*tickets(200, 9, 0), *tickets(0, 0, 2, label="rare")]) == FieldVerdict(
        TicketField.CATEGORY, "v1", Comparison(211, 9, 2), None, untold_classes=("rare",)
    )


def test_labels_that_contradict_what_the_current_model_learned_are_told_before_all_else() -> None:
    passed = verdict(TicketField.CATEGORY, "v1", tickets(100, 20, 0))
    shuffled = with_labels(passed, changed=(11, 100), guessed=True)
    assert shuffled.objection == Objection(ObjectionCode.LABELS_CHANGED, changed=11, tickets=100)
    assert with_labels(passed, changed=(10, 100), guessed=False).objection is None
    assert with_labels(passed, changed=None, guessed=True).objection == GUESSED


def test_an_objection_refuses_and_says_how_to_promote_all_the_same() -> None:
    with pytest.raises(
        NotPromoted, match=r"category: only 3 tickets.*triagem --desk main promote v2 --force --why"
    ) as refused:
        admitted("main", "v2", ["category"], [verdict(TicketField.CATEGORY, "v1", tickets(3, 0, 0))])
    assert refused.value.objections == ((TicketField.CATEGORY, Objection(ObjectionCode.FEW_TICKETS, tickets=3)),)


def test_a_new_field_that_is_no_better_than_a_guess_is_left_out_and_holds_up_no_other() -> None:
    passed = verdict(TicketField.CATEGORY, "v1", tickets(100, 0, 0))
    guess = FieldVerdict(TicketField.PRIORITY, COMMONEST, Comparison(0, 0, 0), GUESSED)
    assert admitted("main", "v2", ["category", "priority"], [passed, guess]) == ("category",)
    with pytest.raises(NotPromoted, match="priority: no better than always naming the commonest class"):
        admitted("main", "v2", ["priority"], [guess])


def test_probabilities_that_mean_less_and_slower_answers_are_objections() -> None:
    passed = verdict(TicketField.CATEGORY, "v1", tickets(100, 0, 0))
    assert with_costs(passed, calibration=(0.05, 0.03), seconds=(0.004, 0.002)).objection is None
    miscalibrated = with_costs(passed, calibration=(0.09, 0.03), seconds=None)
    assert miscalibrated.objection == Objection(ObjectionCode.WORSE_CALIBRATED, new=0.09, now=0.03)
    slow = with_costs(passed, calibration=None, seconds=(0.0121, 0.005))
    assert slow.objection == Objection(ObjectionCode.SLOWER, new=0.0121, now=0.005)


@pytest.mark.parametrize(("one", "portuguese", "english"), SAID, ids=lambda one: getattr(one, "code", ""))
def test_an_objection_is_said_in_both_languages(one: Objection, portuguese: str, english: str) -> None:
    assert (sentence(one, Language.PT), sentence(one, Language.EN)) == (portuguese, english)


def test_every_code_is_among_those_said() -> None:
    assert [one.code for one, _, _ in SAID] == list(ObjectionCode)


def test_a_field_that_nothing_answers_must_be_told_apart_better_than_by_its_commonest_class() -> None:
    few = {"tickets": 10, "accuracy": 0.9, "majority_accuracy": 0.5}
    better = {"tickets": 100, "accuracy": 0.7, "majority_accuracy": 0.6}
    assert beats_majority({"ahead": few, "left_out": better})
    assert not beats_majority({"ahead": {**few, "tickets": 30, "accuracy": 0.4}, "left_out": better})
    assert beats_majority({"ahead": {"tickets": 0}, "left_out": {"tickets": 0}})


@pytest.mark.parametrize(("classes", "of_each", "rounds"), [(77, 26, 200), (7, 50, 1_000)])
def test_of_two_equally_good_models_hardly_one_is_called_better_or_worse_in_a_class(
    classes: int, of_each: int, rounds: int
) -> None:
    """The whole verdict over classes and two languages, where 2 % of the tickets differ by chance."""
    found = simulated(classes=classes, of_each=of_each, rounds=rounds)
    assert found["equal"]["called_better"] <= 0.05
    assert found["equal"]["lost_no_part"] >= 0.98
    assert found["a class halved"]["passes"] <= 0.02


@pytest.mark.parametrize(("count", "differing"), [(200, 0.10), (1_000, 0.02), (2_000, 0.10)])
def test_a_difference_that_is_noise_is_called_better_in_at_most_one_case_of_twenty(
    count: int, differing: float
) -> None:
    """Simulated 1,000 times: two models that are equally good and differ on some tickets by chance."""
    rng = np.random.default_rng(0)
    drawn = rng.multinomial(count, [differing / 2, differing / 2, 1 - differing], 1_000)[:, :2].tolist()
    assert sum(Comparison(count, gained, lost).is_better for gained, lost in drawn) <= 50


def test_two_points_more_on_two_hundred_tickets_are_mostly_noise() -> None:
    """A model that is no better shows them in one case of five; the gate believes hardly any of these."""
    rng = np.random.default_rng(0)
    drawn = [
        Comparison(200, gained, lost) for gained, lost, _ in rng.multinomial(200, [0.05, 0.05, 0.9], 1_000).tolist()
    ]
    two_points = [one for one in drawn if one.difference >= 0.02]
    assert len(two_points) > 150
    assert sum(one.is_better for one in two_points) <= 50
