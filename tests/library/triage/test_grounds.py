from tests.library.triage.handmade import ENCODER, handmade
from triagem.triage.grounds import Grounds, grounds
from triagem.types import TicketField

CATEGORY = TicketField.CATEGORY
TEXT = "Good morning, my invoice is wrong"


def ask(text: str) -> Grounds:
    return grounds(handmade(), text, ENCODER.encode([text])[0])[CATEGORY]


def probability(text: str, value: str) -> float:
    """As the model gives it where only the words change and the meaning is held fast."""
    classifier = handmade()
    vector = ENCODER.encode([TEXT])
    judged = classifier.judge([text], vector)[CATEGORY]
    return float(judged.probabilities[0, classifier.heads[CATEGORY].classes.index(value)])


def test_the_words_named_are_those_without_which_the_value_is_less_likely() -> None:
    words = ask(TEXT).words
    assert {one.text for one in words} == {"invoice", "is", "wrong"}
    assert [one.text for one in words][-1] == "is"
    assert abs(sum(one.weight for one in words) - 1.0) < 1e-6
    whole = probability(TEXT, "billing")
    for word in words[:2]:
        assert probability(TEXT.replace(word.text, ""), "billing") < whole
    # A word that the model does not know changes nothing.
    assert probability("Good evening, my invoice is wrong", "billing") == whole


def test_the_tickets_most_alike_are_named_with_their_labels() -> None:
    first, second = ask("invoice wrong").neighbours
    assert (first.ticket_id, first.label) == ("t1", "billing")
    assert (second.ticket_id, second.label) == ("t2", "network")
    assert first.likeness > second.likeness


def test_a_text_of_unknown_words_rests_on_none() -> None:
    assert ask("zzz qqq").words == ()
