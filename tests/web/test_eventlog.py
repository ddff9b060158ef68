"""Rows of answers are written behind; feedback is written before it is acknowledged."""

from pathlib import Path

import pytest

from service.eventlog import EventLog, new_event
from triagem.errors import NotFound
from triagem.store import events
from triagem.store.database import Database
from triagem.store.events import EventKind


def test_what_was_noted_is_on_the_disk_when_the_log_is_closed(tmp_path: Path) -> None:
    database = Database(tmp_path)
    log = EventLog(database)
    for number in range(1_500):
        log.note("main", new_event(EventKind.SUGGESTION, {"number": number}))
    log.close()
    with database.read() as connection:
        assert events.count(connection, "main") == 1_500
    database.close()


def test_feedback_finds_the_answer_that_was_noted_just_before(tmp_path: Path) -> None:
    database = Database(tmp_path)
    log = EventLog(database)
    answer = new_event(EventKind.TRIAGE, {})
    log.note("main", answer)
    feedback = new_event(EventKind.FEEDBACK, {"event": "accepted"}, subject_id=answer.id)
    log.report("main", feedback, about=EventKind.TRIAGE).result(5)
    with database.read() as connection:
        assert [event.id for event in events.feedback_on(connection, "main", answer.id)] == [feedback.id]
    log.close()
    database.close()


def test_feedback_on_another_desks_answer_is_not_found_and_what_came_with_it_is_kept(tmp_path: Path) -> None:
    database = Database(tmp_path)
    log = EventLog(database)
    theirs, ours = new_event(EventKind.SUGGESTION, {}), new_event(EventKind.SUGGESTION, {})
    log.note("other", theirs)
    written = log.report("main", new_event(EventKind.FEEDBACK, {}, subject_id=theirs.id), about=EventKind.SUGGESTION)
    log.note("main", ours)
    with pytest.raises(NotFound):
        written.result(5)
    log.close()
    with database.read() as connection:
        assert events.get(connection, "main", ours.id) is not None
        assert events.count(connection, "main") == 1
    database.close()
