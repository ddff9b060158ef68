"""A running desk follows the mix that its requests come in: what is proven for it stays open, and nothing else."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.library.triage.handmade import ENCODER, TEXTS, handmade, publish
from tests.library.triage.mixed import asked
from tests.library.triage.proof import evidence
from triagem.store import audit, choices
from triagem.store.choices import Choice
from triagem.store.database import Database
from triagem.triage.mix import in_force
from triagem.triage.newest import MIX_WATCHER, Estimate, adopt, estimate
from triagem.triage.triager import Triager
from triagem.types import Mode, TicketField

CATEGORY = TicketField.CATEGORY
BOTH = {Mode.AUTO: ("billing",), Mode.PRESELECT: ("billing",)}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Of 140 tickets 104 were of billing; all 100 that were taken for it were, which proves 0.97."""
    opened = Database(tmp_path)
    publish(opened, "v1", handmade(evidence=evidence()))
    yield opened
    opened.close()


def look(database: Database) -> Estimate:
    triager = Triager(database, ENCODER)
    [found] = estimate(database, triager, ENCODER, "main")
    with database.write() as connection:
        adopt(connection, "main", [found], actor=MIX_WATCHER)
    return found


def mode(database: Database) -> Mode:
    triager = Triager(database, ENCODER)
    vector = ENCODER.encode([TEXTS[0]])[0]
    return triager.decide("main", subject="", description=TEXTS[0], vector=vector).fields[CATEGORY].mode


def log(database: Database) -> list[tuple[str, str, object]]:
    with database.read() as connection:
        entries = audit.newest_first(connection, "main", limit=10)
    return [(one.actor, one.subject, one.details["closed"]) for one in entries if one.action is audit.Action.MIX]


def test_requests_that_come_as_trained_change_nothing(database: Database) -> None:
    asked(database, billing=90, network=30)
    found = look(database)
    assert (found.mix.shares, found.mix.tickets, found.changes_something) == ({}, 120, False)
    assert mode(database) is Mode.AUTO
    assert log(database) == []


def test_what_is_not_proven_for_another_mix_is_closed_and_opens_again_with_the_old_one(database: Database) -> None:
    asked(database, network=110)
    assert mode(database) is Mode.AUTO
    found = look(database)
    assert (found.closed, found.opened) == (BOTH, {})
    assert found.before[Mode.AUTO].open_classes > found.after[Mode.AUTO].open_classes
    assert mode(database) is Mode.SUGGEST
    assert log(database) == [(MIX_WATCHER, "category", {"auto": ["billing"], "preselect": ["billing"]})]
    assert not look(database).changes_something
    asked(database, billing=400, first=200)
    assert look(database).opened == BOTH
    assert mode(database) is Mode.AUTO
    assert len(log(database)) == 2


def test_a_mix_that_returns_does_not_open_what_corrections_closed(database: Database) -> None:
    asked(database, network=110)
    assert look(database).closed == BOTH
    with database.write() as connection:
        choices.put(connection, "main", Choice.CLOSED, {"v1": {"category": {"auto": ["billing"]}}})
    asked(database, billing=400, first=200)
    assert look(database).opened == {Mode.PRESELECT: ("billing",)}
    assert mode(database) is Mode.PRESELECT


def test_the_same_requests_give_the_same_mix_whoever_encoded_them(database: Database) -> None:
    asked(database, billing=20, network=100)
    triager = Triager(database, ENCODER)
    first, again = (estimate(database, triager, ENCODER, "main")[0] for _ in range(2))
    assert again == replace(first, mix=replace(first.mix, at=again.mix.at))


def test_a_ticket_that_was_looked_at_often_is_one_request_and_99_say_nothing(database: Database) -> None:
    asked(database, network=98)
    asked(database, network=50, first=200, ticket="T-1")
    triager = Triager(database, ENCODER)
    assert estimate(database, triager, ENCODER, "main") == []
    asked(database, network=1, first=300)
    assert estimate(database, triager, ENCODER, "main")[0].mix.tickets == 100


def test_mixes_are_kept_of_the_eight_versions_that_were_estimated_last(database: Database) -> None:
    asked(database, network=110)
    found = look(database)
    for number in range(2, 16):
        later = replace(found.mix, at=found.mix.at + timedelta(days=number))
        with database.write() as connection:
            adopt(connection, "main", [replace(found, version=f"v{number}", mix=later)], actor=MIX_WATCHER)
    with database.read() as connection:
        assert set(in_force(connection, "main")) == {f"v{number}" for number in range(8, 16)}


def test_no_more_is_encoded_at_once_than_was_allowed(database: Database) -> None:
    asked(database, billing=60, network=60)
    triager = Triager(database, ENCODER)
    assert estimate(database, triager, ENCODER, "main", encode_at_most=1) == []
    assert len(estimate(database, triager, ENCODER, "main", encode_at_most=1)) == 1
