from dataclasses import replace

import numpy as np
import pytest

from tests.library.triage.handmade import ENCODER, handmade
from triagem.triage.classifier import Classifier
from triagem.triage.explain import explain
from triagem.triage.scale import Scale
from triagem.types import TicketField

CATEGORY = TicketField.CATEGORY
TEXT = "Good morning to everybody there. Sadly my invoice is wrong again."


def log_odds(text: str, value: str) -> float:
    classifier = handmade()
    judged = classifier.judge([text], ENCODER.encode([text]))[CATEGORY]
    probability = judged.probabilities[0, classifier.heads[CATEGORY].classes.index(value)]
    return float(np.log(probability / (1 - probability)))


def sure(classes: tuple[str, str] = ("billing", "network")) -> Classifier:
    """One that is as sure as 25 tickets allow of whatever it is shown."""
    classifier = handmade(classes)
    head = replace(classifier.heads[CATEGORY], scale=Scale(40.0, 0.01, np.zeros(2), 25))
    return replace(classifier, heads={CATEGORY: head})


def test_removing_a_named_word_divides_the_odds_by_what_was_said() -> None:
    explanation = explain(handmade(), CATEGORY, TEXT, ENCODER)
    assert explanation.value == "billing"
    assert {"invoice", "wrong"} <= {word.text for word in explanation.words}
    for word in explanation.words:
        without = TEXT.replace(word.text, "")
        fall = log_odds(TEXT, "billing") - log_odds(without, "billing")
        assert fall == pytest.approx(word.weight, abs=0.001)
        assert word.factor == pytest.approx(np.exp(fall), rel=0.001)


def test_what_decides_is_named_where_the_answer_is_as_sure_as_can_be() -> None:
    explanation = explain(sure(), CATEGORY, TEXT, ENCODER)
    without = explain(sure(), CATEGORY, "Good morning to everybody there. Sadly my invoice is.", ENCODER)
    assert (explanation.probability, without.probability) == (pytest.approx(25.5 / 26), pytest.approx(25.5 / 26))
    assert {"invoice", "wrong"} <= {word.text for word in explanation.words}
    assert explanation.sentence is not None and explanation.sentence.text == "Sadly my invoice is wrong again."


def test_a_word_that_weighs_little_beside_another_is_not_named() -> None:
    explanation = explain(sure(), CATEGORY, TEXT, ENCODER)
    assert min(word.weight for word in explanation.words) >= explanation.words[0].weight / 4
    assert not {"good", "morning", "everybody", "there"} & {word.text for word in explanation.words}


def test_where_all_classes_go_by_one_name_nothing_decides() -> None:
    explanation = explain(sure(("billing", "billing")), CATEGORY, TEXT, ENCODER)
    assert (explanation.words, explanation.sentence) == ((), None)


def test_words_that_say_nothing_of_the_value_are_not_named() -> None:
    explanation = explain(handmade(), CATEGORY, TEXT, ENCODER)
    assert not {"good", "morning"} & {word.text for word in explanation.words[:2]}


def test_the_sentence_that_decided_is_named_and_a_single_one_is_not() -> None:
    explanation = explain(handmade(), CATEGORY, TEXT, ENCODER)
    assert explanation.sentence is not None
    assert explanation.sentence.text == "Sadly my invoice is wrong again."
    assert explain(handmade(), CATEGORY, "my invoice is wrong", ENCODER).sentence is None


def test_the_tickets_most_alike_are_named_with_their_labels() -> None:
    first, second = explain(handmade(), CATEGORY, "invoice wrong", ENCODER).neighbours
    assert (first.ticket_id, first.label) == ("t1", "billing")
    assert (second.ticket_id, second.label) == ("t2", "network")
    assert first.likeness > second.likeness


def test_a_text_without_words_is_explained_by_nothing() -> None:
    assert explain(handmade(), CATEGORY, "!?", ENCODER).words == ()
