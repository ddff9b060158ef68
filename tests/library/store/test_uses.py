"""Uses of articles are counted with the events that tell of them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from triagem.store import events, uses
from triagem.store.database import Database
from triagem.store.events import Event, EventKind
from triagem.store.uses import Use

NOW = datetime(2026, 3, 10, tzinfo=UTC)


def test_what_was_shown_opened_and_solved_is_counted_by_desk_and_month(tmp_path: Path) -> None:
    database = Database(tmp_path)
    shown = {"articles": {"pt/wifi": 0.9, "pt/senha": 0.4}}
    happened = [
        Event("1", EventKind.SUGGESTION, shown, NOW - timedelta(days=60)),
        Event("2", EventKind.SUGGESTION, shown, NOW),
        Event("3", EventKind.SUGGESTION, {"articles": {}, "withheld": {"pt/wifi": 0.9}}, NOW),
        Event("4", EventKind.FEEDBACK, {"event": "opened", "article_id": "pt/wifi"}, NOW, "2"),
        Event("5", EventKind.FEEDBACK, {"event": "solved", "article_id": "pt/wifi"}, NOW, "2"),
        Event("6", EventKind.FEEDBACK, {"event": "rejected", "article_id": "pt/wifi"}, NOW, "2"),
        Event("7", EventKind.TRIAGE, {"articles": {"pt/wifi": 0.9}}, NOW),
    ]
    with database.write() as connection:
        events.append(connection, "main", happened)
        events.append(connection, "main", [Event("8", EventKind.SUGGESTION, shown, NOW)])
        events.append(connection, "other", [Event("1", EventKind.SUGGESTION, shown, NOW)])
    with database.read() as connection:
        assert uses.since(connection, "main", NOW) == {"pt/wifi": Use(2, 1, 1), "pt/senha": Use(2, 0, 0)}
        assert uses.since(connection, "main", NOW - timedelta(days=90))["pt/wifi"] == Use(3, 1, 1)
        assert uses.since(connection, "main", NOW + timedelta(days=30)) == {}
        assert uses.since(connection, "other", NOW)["pt/senha"] == Use(1, 0, 0)
    database.close()


def test_what_was_said_of_triages_is_found_by_when_it_was_said_and_by_ticket(tmp_path: Path) -> None:
    database = Database(tmp_path)
    with database.write() as connection:
        for number, ticket in enumerate(["T-1", "T-2", "T-3"]):
            said_at = NOW + timedelta(hours=number)
            triage = Event(f"t{number}", EventKind.TRIAGE, {}, NOW, ticket)
            feedback = Event(f"f{number}", EventKind.FEEDBACK, {"event": "accepted"}, said_at, triage.id)
            events.append(connection, "main", [triage, feedback])
    with database.read() as connection:
        later = events.on_triages(connection, "main", said_since=NOW)
        some = events.on_triages(connection, "main", tickets=["T-3", "T-1", "T-9"])
    assert [(about.subject_id, said.id) for about, said in later] == [("T-2", "f1"), ("T-3", "f2")]
    assert [(about.subject_id, said.id) for about, said in some] == [("T-1", "f0"), ("T-3", "f2")]
    database.close()
