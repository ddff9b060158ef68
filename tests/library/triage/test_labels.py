from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from triagem.store.events import Event, EventKind
from triagem.triage.labels import (
    ACTOR_LABELS,
    KEY_LABELS,
    Word,
    cap_of,
    key_cap_of,
    last_words,
    of_answers,
    reviews_of,
    within_cap,
)
from triagem.triage.taxonomy import Taxonomy
from triagem.types import Provenance, TicketField

START = datetime(2026, 5, 1, tzinfo=UTC)
SHOWN = {
    "category": {"mode": "auto", "value": "billing", "probability": 0.97},
    "team": {"mode": "suggest", "value": "finance", "probability": 0.6},
    "priority": {"mode": "abstain", "value": None, "probability": 0.1},
}


def triage(identifier: str = "a", *, ticket: str | None = None) -> Event:
    return Event(identifier, EventKind.TRIAGE, {"fields": SHOWN, "ticket_id": ticket}, START)


def said(
    event: str, *, by: str | None = "agent", after_h: int = 1, about: Event | None = None, **payload: Any
) -> tuple[Event, Event]:
    subject = about or triage()
    given = {"event": event, **payload, **({"by": by} if by else {})}
    return subject, Event(f"f{after_h}", EventKind.FEEDBACK, given, START + timedelta(hours=after_h), subject.id)


def labels(*events: tuple[Event, Event]) -> dict[str, tuple[str, Provenance]]:
    return {one.field.value: (one.value, one.provenance) for one in reviews_of(last_words(events, Taxonomy()))}


def test_accepting_confirms_every_value_that_was_shown_and_nothing_where_none_was() -> None:
    assert labels(said("accepted")) == {
        "category": ("billing", Provenance.HUMAN_ACCEPTED),
        "team": ("finance", Provenance.HUMAN_ACCEPTED),
    }


def test_accepting_one_field_says_nothing_of_the_others() -> None:
    assert labels(said("accepted", field="team")) == {"team": ("finance", Provenance.HUMAN_ACCEPTED)}


def test_a_correction_is_a_persons_label_and_one_to_the_same_value_an_acceptance() -> None:
    assert labels(said("corrected", field="category", value="network")) == {"category": ("network", Provenance.HUMAN)}
    assert labels(said("corrected", values={"category": "billing", "priority": "high"})) == {
        "category": ("billing", Provenance.HUMAN_ACCEPTED),
        "priority": ("high", Provenance.HUMAN),
    }


def test_closing_with_values_gives_labels_and_closing_alone_does_not() -> None:
    assert labels(said("closed")) == {}
    assert labels(said("closed", values={"team": "field"})) == {"team": ("field", Provenance.HUMAN)}


def test_the_latest_word_counts() -> None:
    first = said("corrected", field="category", value="network", after_h=1)
    second = said("corrected", field="category", value="account", after_h=2)
    assert labels(first, second) == {"category": ("account", Provenance.HUMAN)}


def test_who_speaks_again_speaks_after_what_others_said_since() -> None:
    words = [("ana", "network"), ("bia", "orders"), ("ana", "account")]
    events = [said("corrected", field="category", value=of, by=by, after_h=n) for n, (by, of) in enumerate(words)]
    assert labels(*events) == {"category": ("account", Provenance.HUMAN)}


def test_a_reopened_ticket_loses_its_labels_until_somebody_gives_them_again() -> None:
    closed = said("closed", values={"category": "network"}, after_h=1)
    reopened = said("reopened", after_h=2)
    again = said("closed", values={"category": "account"}, after_h=3)
    assert labels(closed, reopened) == {}
    assert labels(closed, reopened, again) == {"category": ("account", Provenance.HUMAN)}


def test_two_triages_of_a_ticket_are_one_subject() -> None:
    first, second = triage("a", ticket="T-1"), triage("b", ticket="T-1")
    correction = said("corrected", field="team", value="field", about=second)
    found = reviews_of(last_words([said("accepted", about=first), correction], Taxonomy()))
    assert {(one.subject, one.field.value, one.value) for one in found} == {
        ("T-1", "category", "billing"),
        ("T-1", "team", "field"),
    }


def test_what_nobody_answers_for_is_no_label_and_takes_none_back() -> None:
    assert labels(said("corrected", field="category", value="network", by=None)) == {}
    kept = labels(said("accepted", field="team"), said("reopened", by=None, after_h=2))
    assert kept == {"team": ("finance", Provenance.HUMAN_ACCEPTED)}


def test_what_was_said_of_a_renamed_label_is_said_of_its_name_of_now() -> None:
    names = Taxonomy().with_renamed(TicketField.CATEGORY, "billing", "invoices").with_retired(TicketField.TEAM, "field")
    wrong = said("corrected", values={"category": "network", "team": "field"})
    right = said("corrected", field="category", value="invoices", about=triage("b"))
    found = reviews_of(last_words([wrong, right], names))
    assert [(one.shown, one.value, one.is_right) for one in found] == [
        ("invoices", "network", False),
        ("finance", "field", False),
        ("invoices", "invoices", True),
    ]


def flood(count: int, by: str) -> list[Word]:
    said_of_each = (
        said("corrected", field="category", value="network", by=by, after_h=n, about=triage(f"{by}-{n:05}"))
        for n in range(count)
    )
    return last_words(said_of_each, Taxonomy())


def counted(*events: tuple[Event, Event]) -> Counter[str]:
    """The values that stand of what counts, at a desk without labels of its own."""
    return Counter(one.value for one in reviews_of(within_cap(last_words(events, Taxonomy()), own_labels={})))


def honest(count: int) -> list[tuple[Event, Event]]:
    """Twenty agents correct a ticket each, in turn."""
    return [
        said("corrected", field="category", value="account", by=f"desk:{n % 20}", after_h=n, about=triage(f"{n:05}"))
        for n in range(count)
    ]


def test_of_ten_thousand_corrections_by_one_person_the_newest_fifty_count() -> None:
    others = flood(3, "somebody else")
    kept = within_cap([*flood(10_000, "flooder"), *others], own_labels={})
    assert len(kept) == ACTOR_LABELS + len(others)
    assert min(one.at for one in kept if one.by == "flooder") == START + timedelta(hours=10_000 - ACTOR_LABELS)


def test_the_cap_grows_with_the_labels_that_the_desks_own_tickets_carry() -> None:
    assert [cap_of(own) for own in (0, 250, 1_000)] == [50, 50, 200]
    kept = within_cap(flood(300, "agent"), own_labels={TicketField.CATEGORY: 1_000})
    assert len(kept) == 200


def test_words_over_the_cap_were_not_said_and_what_others_said_before_stands() -> None:
    flooded = [
        said("corrected", field="category", value="network", by="mallory", after_h=1_000 + n, about=triage(f"{n:05}"))
        for n in range(900)
    ]
    assert counted(*honest(900), *flooded) == {"account": 850, "network": 50}


def test_reopening_takes_back_no_more_than_correcting_could() -> None:
    reopened = [said("reopened", by="mallory", after_h=1_000 + n, about=triage(f"{n:05}")) for n in range(900)]
    assert counted(*honest(900), *reopened) == {"account": 850}


def test_reopening_what_was_never_spoken_of_uses_up_nothing() -> None:
    silent = [said("reopened", by="ana", after_h=n, about=triage(f"{n:05}")) for n in range(100)]
    assert last_words(silent, Taxonomy()) == []


def test_of_answers_are_words_on_what_was_shown_and_those_that_take_back() -> None:
    corrected = said("corrected", values={"category": "network", "priority": "high"}, by="ana")
    reopened = said("reopened", by="bia", after_h=2)
    judged = of_answers(last_words([corrected, reopened], Taxonomy()))
    assert [one.field.value for one in judged if one.by == "ana"] == ["category"]
    assert [one.field.value for one in judged if one.by == "bia"] == ["category", "priority"]


def test_who_speaks_again_of_the_same_ticket_uses_up_the_cap_once() -> None:
    about = [triage(f"{n:05}") for n in range(ACTOR_LABELS)]
    again = [said("accepted", field="category", after_h=n, about=about[n % ACTOR_LABELS]) for n in range(300)]
    assert counted(*again) == {"billing": ACTOR_LABELS}


def test_two_hundred_names_behind_one_key_give_no_more_than_the_key_may() -> None:
    invented = [
        said("corrected", field="category", value="network", by=f"k1:{n % 200}", after_h=n, about=triage(f"{n:05}"))
        for n in range(10_000)
    ]
    other = said("corrected", field="category", value="account", by="k2:", after_h=1, about=triage("other"))
    assert counted(other, *invented) == {"network": KEY_LABELS, "account": 1}
    assert [key_cap_of(own) for own in (0, 250, 5_000)] == [1_000, 1_000, 5_000]
