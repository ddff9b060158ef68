"""Starts queued long work as processes of its own, one at a time, and ends those that were cancelled.

What a run is and who holds it stands in `triagem.store.runs`; the work is done by the commands a person would type.
"""

import fcntl
import os
import queue
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from tempfile import TemporaryFile
from typing import IO, Final

from service import uploads
from service.observability import log, where
from triagem.errors import Conflict, Failure
from triagem.search.build import needs_build
from triagem.settings import Settings
from triagem.store import runs
from triagem.store.database import Database
from triagem.store.runs import Run, RunKind

LOCK_FILE: Final = "service.lock"

_COMMANDS: Mapping[RunKind, tuple[str, ...]] = {
    RunKind.TRAIN: ("train",),
    RunKind.INDEX: ("index", "--rebuild"),
    RunKind.AUDIT: ("audit",),
}
_LOOK_EVERY_S: Final = 2.0
_WATCH_EVERY_S: Final = 0.5
_ATTEMPTS: Final = 3
# Longer it takes only where the disk stands still, or where upkeep is at work.
_CLOSE_WITHIN_S: Final = 5.0
_GENTLY: Final = 10
_FIT_FOR_THE_LOG: Final = ("triagem: ", '  File "')
_LINES_KEPT: Final = 8


class Runner:
    """One thread that looks for runs. Of several service processes on a data directory only one does so at a time."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        *,
        encoder_digest: str,
        upkeep: Callable[[], None] = lambda: None,
    ) -> None:
        """`upkeep` is called at every look, by the process that does the work."""
        self._database = database
        self._settings = settings
        self._encoder_digest = encoder_digest
        self._upkeep = upkeep
        self._changed: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._attempts: Counter[str] = Counter()
        self._news = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name="runner", daemon=True)
        self._thread.start()

    def look(self) -> None:
        """Says that a run was queued or cancelled, so that it need not wait for the next look."""
        self._news.set()

    def tend(self, desk: str) -> None:
        """Says that a desk's articles or tickets changed: its index is built anew when it has fallen far behind."""
        self._changed.put(desk)

    def stop(self) -> None:
        """Tells the thread to end. Work under way is killed; its run is taken up again after the next start."""
        self._stopping = True
        self._news.set()

    def close(self, *, within_s: float = _CLOSE_WITHIN_S) -> bool:
        """Stops, and waits for the end. False where it does not come so soon: the thread ends with the process."""
        self.stop()
        self._thread.join(within_s)
        return not self._thread.is_alive()

    def _work(self) -> None:
        with (self._database.data_dir / LOCK_FILE).open("w") as lock:
            holds_lock = False
            while not self._stopping:
                try:
                    self._queue_builds()
                    holds_lock = holds_lock or _take(lock.fileno())
                    if holds_lock:
                        self._upkeep()
                        self._do_next()
                except Exception as error:
                    log.error("runner failed", error=type(error).__name__, at=where(error))
                self._pause(_LOOK_EVERY_S)

    def _pause(self, seconds: float) -> None:
        self._news.wait(seconds)
        if not self._stopping:
            self._news.clear()

    def _queue_builds(self) -> None:
        changed = set()
        while not self._changed.empty():
            changed.add(self._changed.get())
        for desk in sorted(changed):
            # Whoever built with another encoder is about to start the service with it: no race of rebuilds.
            if needs_build(self._database, desk, encoder_digest=self._encoder_digest, takes_over=False):
                with self._database.write() as connection:
                    runs.queue(connection, desk, kind=RunKind.INDEX, parameters={"rebuild": True})

    def _do_next(self) -> None:
        with self._database.read() as connection:
            waiting = runs.waiting(connection)
        if not waiting:
            return
        desk, run = waiting[0]
        self._attempts[run.id] += 1
        if self._attempts[run.id] > _ATTEMPTS:
            self._give_up(desk, run, "It ended without a result three times. The service's log says more.")
        elif self._do(desk, run):
            self._news.set()
        with self._database.read() as connection:
            uploads.discard_of_ended(self._settings.data_dir, runs.get(connection, desk, run.id))

    def _do(self, desk: str, run: Run) -> bool:
        """Whether the work ended well; if not, there is no hurry to try again."""
        log.info("run started", desk=desk, run=run.id, kind=run.kind.value)
        with TemporaryFile() as written:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and commands
                self._command(desk, run),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=written,
                env={**os.environ, "TRIAGEM_ENCODER": self._settings.encoder},
                start_new_session=True,  # Ctrl-C in the service's terminal is not a cancel
            )
            os.setpriority(os.PRIO_PROCESS, process.pid, _GENTLY)
            self._watch(process, desk, run)
            said = _last_words(written) if process.returncode else []
        log.info("run ended", desk=desk, run=run.id, kind=run.kind.value, exit_code=process.returncode, said=said)
        return process.returncode == 0

    def _watch(self, process: "subprocess.Popen[bytes]", desk: str, run: Run) -> None:
        told = False
        while process.poll() is None:
            if self._stopping:
                process.kill()
            elif not told and self._is_cancelled(desk, run):
                process.terminate()
                told = True
            self._pause(_WATCH_EVERY_S)

    def _command(self, desk: str, run: Run) -> list[str]:
        where_to = ["--data-dir", str(self._settings.data_dir), "--desk", desk]
        command = uploads.arguments(self._settings.data_dir, run) or _COMMANDS[run.kind]
        return [sys.executable, "-m", "triagem", *where_to, *command, "--run", run.id]

    def _is_cancelled(self, desk: str, run: Run) -> bool:
        with self._database.read() as connection:
            return runs.get(connection, desk, run.id).cancel_requested

    def _give_up(self, desk: str, run: Run, reason: str) -> None:
        log.error("run given up", desk=desk, run=run.id, kind=run.kind.value)
        with suppress(Conflict), runs.Worker(self._database, desk, run):
            raise Conflict(reason, failure=Failure.GAVE_UP)


def _last_words(written: IO[bytes]) -> list[str]:
    """What a failed process said of itself: our own sentence, or where it broke; no message, it may quote a ticket."""
    written.seek(0)
    lines = written.read().decode(errors="replace").splitlines()
    kept = [line.strip() for line in lines if line.startswith(_FIT_FOR_THE_LOG)][-_LINES_KEPT:]
    kind = lines[-1].partition(":")[0] if lines else ""
    return [*kept, kind] if kind.isidentifier() and kind != "triagem" else kept


def _take(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
