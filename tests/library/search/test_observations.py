"""What people did with articles, and what it says of relevance."""

from datetime import UTC, datetime, timedelta
from typing import Any

from triagem.search.observations import AGENT_MOST, SITTING_MOST, Observed, observations_of
from triagem.store.events import Event, EventKind
from triagem.types import Ticket

START = datetime(2026, 5, 1, tzinfo=UTC)
BASIS = "weights-1"
RAW = {"first": 0.8, "second": 0.6, "third": 0.3}


def later(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def suggestion(name: str = "s", *, session: str = "a", basis: str = BASIS, minute: int = 0) -> Event:
    payload = {"session_id": session, "raw": RAW, "basis": basis}
    return Event(name, EventKind.SUGGESTION, payload, later(minute))


def triage(name: str = "t", *, ticket: str = "T-1", minute: int = 0) -> Event:
    return Event(name, EventKind.TRIAGE, {"ticket_id": ticket, "raw": RAW, "basis": BASIS}, later(minute), ticket)


def said(event: str, *, of: str = "s", minute: int = 1, **more: Any) -> Event:
    return Event(f"{of}-{minute}-{event}", EventKind.FEEDBACK, {"event": event, **more}, later(minute), of)


def found(*happened: Event, closed: tuple[Ticket, ...] = ()) -> dict[str, bool]:
    return {one.article_id: one.helped for one in observations_of(happened, closed, basis=BASIS).observations}


def test_solved_and_rejected_speak_of_the_article_they_name() -> None:
    assert found(suggestion(), said("solved", article_id="second")) == {"second": True}
    assert found(suggestion(), said("rejected", article_id="third")) == {"third": False}
    assert found(suggestion(), said("solved", article_id="elsewhere")) == {}


def test_without_a_name_they_speak_of_the_first_that_was_shown() -> None:
    assert found(suggestion(), said("solved")) == {"first": True}
    assert found(suggestion(), said("rejected")) == {"first": False}


def test_what_was_shown_or_opened_without_a_word_says_nothing() -> None:
    assert found(suggestion(), said("shown"), said("opened", article_id="first"), said("submitted")) == {}


def test_the_shipped_relevance_is_what_is_observed() -> None:
    [one] = observations_of([suggestion(), said("solved")], basis=BASIS).observations
    assert (one.relevance, one.source, one.is_agent) == (0.8, "suggestion:a", False)


def test_the_latest_word_of_a_sitting_counts_also_over_several_suggestions() -> None:
    happened = [suggestion("s1"), said("rejected", of="s1", article_id="first"), suggestion("s2", minute=2)]
    assert found(*happened, said("solved", of="s2", minute=3, article_id="first")) == {"first": True}


def test_sending_the_request_after_all_takes_back_that_it_was_solved() -> None:
    solved = [suggestion(), said("solved", article_id="second")]
    assert found(*solved, said("submitted", minute=2)) == {}
    assert found(*solved, said("rejected", minute=2)) == {"first": False}


def test_an_article_linked_at_closing_helped_and_those_before_it_were_passed_over() -> None:
    ticket = Ticket("T-1", START, article_ids=("second",), closed_at=later(60))
    assert found(triage(), closed=(ticket,)) == {"first": False, "second": True}
    named = said("closed", of="t", article_id="second", by="key:ana")
    assert found(triage(), named) == {"first": False, "second": True}


def test_several_articles_that_are_linked_at_closing_have_all_helped() -> None:
    named = said("closed", of="t", article_ids=["first", "third"], by="key:ana")
    assert found(triage(), named) == {"first": True, "second": False, "third": True}


def test_a_link_that_was_reported_and_is_stored_with_the_ticket_is_one_word_of_who_reported_it() -> None:
    happened, stored = [], []
    for n in range(40):
        linked = said("closed", of=f"t{n}", minute=n, article_id="first", by="key:ana")
        happened += [triage(f"t{n}", ticket=f"T-{n}", minute=n), linked]
        stored.append(Ticket(f"T-{n}", START, article_ids=("first",), closed_at=later(n)))
    observed = observations_of(happened, stored, basis=BASIS)
    assert {one.source for one in observed.observations} == {"key:ana"}
    assert (len(observed.observations), observed.left_out) == (AGENT_MOST, 40 - AGENT_MOST)


def test_a_ticket_that_was_reopened_and_closed_again_elsewhere_speaks_for_itself() -> None:
    linked = said("closed", of="t", article_id="second", by="key:ana")
    again = Ticket("T-1", START, article_ids=("first",), closed_at=later(60))
    happened = [triage(), linked, said("reopened", of="t", minute=2, by="key:ana")]
    [one] = observations_of(happened, [again], basis=BASIS).observations
    assert (one.article_id, one.helped, one.source) == ("first", True, "triage:T-1")


def test_a_link_to_what_was_not_shown_and_a_reopened_ticket_say_nothing() -> None:
    unseen = Ticket("T-1", START, article_ids=("elsewhere",), closed_at=later(60))
    again = Ticket("T-1", START, article_ids=("second",), closed_at=later(60), reopened=True)
    early = Ticket("T-1", START, article_ids=("second",), closed_at=START - timedelta(days=1))
    assert [found(triage(), closed=(one,)) for one in (unseen, again, early)] == [{}, {}, {}]
    closed = said("closed", of="t", article_id="second", by="key:ana")
    assert found(triage(), closed, said("reopened", of="t", minute=2, by="key:ana")) == {}


def test_of_a_triage_somebody_known_must_speak() -> None:
    assert found(triage(), said("solved", of="t", article_id="first")) == {}
    assert found(triage(), said("solved", of="t", article_id="first", by="key:ana")) == {"first": True}


def test_what_other_weights_or_another_encoder_showed_is_left_out_and_counted() -> None:
    observed = observations_of([suggestion(basis="weights-0"), said("solved")], basis=BASIS)
    assert (observed.observations, observed.of_another_basis) == ((), 1)


def flood(source: int, *, persons: bool = False) -> list[Event]:
    """Forty sittings that each reject the first article: of one person, or of nobody in particular."""
    happened = []
    for n in range(40):
        name = f"s{source}-{n}"
        person = {"person": "p"} if persons else {}
        happened += [suggestion(name, session=name, minute=n), said("rejected", of=name, minute=n, **person)]
    return happened


def test_nobody_moves_a_desk_alone() -> None:
    one_session = [suggestion(), *(said("solved", minute=n, article_id=name) for n, name in enumerate(RAW, 1))]
    assert len(observations_of(one_session, basis=BASIS).observations) == SITTING_MOST
    one_person: Observed = observations_of(flood(1, persons=True), basis=BASIS)
    assert (len(one_person.observations), one_person.left_out) == (SITTING_MOST, 40 - SITTING_MOST)
    assert {one.at for one in one_person.observations} == {later(37), later(38), later(39)}
    assert len(observations_of(flood(1), basis=BASIS).observations) == 40


def test_an_agent_has_ten_observations_or_a_fifth() -> None:
    agent = []
    for n in range(40):
        agent += [triage(f"t{n}", ticket=f"T-{n}", minute=n)]
        agent += [said("rejected", of=f"t{n}", minute=n, article_id="first", by="key:ana")]
    assert len(observations_of(agent, basis=BASIS).observations) == AGENT_MOST
    others = flood(1) + flood(2)
    everyone = observations_of([*agent, *others], basis=BASIS).observations
    assert sum(one.is_agent for one in everyone) == 24  # a fifth of 120


def honest_words() -> list[Event]:
    """Forty tickets on each of which another agent says that the first article helped."""
    happened = []
    for n in range(40):
        solved = said("solved", of=f"t{n}", minute=n, article_id="first", by=f"key:agent {n}")
        happened += [triage(f"t{n}", ticket=f"T-{n}", minute=n), solved]
    return happened


def test_who_speaks_over_everybody_silences_no_more_than_their_share() -> None:
    over = [said("rejected", of=f"t{n}", minute=100 + n, article_id="first", by="key:loud") for n in range(40)]
    observed = observations_of([*honest_words(), *over], basis=BASIS)
    helped = [one.helped for one in observed.observations]
    assert (helped.count(True), helped.count(False)) == (24, 16)  # a fifth of 80 words
    assert observed.left_out == 24


def test_who_takes_everything_back_takes_back_no_more_than_their_share() -> None:
    over = [said("reopened", of=f"t{n}", minute=100 + n, by="key:loud") for n in range(40)]
    assert len(observations_of([*honest_words(), *over], basis=BASIS).observations) == 24


def test_sending_a_request_where_nothing_was_solved_takes_no_share() -> None:
    sent = [suggestion("s0", session="z"), said("rejected", of="s0", minute=1, person="p", article_id="first")]
    for n in range(1, 9):
        sent += [suggestion(f"s{n}", session=f"z{n}", minute=n), said("submitted", of=f"s{n}", minute=n, person="p")]
    assert found(*sent) == {"first": False}
