from tests.library.triage.handmade import ENCODER, handmade
from triagem.triage.explain import explain
from triagem.types import TicketField

CATEGORY = TicketField.CATEGORY
TEXT = "Good morning to everybody there. Sadly my invoice is wrong again."


def probability(text: str, value: str) -> float:
    classifier = handmade()
    judged = classifier.judge([text], ENCODER.encode([text]))[CATEGORY]
    return float(judged.probabilities[0, classifier.heads[CATEGORY].classes.index(value)])


def test_removing_a_named_word_moves_the_probability_by_what_was_said() -> None:
    explanation = explain(handmade(), CATEGORY, TEXT, ENCODER)
    assert explanation.value == "billing"
    assert {"invoice", "wrong"} <= {word.text for word in explanation.words}
    for word in explanation.words:
        without = " ".join(TEXT.lower().replace(word.text, "").split())
        assert probability(without, "billing") < explanation.probability - word.weight / 2


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
