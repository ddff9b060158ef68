"""What feedback adds to a training set, and what it cannot do to one."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import pytest

from tests.jobs.training.conftest import START, put, sample, snapshot_of
from training.train import Plan, train
from triagem.encoder.hashing import HashingEncoder
from triagem.progress import silent
from triagem.store import desks, events
from triagem.store.database import Database
from triagem.store.events import Event, EventKind
from triagem.triage.labels import ACTOR_LABELS
from triagem.triage.learnable import learnable
from triagem.triage.triager import Triager
from triagem.types import Mode, Provenance, Ticket, TicketField

SHOWN = {"category": {"mode": "suggest", "value": "billing", "probability": 0.5}}


def correct(database: Database, tickets: list[Ticket], value: str, *, first: int = 0) -> None:
    """One person corrects the category of each ticket, one after the other, from the `first` minute on."""
    said = {"event": "corrected", "field": "category", "value": value, "by": "key:flooder"}
    say(database, [(one, said) for one in tickets], first=first)


def say(database: Database, said: list[tuple[Ticket, dict[str, str]]], *, first: int = 0) -> None:
    """A word on each ticket, one after the other, from the `first` minute on."""
    new = []
    for minute, (one, given) in enumerate(said, first):
        at = START + timedelta(days=400, minutes=minute)
        triage = Event(f"t{minute}", EventKind.TRIAGE, {"fields": SHOWN, "ticket_id": one.id}, at)
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
    # Of their latest word on each ticket, 200 in all, 150 are over the cap; two labels a ticket are learned as before.
    with database.read() as connection:
        counts = learnable(connection, "main").counts
    assert (counts["human"], counts["over_cap"]) == (400, 150)


def test_what_a_person_accepts_of_an_automatic_label_is_learned_and_the_rest_is_not(
    database: Database, encoder: HashingEncoder
) -> None:
    tickets = [replace(one, type=None, team=None, provenance=Provenance.AUTO_UNREVIEWED) for one in sample(30)]
    put(database, *tickets)
    accepted = tickets[:12]
    confirmed = {"event": "corrected", "field": "category", "by": "key:ana"}
    say(database, [(one, {**confirmed, "value": str(one.category)}) for one in accepted])
    learned = {one.id: one.labels for one in snapshot_of(database, encoder).examples}
    assert learned == {one.id: {TicketField.CATEGORY: one.category} for one in accepted}


HONEST = 300


def desk_of_twenty(folder: Path) -> tuple[Database, list[Ticket]]:
    """A desk that knows of its tickets what twenty agents corrected, and nothing else."""
    database = Database(folder)
    tickets = [replace(one, provenance=Provenance.AUTO_UNREVIEWED) for one in sample(HONEST)]
    with database.write() as connection:
        desks.ensure(connection, "main")
    put(database, *tickets)
    agents = cycle(f"key:{number}" for number in range(20))
    corrected = {"event": "corrected", "field": "category"}
    say(database, [(one, {**corrected, "value": str(one.category), "by": next(agents)}) for one in tickets])
    return database, tickets


def decisions(database: Database, encoder: HashingEncoder) -> list[tuple[Mode, str | None]]:
    """What a model that is trained now says of requests that nobody labelled."""
    version = train(database, encoder, "main", plan=Plan(), threads=1, on_progress=silent).model.version
    texts = [f"{one.description} thanks" for one in sample(60)]
    decided = Triager(database, encoder).candidate("main", version).decide_all(texts, encoder.encode(texts))
    return [(one.fields[TicketField.CATEGORY].mode, one.fields[TicketField.CATEGORY].value) for one in decided]


@pytest.mark.parametrize(
    "word",
    [{"event": "corrected", "field": "category", "value": "network"}, {"event": "reopened"}],
    ids=lambda word: str(word["event"]),
)
def test_ten_thousand_words_of_one_person_decide_no_request_otherwise_than_their_newest_fifty(
    tmp_path: Path, encoder: HashingEncoder, word: dict[str, str]
) -> None:
    flooded, tickets = desk_of_twenty(tmp_path / "flooded")
    before = decisions(flooded, encoder)
    flood = [(tickets[n % HONEST], {**word, "by": "key:flooder"}) for n in range(10_000)]
    say(flooded, flood, first=1_000)
    after = decisions(flooded, encoder)
    capped, _ = desk_of_twenty(tmp_path / "capped")
    say(capped, flood[-ACTOR_LABELS:], first=1_000)
    assert after == decisions(capped, encoder)
    moved = [(then, now) for then, now in zip(before, after, strict=True) if now[1] != then[1]]
    assert Mode.AUTO not in {mode for _, (mode, _) in moved}
    # Their fifty are a sixth of all labels.
    assert len(moved) <= len(before) * ACTOR_LABELS / HONEST
    assert Counter(value for _, value in before) == {"billing": 20, "network": 20, "conta": 20}


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
