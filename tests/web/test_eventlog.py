"""Rows of answers are written behind; feedback is written before it is acknowledged."""

import fcntl
import queue
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import anyio
import pytest
from prometheus_client import REGISTRY
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from service.app import create_app
from service.eventlog import EventLog, new_event
from service.state import open_state
from tests.waiting import PATIENCE_S, eventually
from tests.web.conftest import LOOPBACK, Site
from triagem.errors import NotFound
from triagem.store import events
from triagem.store.database import LOCK_FILE, Database
from triagem.store.events import EventKind
from triagem.store.triaged import TriagedText
from triagem.types import Language


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
    log.report("main", feedback, about=EventKind.TRIAGE).result(PATIENCE_S)
    with database.read() as connection:
        assert [event.id for event in events.newest(connection, "main", kind=EventKind.FEEDBACK, limit=2)] == [
            feedback.id
        ]
    log.close()
    database.close()


def test_what_is_said_twice_with_one_mark_is_one_row_and_both_are_acknowledged(tmp_path: Path) -> None:
    database = Database(tmp_path)
    log = EventLog(database)
    answer = new_event(EventKind.TRIAGE, {})
    log.note("main", answer)
    for once in ("view-1", "view-1", "view-2"):
        feedback = new_event(EventKind.FEEDBACK, {"event": "accepted"}, subject_id=answer.id, once=once)
        log.report("main", feedback, about=EventKind.TRIAGE).result(PATIENCE_S)
    with database.read() as connection:
        assert len(events.newest(connection, "main", kind=EventKind.FEEDBACK, limit=9)) == 2
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
        written.result(PATIENCE_S)
    log.close()
    with database.read() as connection:
        assert events.get(connection, "main", ours.id) is not None
        assert events.count(connection, "main") == 1
    database.close()


@contextmanager
def stalled(data_dir: Path) -> Iterator[None]:
    """No process can write: as when the disk stands still."""
    with (data_dir / LOCK_FILE).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def dropped() -> float:
    return REGISTRY.get_sample_value("triagem_events_dropped_total") or 0.0


def test_while_nothing_can_be_written_answers_come_and_feedback_is_not_acknowledged(open_site: Site) -> None:
    settings = open_site.settings.model_copy(update={"request_timeout_s": 0.5})
    with TestClient(create_app(settings), base_url=LOOPBACK, client=("127.0.0.1", 50000)) as client:
        first = client.post("/v1/suggest", json={"description": "wifi lento"}).json()["suggestion_id"]
        spoken = {"suggestion_id": first, "event": "shown"}
        assert client.post("/v1/feedback", json=spoken).status_code == 201
        with stalled(open_site.data_dir):
            assert client.post("/v1/suggest", json={"description": "wifi lento"}).status_code == 200
            triaged = client.post("/v1/triage", json={"subject": "wifi lento"})
            assert triaged.status_code == 200
            assert client.post("/v1/feedback", json=spoken).status_code == 503
        accepted = {"triage_id": triaged.json()["triage_id"], "event": "accepted"}
        assert client.post("/v1/feedback", json=accepted).status_code == 201


def test_what_waits_for_the_disk_is_bounded_and_the_rest_is_counted_and_said_once(tmp_path: Path) -> None:
    database, before = Database(tmp_path), dropped()
    log = EventLog(database)
    with capture_logs() as said, stalled(tmp_path):
        for _ in range(12_000):
            log.note("main", new_event(EventKind.SUGGESTION, {}))
        lost = dropped() - before
        assert 1_000 < lost <= 2_000  # 10,000 wait, and at most 512 more are already in the writer's hands
        assert [one["event"] for one in said] == ["events are lost"]
    with capture_logs() as said:
        log.close(within_s=PATIENCE_S)
    with database.read() as connection:
        assert events.count(connection, "main") == 12_000 - lost
    assert [(one["event"], one["lost"]) for one in said] == [("events are written again", lost)]
    database.close()


def test_a_disk_that_stands_still_does_not_hold_up_the_end(tmp_path: Path) -> None:
    database, before = Database(tmp_path), dropped()
    log = EventLog(database)
    with capture_logs() as said, stalled(tmp_path):
        for _ in range(1_000):
            log.note("main", new_event(EventKind.SUGGESTION, {}))
        assert not log.close(within_s=0.5)
    assert dropped() - before == 1_000
    assert said[0]["why"] == "the disk is too slow to end in time"


@pytest.mark.parametrize("waiting", [0, 10])
def test_a_service_ends_in_time_on_a_disk_that_stands_still_and_counts_what_is_lost(
    open_site: Site, waiting: int
) -> None:
    state, before = anyio.run(open_state, open_site.settings), dropped()
    with stalled(open_site.data_dir):
        state.runner.look()
        for _ in range(waiting):
            state.events.note("main", new_event(EventKind.SUGGESTION, {}))
        began = time.monotonic()
        state.close(within_s=1.0)
        assert time.monotonic() - began < 3.0
    assert dropped() - before == waiting


def test_long_texts_that_wait_are_bounded_by_their_length(tmp_path: Path) -> None:
    database, before = Database(tmp_path), dropped()
    log = EventLog(database)
    with stalled(tmp_path):
        for number in range(1_000):
            text = TriagedText(str(number), "", "a" * 20_000, Language.PT, "digest", datetime.now(UTC))
            log.note("main", new_event(EventKind.TRIAGE, {}), text=text)
        # 400 texts of 20,000 characters are 8 million; the writer may hold 400 more.
        assert 200 <= dropped() - before <= 600
    log.close()
    database.close()


def test_feedback_that_nobody_waits_for_any_more_does_not_end_the_writing(tmp_path: Path) -> None:
    database = Database(tmp_path)
    log, answer = EventLog(database), new_event(EventKind.TRIAGE, {})
    log.note("main", answer)
    with stalled(tmp_path):
        gone = log.report("main", new_event(EventKind.FEEDBACK, {}, subject_id=answer.id), about=EventKind.TRIAGE)
        assert gone.cancel()
    said = new_event(EventKind.FEEDBACK, {}, subject_id=answer.id)
    log.report("main", said, about=EventKind.TRIAGE).result(PATIENCE_S)
    log.close()
    database.close()


def test_feedback_is_refused_at_once_when_too_much_of_it_waits(tmp_path: Path) -> None:
    database = Database(tmp_path)
    log = EventLog(database)
    with stalled(tmp_path), pytest.raises(queue.Full):
        for _ in range(12_000):
            log.report("main", new_event(EventKind.FEEDBACK, {}, subject_id="unknown"), about=EventKind.TRIAGE)
    log.close()
    database.close()


def test_the_log_goes_on_after_rows_that_the_database_refused(tmp_path: Path) -> None:
    database, before = Database(tmp_path), dropped()
    log, twice = EventLog(database), new_event(EventKind.SUGGESTION, {})
    with capture_logs() as said:
        log.note("main", twice)
        log.note("main", twice)
        eventually(lambda: dropped() == before + 2)
        log.note("main", new_event(EventKind.SUGGESTION, {}))
        log.close()
    assert [(one["event"], one.get("lost")) for one in said] == [
        ("events are lost", None),
        ("events are written again", 2),
    ]
    with database.read() as connection:
        assert events.count(connection, "main") == 1
    database.close()
