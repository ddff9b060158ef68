"""What reviews close, and what no one person closes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.library.triage.handmade import ENCODER, handmade, publish
from tests.library.triage.proof import evidence
from triagem.store import events
from triagem.store.database import Database
from triagem.store.events import Event, EventKind
from triagem.triage.decide import Targets, rules_of
from triagem.triage.labels import Review, Word, reviews_of
from triagem.triage.triager import Triager
from triagem.triage.watch import broken, broken_by_many, close_broken, doubted
from triagem.types import Mode, Provenance, TicketField

CLASSES = ("billing", "network")
MODEL = handmade(evidence=evidence(network=100, wrong=0))
RULES = rules_of(MODEL.heads[TicketField.CATEGORY], Targets())
NOW = datetime(2026, 5, 1, tzinfo=UTC)


def words(by: str, name: str, *, right: int = 0, wrong: int = 0, of: str = "") -> list[Word]:
    """So many answers of a class that one person confirmed, and that they corrected, on the tickets `of` someone."""
    said = [
        Review(
            triage_id=f"{of or by}-{name}-{n}",
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
    return [Word(one.subject, one.field, by, NOW, one) for one in said]


def closed_by(*said: list[Word]) -> set[str]:
    every = [one for some in said for one in some]
    return {one.name for one in broken_by_many(RULES, Targets(), every, "v1")}


def doubted_by(*said: list[Word]) -> set[str]:
    every = [one for some in said for one in some]
    return {one.name for one in doubted(RULES, Targets(), every, "v1")}


def test_one_person_closes_nothing_however_often_they_speak() -> None:
    flood = words("mallory", "billing", wrong=50) + words("mallory", "network", wrong=50)
    assert {one.name for one in broken(RULES, Targets(), reviews_of(flood), "v1")} == set(CLASSES)
    others = words("ana", "billing", right=30, wrong=1) + words("bia", "network", right=9)
    assert closed_by(flood, others) == set()
    assert doubted_by(flood, others) == set(CLASSES)


def test_two_people_close_what_each_without_the_other_speaks_against() -> None:
    # 100 of 100 and 3 of 6 prove 0.93.
    ana, bia = (words(by, "billing", right=3, wrong=3) for by in ("ana", "bia"))
    assert closed_by(ana, bia) == {"billing"}
    assert closed_by(ana, words("mallory", "network", wrong=50), bia) == {"billing"}
    assert doubted_by(ana, words("mallory", "network", wrong=50), bia) == {"network"}


def test_slips_of_three_people_close_a_class_together() -> None:
    assert closed_by(*(words(by, "billing", right=2, wrong=1) for by in ("ana", "bia", "caio"))) == {"billing"}


def test_who_corrects_what_somebody_else_had_confirmed_tips_no_class() -> None:
    # Of ana's alone 133 of 135 are right, which proves 0.954; of the few that mallory left her 105 of 107, and 0.94.
    ana = words("ana", "billing", right=33, wrong=2)
    assert closed_by(ana, words("mallory", "billing", wrong=28, of="ana")) == set()
    assert doubted_by(ana, words("mallory", "billing", wrong=28, of="ana")) == {"billing"}


def test_who_only_takes_back_tips_no_class() -> None:
    # 188 of 192 prove 0.953; of what mallory leaves either 119 of 121 are right, and 0.949.
    ana, bia = (words(by, "billing", right=44, wrong=2) for by in ("ana", "bia"))
    back = [replace(one, by="mallory", review=None) for one in ana[:25] + bia[:25]]
    assert broken(RULES, Targets(), reviews_of(ana + bia), "v1") == []
    assert broken(RULES, Targets(), reviews_of(ana + bia + back), "v1") != []
    assert closed_by(ana, bia, back) == set()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path)
    publish(opened, "v1", MODEL)
    yield opened
    opened.close()


def corrected(database: Database, by: str, *names: str, of: str = "", right: str = "other") -> list[str]:
    """One person says of answers of these classes what is `right`, the answer where it is empty; what is closed then.

    They were filled by themselves on the tickets `of` someone; an answer of no class was left open.
    """
    new = []
    for n, name in enumerate(names):
        mode = "auto" if name else "abstain"
        shown = {"category": {"mode": mode, "value": name or None, "probability": 0.95}}
        ticket_id, at = f"{of or by}-{n}", datetime.now(UTC)
        triage = Event(f"{by}-{right}-{n}", EventKind.TRIAGE, {"fields": shown, "ticket_id": ticket_id}, at)
        given = {"event": "corrected", "field": "category", "value": right or name, "by": by}
        new += [triage, Event(f"{triage.id}-said", EventKind.FEEDBACK, given, at, triage.id)]
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


def test_who_speaks_over_everybody_else_closes_nothing(database: Database) -> None:
    flood = ["network", "billing"] * 24
    assert corrected(database, "bia", *flood, right="") == []
    assert corrected(database, "mallory", *flood, of="bia") == []


def test_what_is_said_of_answers_left_open_uses_up_nothing(database: Database) -> None:
    assert corrected(database, "ana", *["billing"] * 5, *[""] * 60) == ["billing"]
