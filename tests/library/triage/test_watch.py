"""What reviews close, and what no one person closes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.library.triage.handmade import ENCODER, handmade, publish
from tests.library.triage.proof import evidence
from triagem.store import events
from triagem.store.database import Database
from triagem.store.events import Event, EventKind
from triagem.triage.decide import Targets, rules_of
from triagem.triage.labels import Review
from triagem.triage.triager import Triager
from triagem.triage.watch import broken, broken_by_many, close_broken
from triagem.types import Mode, Provenance, TicketField

CLASSES = ("billing", "network")
MODEL = handmade(evidence=evidence(network=100, wrong=0))
RULES = rules_of(MODEL.heads[TicketField.CATEGORY], Targets())
NOW = datetime(2026, 5, 1, tzinfo=UTC)


def reviews(by: str, name: str, *, right: int = 0, wrong: int = 0) -> list[Review]:
    """So many answers of a class that one person confirmed, and that they corrected."""
    return [
        Review(
            triage_id=f"{by}-{name}-{n}",
            ticket_id=None,
            field=TicketField.CATEGORY,
            value=name if n < right else "other",
            provenance=Provenance.HUMAN,
            by=by,
            at=NOW,
            shown=name,
            mode=Mode.AUTO,
            triage={},
        )
        for n in range(right + wrong)
    ]


def closed_by(*said: list[Review]) -> set[str]:
    every = [one for some in said for one in some]
    return {one.name for one in broken_by_many(RULES, Targets(), every, "v1")}


def test_one_person_closes_nothing_however_often_they_speak() -> None:
    flood = reviews("mallory", "billing", wrong=50) + reviews("mallory", "network", wrong=50)
    assert {one.name for one in broken(RULES, Targets(), flood, "v1")} == set(CLASSES)
    assert closed_by(flood, reviews("ana", "billing", right=30, wrong=1), reviews("bia", "network", right=9)) == set()


def test_two_people_close_what_each_without_the_other_speaks_against() -> None:
    # 100 of 100 and 3 of 6 prove 0.93.
    ana, bia = (reviews(by, "billing", right=3, wrong=3) for by in ("ana", "bia"))
    assert closed_by(ana, bia) == {"billing"}
    assert closed_by(ana, reviews("mallory", "network", wrong=50), bia) == {"billing"}


def test_slips_of_three_people_close_a_class_together() -> None:
    assert closed_by(*(reviews(by, "billing", right=2, wrong=1) for by in ("ana", "bia", "caio"))) == {"billing"}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path)
    publish(opened, "v1", MODEL)
    yield opened
    opened.close()


def corrected(database: Database, by: str, *names: str) -> list[str]:
    """One person corrects answers of these classes that were filled by themselves; what is closed then."""
    new = []
    for n, name in enumerate(names):
        shown = {"category": {"mode": "auto", "value": name, "probability": 0.95}}
        triage = Event(f"{by}-{n}", EventKind.TRIAGE, {"fields": shown}, datetime.now(UTC))
        given = {"event": "corrected", "field": "category", "value": "other", "by": by}
        new += [triage, Event(f"{by}-{n}-said", EventKind.FEEDBACK, given, triage.created_at, triage.id)]
    with database.write() as connection:
        events.append(connection, "main", new)
    return [one.name for one in close_broken(database, Triager(database, ENCODER), "main")]


def test_who_alone_speaks_at_a_desk_closes_one_class_of_a_field_and_no_other(database: Database) -> None:
    flood = ["network", "billing"] * 24
    [closed] = corrected(database, "ana", *flood)
    assert closed in CLASSES
    assert corrected(database, "ana, of another shift", "network") == []
    assert close_broken(database, Triager(database, ENCODER), "main") == []


def test_where_a_second_person_speaks_one_closes_nothing(database: Database) -> None:
    assert corrected(database, "bia", "billing") == []
    assert corrected(database, "mallory", *["network", "billing"] * 24) == []
    assert corrected(database, "caio", *["network"] * 5) == ["network"]
