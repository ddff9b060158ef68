"""Long work as rows: what was asked for, who does it, how far it is, how it ended.

Work survives a crash and is never done twice at a time. The work itself stands in the programs.
"""

import errno
import fcntl
import os
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from sqlalchemy import Connection, Row, insert, or_, select, update

from triagem.errors import Cancelled, Conflict, Failure, NotFound, TriagemError
from triagem.store.database import Database
from triagem.store.tables import runs

LEASE = timedelta(seconds=60)


class RunKind(StrEnum):
    TRAIN = "train"
    INDEX = "index"
    AUDIT = "audit"


class RunState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


_ENDED = (RunState.DONE.value, RunState.FAILED.value, RunState.CANCELLED.value)


@dataclass(frozen=True, slots=True)
class Run:
    """One piece of long work. `progress` goes from 0 to 1; `error` says what happened and what to do, in English.

    `failure` is its code; None unless it failed, and for failures of before there were codes.
    """

    id: str
    kind: RunKind
    state: RunState
    progress: float
    message: str
    parameters: dict[str, Any]
    result: dict[str, Any] | None
    error: str | None
    failure: Failure | None
    cancel_requested: bool
    created_at: datetime
    finished_at: datetime | None


def queue(
    connection: Connection, desk: str, *, kind: RunKind, parameters: dict[str, Any], run_id: str | None = None
) -> Run:
    """Asks for work. While a run of this kind is queued or running in the desk, that one is returned: two are one.

    So is the run of the id `run_id`, even when it is done: it was asked for once more.
    """
    known = asked(connection, desk, run_id) if run_id else None
    if known is not None:
        return known
    query = select(runs).where(runs.c.desk == desk, runs.c.kind == kind.value, runs.c.state.not_in(_ENDED))
    waiting = connection.execute(query).first()
    if waiting is not None:
        return _run(waiting)
    if run_id is None or _find(connection, desk, run_id) is not None:
        run_id = uuid.uuid4().hex
    row = {
        "desk": desk,
        "id": run_id,
        "kind": kind.value,
        "state": RunState.QUEUED.value,
        "progress": 0.0,
        "message": "",
        "parameters": parameters,
        "cancel_requested": False,
        "created_at": datetime.now(UTC),
    }
    connection.execute(insert(runs).values(row))
    return get(connection, desk, run_id)


def get(connection: Connection, desk: str, run_id: str) -> Run:
    """Raises `NotFound` for a run this desk does not have."""
    run = _find(connection, desk, run_id)
    if run is None:
        raise NotFound(f"Desk '{desk}' has no run '{run_id}'.")
    return run


def asked(connection: Connection, desk: str, run_id: str) -> Run | None:
    """The run of this id that waits, works or is done; None where it failed, was cancelled or never was."""
    run = _find(connection, desk, run_id)
    return run if run is not None and run.state not in (RunState.FAILED, RunState.CANCELLED) else None


def newest_first(connection: Connection, desk: str, *, limit: int) -> list[Run]:
    """At most `limit` runs of a desk, the latest first."""
    query = select(runs).where(runs.c.desk == desk).order_by(runs.c.created_at.desc(), runs.c.id).limit(limit)
    return [_run(row) for row in connection.execute(query)]


def last_of(connection: Connection, desk: str, kind: RunKind) -> Run | None:
    """The newest run of a kind, however it ended; None if there was none."""
    query = select(runs).where(runs.c.desk == desk, runs.c.kind == kind.value).order_by(runs.c.created_at.desc())
    row = connection.execute(query.limit(1)).first()
    return None if row is None else _run(row)


def request_cancel(connection: Connection, desk: str, run_id: str) -> Run:
    """A queued run ends at once, a running one at its next report. Raises `Conflict` when it has ended already."""
    run = get(connection, desk, run_id)
    if run.state.value in _ENDED:
        raise Conflict(f"Run '{run_id}' has already ended: {run.state.value}.")
    free = or_(runs.c.lease_until.is_(None), runs.c.lease_until < datetime.now(UTC))
    this = (runs.c.desk == desk) & (runs.c.id == run_id)
    connection.execute(update(runs).where(this).values(cancel_requested=True))
    ended = {"state": RunState.CANCELLED.value, "finished_at": datetime.now(UTC)}
    connection.execute(update(runs).where(this, free).values(**ended))
    return get(connection, desk, run_id)


def waiting(connection: Connection) -> list[tuple[str, Run]]:
    """Runs of all desks that nobody holds, oldest first, each with its desk."""
    free = or_(runs.c.lease_until.is_(None), runs.c.lease_until < datetime.now(UTC))
    query = select(runs).where(runs.c.state.not_in(_ENDED), free).order_by(runs.c.created_at)
    return [(row.desk, _run(row)) for row in connection.execute(query)]


class Worker:
    """Holds one run: reports its progress, notices a cancel, writes down how it ended.

    The run's lock file is freed by the system when the process dies, however it dies, so a run that a crash left behind
    is taken again at once; the lease says the same to those who only look.
    """

    def __init__(self, database: Database, desk: str, run: Run) -> None:
        """Takes the run. Raises `Conflict` when it has ended or somebody else holds it."""
        self._database = database
        self._desk = desk
        with database.write() as connection:
            self._take(connection, run)

    @classmethod
    def queue(cls, database: Database, desk: str, *, kind: RunKind, parameters: dict[str, Any]) -> "Worker":
        """Asks for work and takes it in one transaction, so that nobody else can take it in between."""
        worker = cls.__new__(cls)
        worker._database, worker._desk = database, desk
        with database.write() as connection:
            worker._take(connection, queue(connection, desk, kind=kind, parameters=parameters))
        return worker

    def _take(self, connection: Connection, run: Run) -> None:
        self.run = run
        self._owner = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._lock = _lock(self._database.data_dir / "runs" / f"{run.id}.lock")
        mine = {"owner": self._owner, "lease_until": datetime.now(UTC) + LEASE}
        this = (runs.c.desk == self._desk) & (runs.c.id == run.id) & runs.c.state.not_in(_ENDED)
        taking = update(runs).where(this).values(state=RunState.RUNNING.value, **mine)
        if self._lock is None or not connection.execute(taking).rowcount:
            raise Conflict(
                f"Already under way in desk '{self._desk}': a run of kind {run.kind.value}. Wait for it or cancel it."
            )

    def report(self, progress: float, message: str) -> None:
        """Renews the lease. Raises `Cancelled` when the run was cancelled or taken over by another worker."""
        with self._database.write() as connection:
            kept = connection.execute(
                update(runs)
                .where(self._mine(), runs.c.cancel_requested.is_(False))
                .values(progress=progress, message=message, lease_until=datetime.now(UTC) + LEASE)
            ).rowcount
        if not kept:
            raise Cancelled(f"The {self.run.kind.value} run was cancelled; nothing was changed.")

    def finish(self, connection: Connection, result: dict[str, Any], *, failed: TriagemError | None = None) -> None:
        """Marks the run done, in the transaction that publishes its result. Raises `Cancelled` like `report`.

        With `failed` the run has come to its end and failed all the same; the result says what was looked at.
        """
        ended = {
            "state": (RunState.FAILED if failed else RunState.DONE).value,
            "error": str(failed) if failed else None,
            "failure": failed.failure.value if failed else None,
            "progress": 1.0,
            "message": "",
            "result": result,
            "lease_until": None,
            "finished_at": datetime.now(UTC),
        }
        if not connection.execute(update(runs).where(self._mine()).values(**ended)).rowcount:
            raise Cancelled(f"The {self.run.kind.value} run was taken over by another worker.")

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Writes down a failure or a cancel, and lets go of the run."""
        if isinstance(error, TriagemError) and not isinstance(error, Cancelled):
            self._end(RunState.FAILED, str(error), failure=error.failure)
        elif isinstance(error, Cancelled | KeyboardInterrupt):
            self._end(RunState.CANCELLED, "Cancelled; nothing was changed.")
        elif kind is not None:
            is_full = isinstance(error, OSError) and error.errno == errno.ENOSPC
            failure = Failure.DISK_FULL if is_full else Failure.UNEXPECTED
            self._end(
                RunState.FAILED, f"It stopped on an unexpected {kind.__name__}; the log says where.", failure=failure
            )
        if self._lock is not None:
            Path(self._lock.name).unlink(missing_ok=True)
            self._lock.close()

    def _end(self, state: RunState, error: str, *, failure: Failure | None = None) -> None:
        ended = {
            "state": state.value,
            "error": error,
            "failure": failure.value if failure else None,
            "lease_until": None,
            "finished_at": datetime.now(UTC),
        }
        with self._database.write() as connection:
            connection.execute(update(runs).where(self._mine()).values(**ended))

    def _mine(self) -> Any:
        return (runs.c.desk == self._desk) & (runs.c.id == self.run.id) & (runs.c.owner == self._owner)


def _lock(path: Path) -> TextIO | None:
    path.parent.mkdir(exist_ok=True)
    stream = path.open("w")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        stream.close()
        return None
    return stream


def _find(connection: Connection, desk: str, run_id: str) -> Run | None:
    row = connection.execute(select(runs).where(runs.c.desk == desk, runs.c.id == run_id)).first()
    return None if row is None else _run(row)


def _run(row: Row[Any]) -> Run:
    return Run(
        id=row.id,
        kind=RunKind(row.kind),
        state=RunState(row.state),
        progress=row.progress,
        message=row.message,
        parameters=row.parameters,
        result=row.result,
        error=row.error,
        failure=Failure(row.failure) if row.failure else None,
        cancel_requested=row.cancel_requested,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )
