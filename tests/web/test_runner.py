"""Queued work is done by a process of its own, and its end stands in its row."""

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from service.runner import Runner
from tests.waiting import PATIENCE_S, eventually
from tests.web.conftest import Site
from triagem.errors import Failure
from triagem.search.build import needs_build
from triagem.settings import Settings
from triagem.store import changes, generations, runs
from triagem.store.database import Database
from triagem.store.runs import Run, RunKind, RunState
from triagem.types import Kind


def _wait(database: Database, run: Run, ended: Callable[[Run], bool]) -> Run:
    give_up = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up:
        with database.read() as connection:
            now = runs.get(connection, "main", run.id)
        if ended(now):
            return now
        time.sleep(0.05)
    raise AssertionError(f"still {now.state} after {PATIENCE_S} s: {now.message}")


def _queue(database: Database, kind: RunKind) -> Run:
    with database.write() as connection:
        return runs.queue(connection, "main", kind=kind, parameters={})


def test_a_queued_rebuild_publishes_another_generation(open_site: Site) -> None:
    database = Database(open_site.data_dir)
    with database.read() as connection:
        before = generations.published(connection, "main")
    run = _queue(database, RunKind.INDEX)
    runner = Runner(database, open_site.settings, encoder_digest="hashing-1")
    done = _wait(database, run, lambda now: now.finished_at is not None)
    runner.close()
    with database.read() as connection:
        after = generations.published(connection, "main")
    database.close()
    assert done.state is RunState.DONE, done.error
    assert before is not None and after is not None and after.id != before.id


def test_a_desk_that_changed_much_gets_a_new_generation_by_itself(open_site: Site) -> None:
    database = Database(open_site.data_dir)
    with database.write() as connection:
        changes.record(connection, "main", kind=Kind.TICKET, refs=[f"T-{number}" for number in range(201)])
    runner = Runner(database, open_site.settings, encoder_digest="hashing-1")
    runner.tend("main")
    runner.look()

    def waiting() -> list[tuple[str, Run]]:
        with database.read() as connection:
            return runs.waiting(connection)

    eventually(waiting)
    queued = waiting()
    runner.close()
    database.close()
    assert [(desk, run.kind) for desk, run in queued] == [("main", RunKind.INDEX)]


def test_the_index_of_an_encoder_that_takes_over_is_not_built_away(open_site: Site) -> None:
    database = Database(open_site.data_dir)
    assert needs_build(database, "main", encoder_digest="the old one")
    assert not needs_build(database, "main", encoder_digest="the old one", takes_over=False)
    database.close()


def test_work_that_ends_without_a_result_three_times_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.runner._LOOK_EVERY_S", 0.01)
    monkeypatch.setattr("service.runner._COMMANDS", {RunKind.INDEX: ("no-such-command",)})
    database = Database(tmp_path)
    run = _queue(database, RunKind.INDEX)
    runner = Runner(database, Settings(data_dir=tmp_path, encoder="hashing"), encoder_digest="hashing-1")
    failed = _wait(database, run, lambda now: now.finished_at is not None)
    runner.close()
    database.close()
    assert (failed.state, failed.failure, failed.error) == (
        RunState.FAILED,
        Failure.GAVE_UP,
        "It ended without a result three times. The service's log says more.",
    )


def test_of_two_services_on_one_data_directory_only_one_starts_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.runner._LOOK_EVERY_S", 0.01)
    database = Database(tmp_path)
    settings = Settings(data_dir=tmp_path, encoder="hashing")
    started: list[Runner] = []
    looked: Counter[Runner] = Counter()
    queue_builds = Runner._queue_builds

    def look(runner: Runner) -> None:
        looked[runner] += 1
        queue_builds(runner)

    def note(runner: Runner, desk: str, run: Run) -> bool:
        started.append(runner)
        return False

    monkeypatch.setattr(Runner, "_queue_builds", look)
    monkeypatch.setattr(Runner, "_do", note)
    runners = [Runner(database, settings, encoder_digest="hashing-1") for _ in range(2)]
    _queue(database, RunKind.INDEX)
    eventually(lambda: started)
    looked.clear()
    eventually(lambda: all(looked[runner] > 1 for runner in runners))
    working = {id(runner) for runner in started}  # once the one ends, the other takes over
    for runner in runners:
        runner.close()
    database.close()
    assert len(working) == 1
