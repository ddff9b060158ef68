"""What quality says of a desk: who was right how often, and what moved."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from tests.library.triage.handmade import ENCODER, handmade
from tests.library.triage.proof import evidence
from triagem.insight.quality import Alarm, FieldQuality, measure_quality
from triagem.insight.remembered import Remembered
from triagem.store import choices, events, models, tables, triaged
from triagem.store.choices import Choice
from triagem.store.database import Connection, Database
from triagem.store.events import Event, EventKind
from triagem.store.models import Model
from triagem.store.triaged import TriagedText
from triagem.triage import taxonomy
from triagem.triage.decide import Targets, rules_of
from triagem.triage.taxonomy import Taxonomy, store
from triagem.triage.terms import Terms
from triagem.triage.triager import Answering
from triagem.types import Language, Mode, TicketField

PROFILE = {
    "predicted": {"billing": 0.5, "network": 0.5},
    "confidence": {"0.9": 1.0},
    "unseen_words": 0.1,
    "accuracy": 0.9,
    "tickets": 500,
}


@pytest.fixture
def database(tmp_path: Path) -> Database:
    opened = Database(tmp_path)
    report = {"fields": {"category": {"profile": PROFILE}}}
    model = Model("v1", ("category",), "m", "d", "s", {"encoder": ENCODER.digest}, report, datetime.now(UTC))
    with opened.write() as connection:
        models.add(connection, "main", model)
        models.promote(connection, "main", assignments={"category": "v1"}, actor="a test", why="to be watched")
    return opened


def _happened(
    database: Database,
    count: int,
    *,
    value: str | None,
    right: str | None,
    text: str,
    first: int = 0,
    people: tuple[str, ...] = tuple(f"agent {number}" for number in range(9)),
) -> None:
    """So many triages with this answer, each corrected by `people` in turn to what is right where that is known."""
    new, texts = [], []
    for number in range(first, first + count):
        at = datetime.now(UTC) + timedelta(seconds=number)
        answer: dict[str, Any] = {"mode": "auto" if value else "abstain", "value": value, "probability": 0.92}
        payload = {"fields": {"category": answer}, "language": "en", "channel": "email"}
        new.append(Event(f"t{number}", EventKind.TRIAGE, payload, at))
        texts.append(TriagedText(f"t{number}", "", text, Language.EN, "x", at))
        if right is not None:
            given = {"event": "corrected", "field": "category", "value": right, "by": people[number % len(people)]}
            new.append(Event(f"f{number}", EventKind.FEEDBACK, given, at, f"t{number}"))
    with database.write() as connection:
        events.append(connection, "main", new)
        triaged.append(connection, "main", texts)


def _category(database: Database, remembered: Remembered | None = None) -> FieldQuality:
    model = handmade(evidence=evidence())
    head = model.heads[TicketField.CATEGORY]
    answer = Answering("v1", Terms(head, None, {}, str), rules_of(head, Targets()), model)
    with database.read() as connection:
        found = measure_quality(
            connection,
            "main",
            since=datetime.now(UTC) - timedelta(days=1),
            answering={TicketField.CATEGORY: answer},
            targets=dict.fromkeys(TicketField, Targets()),
            remembered=Remembered() if remembered is None else remembered,
        )
    return found.fields[0]


def test_a_desk_as_it_was_in_training_raises_no_alarm(database: Database) -> None:
    _happened(database, 40, value="billing", right="billing", text="the invoice is wrong")
    _happened(database, 40, value="network", right="network", text="the router is offline", first=40)
    found = _category(database)
    assert (found.version, found.triaged, found.coverage[Mode.AUTO]) == ("v1", 80, 1.0)
    assert (found.by_mode[Mode.AUTO].reviewed, found.by_mode[Mode.AUTO].precision) == (80, 1.0)
    assert found.by_channel["email"].right == 80
    assert found.drift.unknown_words == 0.0
    assert found.alarms == ()


def test_what_was_read_before_is_not_read_again_and_what_came_since_is_told(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def get_many(connection: Connection, desk: str, ids: Sequence[str]) -> list[Event]:
        read.extend(ids)
        return get_them(connection, desk, ids)

    get_them = events.get_many
    monkeypatch.setattr("triagem.insight.remembered.events.get_many", get_many)
    kept = Remembered()
    _happened(database, 60, value="billing", right="orders", text="the invoice is wrong")
    assert _category(database, kept) == _category(database)
    read.clear()
    assert _category(database, kept).triaged == 60
    assert read == []
    _happened(database, 20, value="network", right="network", text="my parcel never came here", first=60)
    found = _category(database, kept)
    assert sorted(read) == [f"t{number}" for number in range(60, 80)]
    assert (found.triaged, found.by_class["network"].right, found.by_class["billing"].right) == (80, 20, 0)
    with database.write() as connection:
        renamed = Taxonomy().with_renamed(TicketField.CATEGORY, "orders", "billing")
        store(connection, "main", renamed, actor="ana", why="one thing")
        connection.execute(delete(tables.events).where(tables.events.c.id.in_(["t0", "f0"])))
    found = _category(database, kept)
    assert (found.triaged, found.by_class["billing"].right) == (79, 59)
    assert found == _category(database)


def test_another_mix_other_words_and_corrections_raise_alarms(database: Database) -> None:
    _happened(database, 60, value="billing", right="orders", text="my parcel never came here")
    found = _category(database)
    assert found.drift.classes is not None and found.drift.classes.psi > 0.25
    assert found.drift.unknown_words == 1.0
    assert set(found.alarms) == {Alarm.CLASSES, Alarm.WORDS, Alarm.ACCEPTANCE}
    assert found.by_class["billing"].precision == 0.0


def test_a_renamed_class_is_the_same_class_in_training_in_answers_and_in_corrections(database: Database) -> None:
    _happened(database, 40, value="billing", right="billing", text="the invoice is wrong")
    _happened(database, 40, value="network", right="network", text="the router is offline", first=40)
    with database.write() as connection:
        renamed = Taxonomy().with_renamed(TicketField.CATEGORY, "billing", "invoices")
        taxonomy.store(connection, "main", renamed, actor="ana", why="as the catalogue calls it")
        choices.put(connection, "main", Choice.CLOSED, {"v1": {"category": {"auto": ["billing"]}}})
        shares = {"shares": {"billing": 0.01, "network": 0.99}, "tickets": 200, "at": datetime.now(UTC).isoformat()}
        choices.put(connection, "main", Choice.MIX, {"v1": {"category": shares}})
    _happened(database, 40, value="invoices", right="invoices", text="the invoice is wrong", first=80)
    _happened(database, 40, value="network", right="billing", text="the router is offline", first=120)
    found = _category(database)
    assert found.drift.classes is not None and found.drift.classes.psi == pytest.approx(0.0)
    assert {name: (one.reviewed, one.right) for name, one in found.by_class.items()} == {
        "invoices": (80, 80),
        "network": (80, 40),
    }
    assert found.closed == {"auto": ("invoices",)}
    assert found.mix is not None
    assert {share.label for share in found.mix.shares} == {"invoices", "network"}
    assert found.mix.closed[Mode.AUTO] == ("invoices",)


def test_what_one_person_says_beyond_the_cap_moves_no_figure(database: Database) -> None:
    _happened(database, 450, value="network", right="network", text="the router is offline")
    _happened(
        database,
        500,
        value="network",
        right="billing",
        text="the router is offline",
        first=450,
        people=("mallory",),
    )
    found = _category(database)
    assert (found.by_class["network"].reviewed, found.by_class["network"].right) == (500, 450)
    assert Alarm.ACCEPTANCE not in found.alarms


def test_a_class_that_one_person_alone_speaks_against_is_named_to_the_admin(database: Database) -> None:
    _happened(database, 48, value="billing", right="network", text="the invoice is wrong", people=("mallory",))
    found = _category(database)
    assert (found.doubted, found.alarms) == ({"auto": ("billing",)}, (Alarm.ACCEPTANCE, Alarm.DOUBTED))


def test_what_several_people_proved_is_not_doubted_but_closed_within_the_minute(database: Database) -> None:
    _happened(database, 12, value="billing", right="network", text="the invoice is wrong")
    found = _category(database)
    assert (found.doubted, found.alarms) == ({}, ())


def test_one_person_alone_is_told_that_less_is_accepted_whatever_they_said_of_answers_left_open(
    database: Database,
) -> None:
    _happened(database, 60, value="billing", right="orders", text="the invoice is wrong", people=("ana",))
    _happened(database, 40, value=None, right="orders", text="the invoice is wrong", first=60, people=("ana",))
    found = _category(database)
    assert (found.by_mode[Mode.AUTO].reviewed, found.by_mode[Mode.AUTO].right) == (50, 0)
    assert Alarm.ACCEPTANCE in found.alarms


def test_too_few_tickets_say_nothing_of_drift(database: Database) -> None:
    _happened(database, 20, value="billing", right=None, text="my parcel never came here")
    found = _category(database)
    assert (found.drift.classes, found.drift.unknown_words, found.alarms) == (None, None, ())
