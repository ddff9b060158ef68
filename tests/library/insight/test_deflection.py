"""Requests that the form spared: what is said, assumed and contradicted are told apart."""

from datetime import UTC, datetime, timedelta
from itertools import count

from triagem.insight.deflection import Counts, LaterTicket, deflection
from triagem.insight.sessions import Session, is_held_out, person_of, sessions
from triagem.store.events import Event, EventKind
from triagem.types import Language

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
SINCE, UNTIL = BEGIN - timedelta(days=1), BEGIN + timedelta(days=20)
_NUMBERS = count()


def _asked(session: str, *, hours: float = 0, articles: tuple[str, ...] = ("a",), held: bool = False) -> Event:
    found = dict.fromkeys(articles, 0.9)
    payload = {
        "session_id": session,
        "language": "pt",
        "articles": {} if held else found,
        **({"withheld": found} if held else {}),
    }
    return Event(f"{session}-s{next(_NUMBERS)}", EventKind.SUGGESTION, payload, BEGIN + timedelta(hours=hours))


def _said(about: Event, event: str, *, hours: float = 0.1, person: str | None = None) -> Event:
    payload = {"event": event, **({"person": person} if person else {})}
    at = BEGIN + timedelta(hours=hours)
    return Event(f"f{next(_NUMBERS)}", EventKind.FEEDBACK, payload, at, about.id)


def _counts(*events: Event, later: tuple[LaterTicket, ...] = (), until: datetime = UNTIL) -> Counts:
    ordered = sorted(events, key=lambda event: event.created_at)
    return deflection(sessions(ordered), later, since=SINCE, until=until).counts


def test_who_says_so_counts_as_explicit_and_who_goes_silently_as_implicit() -> None:
    ana, bia, caio = _asked("ana"), _asked("bia"), _asked("caio")
    counts = _counts(ana, bia, caio, _said(ana, "opened"), _said(ana, "solved"), _said(bia, "opened"))
    assert counts == Counts(sessions=3, explicit=1, implicit=1, contradicted=0, submitted=0, undecided=0, left=1)


def test_who_opened_an_article_today_may_still_send() -> None:
    ana = _asked("ana")
    counts = _counts(ana, _said(ana, "opened"), until=BEGIN + timedelta(hours=5))
    assert (counts.implicit, counts.undecided) == (0, 1)


def test_who_saw_articles_and_did_nothing_may_still_send_for_a_day_and_has_left_after_it() -> None:
    ana = _asked("ana")
    for hours, expected in [(23, (1, 0)), (25, (0, 1))]:
        counts = _counts(ana, until=BEGIN + timedelta(hours=hours))
        assert (counts.undecided, counts.left) == expected, hours


def test_every_session_is_in_one_group() -> None:
    ana, bia, caio, davi, eva, fabio, gil = (
        _asked(name) for name in ("ana", "bia", "caio", "davi", "eva", "fabio", "gil")
    )
    gone = [ana, _said(ana, "solved"), bia, _said(bia, "opened"), caio, _said(caio, "submitted"), davi]
    torn = [eva, _said(eva, "solved"), _said(eva, "submitted", hours=1)]
    # Sent first and said afterwards that an article would have solved it: said, and not once more among those who sent.
    late = [fabio, _said(fabio, "submitted"), _said(fabio, "solved", hours=1)]
    counts = _counts(*gone, *torn, *late, gil, _said(gil, "opened"), _said(gil, "rejected", hours=0.2))
    assert (counts.explicit, counts.implicit, counts.contradicted, counts.sent, counts.left) == (2, 1, 1, 1, 2)
    assert (counts.sessions, counts.submitted) == (7, 3)


def test_who_opens_and_then_sends_was_spared_nothing_and_contradicts_nothing() -> None:
    ana = _asked("ana")
    counts = _counts(ana, _said(ana, "opened"), _said(ana, "submitted", hours=0.2))
    assert (counts.explicit, counts.implicit, counts.contradicted, counts.submitted) == (0, 0, 0, 1)


def test_a_solved_matter_that_is_sent_after_all_is_contradicted() -> None:
    ana = _asked("ana")
    counts = _counts(ana, _said(ana, "solved"), _said(ana, "submitted", hours=1))
    assert (counts.explicit, counts.contradicted) == (0, 1)


def test_who_takes_back_that_it_was_solved_did_not_say_so() -> None:
    ana = _asked("ana")
    solved = [ana, _said(ana, "opened"), _said(ana, "solved")]
    assert _counts(*solved).explicit == 1
    taken_back = _counts(*solved, _said(ana, "rejected", hours=0.2))
    assert (taken_back.explicit, taken_back.implicit, taken_back.sessions) == (0, 0, 1)


def test_the_same_person_with_the_same_matter_within_a_week_contradicts_from_any_channel() -> None:
    ana = _asked("ana")
    happened = (ana, _said(ana, "solved", person="p1"))
    soon, late = BEGIN + timedelta(days=6), BEGIN + timedelta(days=9)
    for ticket, contradicted in [
        (LaterTicket("p1", soon, frozenset({"a", "b"})), 1),
        (LaterTicket("p1", soon, frozenset({"b"})), 0),
        (LaterTicket("p1", late, frozenset({"a"})), 0),
        (LaterTicket("p2", soon, frozenset({"a"})), 0),
        (LaterTicket("p1", BEGIN - timedelta(hours=1), frozenset({"a"})), 0),
    ]:
        counts = _counts(*happened, later=(ticket,))
        assert (counts.contradicted, counts.explicit) == (contradicted, 1 - contradicted), ticket


def test_a_later_session_of_the_same_person_contradicts_too() -> None:
    monday, friday = _asked("one"), _asked("two", hours=96)
    counts = _counts(
        monday,
        friday,
        _said(monday, "opened", person="p1"),
        _said(friday, "submitted", hours=96.1, person="p1"),
    )
    assert (counts.sessions, counts.contradicted, counts.implicit, counts.submitted) == (2, 1, 0, 1)


def test_sessions_for_which_nothing_was_found_are_asked_but_count_for_nothing() -> None:
    nothing = _asked("ana", articles=())
    measured = deflection(sessions([nothing, _said(nothing, "submitted")]), (), since=SINCE, until=UNTIL)
    assert (measured.asked, measured.found, measured.counts.sessions) == (1, 0, 0)
    assert measured.hold_out is None


def test_a_typed_question_is_one_session_however_often_it_was_asked() -> None:
    first, second = _asked("ana", articles=("a",)), _asked("ana", hours=0.01, articles=("b",))
    found = sessions([first, second, _said(first, "opened")])
    assert [(one.id, one.articles, one.language) for one in found] == [("ana", {"a", "b"}, Language.PT)]
    assert found[0].opened_at is not None


def test_a_hold_out_compares_who_sends_and_says_how_many_more_are_needed() -> None:
    offered = [Session(f"o{n}", BEGIN, articles={"a"}, submitted_at=BEGIN if n < 48 else None) for n in range(80)]
    withheld = [
        Session(f"w{n}", BEGIN, articles={"a"}, withheld=True, submitted_at=BEGIN if n < 56 else None)
        for n in range(70)
    ]
    found = deflection([*offered, *withheld], (), since=SINCE, until=UNTIL, held_out_share=0.4).hold_out
    assert found is not None and found.spared is not None
    assert (found.offered, found.offered_submitted, found.withheld, found.withheld_submitted) == (80, 48, 70, 56)
    # 56 of 70 less 48 of 80: Newcombe's own example.
    assert round(found.spared.value, 4) == 0.2
    assert (round(found.spared.low, 4), round(found.spared.high, 4)) == (0.0524, 0.3339)
    assert 1_000 < found.sessions_needed < 3_000


def test_a_hold_out_that_has_just_begun_promises_nothing() -> None:
    fresh = [Session("o", UNTIL - timedelta(hours=1), articles={"a"})]
    found = deflection(fresh, (), since=SINCE, until=UNTIL, held_out_share=0.1).hold_out
    assert found is not None
    assert (found.offered, found.withheld, found.spared) == (0, 0, None)
    assert found.sessions_needed > 8_000


def test_the_lot_is_the_same_for_a_session_and_fair_over_many() -> None:
    drawn = [is_held_out("main", f"session-{number}", share=0.1) for number in range(5_000)]
    assert drawn == [is_held_out("main", f"session-{number}", share=0.1) for number in range(5_000)]
    assert 400 < sum(drawn) < 600
    assert not any(is_held_out("main", f"session-{number}", share=0.0) for number in range(100))


def test_a_person_is_known_again_but_not_by_name_and_not_in_another_desk() -> None:
    assert person_of("main", " Ana@Example.com ") == person_of("main", "ana@example.com")
    assert person_of("main", "ana@example.com") != person_of("other", "ana@example.com")
    assert "ana" not in person_of("main", "ana@example.com")
