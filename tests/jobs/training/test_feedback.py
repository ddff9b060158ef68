"""What feedback adds to a training set, and what it cannot do to one."""

from dataclasses import replace
from datetime import timedelta

from tests.jobs.training.conftest import START, put, sample, snapshot_of
from triagem.encoder.hashing import HashingEncoder
from triagem.store import events
from triagem.store.database import Database
from triagem.store.events import Event, EventKind
from triagem.triage.labels import ACTOR_LABELS
from triagem.triage.learnable import learnable
from triagem.types import Provenance, Ticket, TicketField

SHOWN = {"category": {"mode": "suggest", "value": "billing", "probability": 0.5}}


def correct(database: Database, tickets: list[Ticket], value: str, *, first: int = 0) -> None:
    """One person corrects the category of each ticket, one after the other, from the `first` minute on."""
    new = []
    for minute, one in enumerate(tickets, first):
        at = START + timedelta(days=400, minutes=minute)
        triage = Event(f"t{minute}", EventKind.TRIAGE, {"fields": SHOWN, "ticket_id": one.id}, at)
        given = {"event": "corrected", "field": "category", "value": value, "by": "key:flooder"}
        new += [triage, Event(f"f{minute}", EventKind.FEEDBACK, given, at, triage.id)]
    with database.write() as connection:
        events.append(connection, "main", new)


def test_ten_thousand_corrections_by_one_person_teach_no_more_than_the_newest_fifty(
    database: Database, encoder: HashingEncoder
) -> None:
    tickets = sample(200)
    put(database, *tickets)
    correct(database, [tickets[n % 200] for n in range(10_000)], "network")
    flooded = snapshot_of(database, encoder)
    changed = [one.id for one in flooded.examples if one.labels != _labels(tickets, one.id)]
    assert len(changed) <= ACTOR_LABELS
    assert set(changed) <= {one.id for one in tickets[-ACTOR_LABELS:]}
    # Of each ticket's latest correction, 200 in all, 150 are over the cap; two labels a ticket are learned as before.
    with database.read() as connection:
        counts = learnable(connection, "main").counts
    assert (counts["human"], counts["over_cap"]) == (400, 150)


def test_feedback_counts_over_an_imported_label_and_a_later_closing_over_feedback(
    database: Database, encoder: HashingEncoder
) -> None:
    first, second = sample(2)
    closed = replace(second, closed_at=START + timedelta(days=500), provenance=Provenance.IMPORTED)
    put(database, first, closed, *sample(20)[2:])
    correct(database, [first, closed], "conta")
    by_id = {one.id: one.labels for one in snapshot_of(database, encoder).examples}
    assert by_id[first.id][TicketField.CATEGORY] == "conta"
    assert by_id[first.id][TicketField.TEAM] == "finance"
    assert by_id[closed.id][TicketField.CATEGORY] == "network"


def test_of_a_ticket_nobody_reviewed_only_the_corrected_field_is_learned(
    database: Database, encoder: HashingEncoder
) -> None:
    [one] = sample(1)
    put(database, replace(one, provenance=Provenance.AUTO_UNREVIEWED))
    assert snapshot_of(database, encoder).examples == ()
    correct(database, [one], "network")
    [learned] = snapshot_of(database, encoder).examples
    assert learned.labels == {TicketField.CATEGORY: "network"}


def _labels(tickets: list[Ticket], identifier: str) -> dict[TicketField, str]:
    [one] = [one for one in tickets if one.id == identifier]
    return {field: label for field in TicketField if (label := one.label(field))}
