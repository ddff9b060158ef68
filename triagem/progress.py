"""Long work in this process as a run: taken, shown while it goes on, ended by a signal like by a cancel.

What is done, and what it publishes at its end, is the programs' business.
"""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm

from triagem.store import desks, runs
from triagem.store.database import Database
from triagem.store.runs import Run, RunKind, Worker

# Gets a share from 0 to 1 and what is being done; may raise to stop the work.
Progress = Callable[[float, str], None]

_REPORT_EVERY_S = 1.0
_BAR = "{desc} {percentage:3.0f}% |{bar}| {elapsed}"


@contextmanager
def taken(
    database: Database, desk: str, *, kind: RunKind, parameters: dict[str, Any], run_id: str | None
) -> Iterator[tuple[Worker, Progress]]:
    """Takes the queued run `run_id`, or queues one with `parameters`; while it is held, progress goes to its row, once
    a second, and to a bar where stderr is a terminal.

    Raises `Conflict` while another run of this kind is under way in the desk. SIGINT and SIGTERM cancel the run.
    """
    with database.write() as connection:
        desks.ensure(connection, desk)
        run = runs.get(connection, desk, run_id) if run_id else None
    with _terminable(), _taken(database, desk, run, kind, parameters) as worker, _shown(worker) as progress:
        yield worker, progress


def _taken(database: Database, desk: str, run: Run | None, kind: RunKind, parameters: dict[str, Any]) -> Worker:
    if run is not None:
        return Worker(database, desk, run)
    return Worker.queue(database, desk, kind=kind, parameters=parameters)


def silent(share: float, what: str) -> None:
    """Progress nobody asked for."""


@contextmanager
def _terminable() -> Iterator[None]:
    """A polite request to end is a cancel, as Ctrl-C is."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _shown(worker: Worker) -> Iterator[Progress]:
    reported = 0.0
    with tqdm(total=100, disable=None, leave=False, bar_format=_BAR) as bar:

        def report(share: float, what: str) -> None:
            nonlocal reported
            bar.set_description_str(what, refresh=False)
            bar.n = round(100 * share)
            bar.refresh()
            if time.monotonic() - reported > _REPORT_EVERY_S:
                worker.report(share, what)
                reported = time.monotonic()

        yield report
