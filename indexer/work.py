"""One piece of indexing as a run: taken, shown while it goes on, followed by a new generation where one is due."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from indexer.sync import Report
from triagem.encoder.base import Encoder
from triagem.encoder.open import open_encoder
from triagem.errors import Failure, InvalidInput
from triagem.progress import Progress, taken
from triagem.search.build import build_generation, needs_build
from triagem.settings import Settings
from triagem.store.database import Database
from triagem.store.generations import Generation
from triagem.store.runs import RunKind


class Job(Protocol):
    """What brings articles or tickets in."""

    def __call__(
        self, database: Database, open_encoder: Callable[[], Encoder], *, desk: str, on_progress: Progress
    ) -> Report: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did; `generation` is the one it published, if any."""

    what: str
    report: Report
    generation: Generation | None
    seconds: float

    def as_record(self) -> dict[str, Any]:
        report = self.report
        return {
            "added": report.added,
            "updated": report.updated,
            "unchanged": report.unchanged,
            "removed": report.removed,
            "errors": _listed(report.refused),
            "repeated": _listed(report.repeated),
            "passed_over": list(report.passed_over),
            "encoding": report.encoding,
            "generation": self.generation.id if self.generation else None,
            "seconds": round(self.seconds, 3),
        }

    @property
    def refusal(self) -> InvalidInput | None:
        """Why the whole of it failed: all that was brought was refused."""
        refused = len(self.report.refused)
        if self.report.taken or not refused:
            return None
        what = f"all {refused} were" if refused > 1 else f"{self.report.refused[0][0]} was"
        return InvalidInput(f"Nothing was taken: {what} refused.", failure=Failure.NOTHING_TAKEN)


def perform(
    settings: Settings,
    job: Job | None,
    *,
    what: str,
    path: Path | None = None,
    rebuild: bool = False,
    run_id: str | None = None,
) -> Outcome:
    """Does the job and builds a generation where `rebuild` or the size of the change asks for it.

    `path` is what the job reads; the run is known by its name.

    Raises `Conflict` while another indexing run is under way in the desk.
    """
    started = time.monotonic()
    database = Database(settings.data_dir)
    desk = settings.desk

    @cache
    def encoder() -> Encoder:
        return open_encoder(settings.encoder, threads=settings.threads)

    parameters: dict[str, Any] = {"rebuild": rebuild}
    if path is not None:
        parameters["file"] = {"what": what, "name": _name(path)}
    with taken(database, desk, kind=RunKind.INDEX, parameters=parameters, run_id=run_id) as (worker, on_progress):
        report = job(database, encoder, desk=desk, on_progress=on_progress) if job else Report()
        generation = None
        if rebuild or needs_build(database, desk, encoder_digest=encoder().digest):
            generation = build_generation(database, encoder(), desk=desk, on_progress=on_progress)
        outcome = Outcome(what, report, generation, time.monotonic() - started)
        with database.write() as connection:
            worker.finish(connection, outcome.as_record(), failed=outcome.refusal)
    database.close()
    return outcome


def _name(path: Path) -> str:
    """A file's or folder's name in characters that can be stored."""
    return path.resolve().name.encode(errors="replace").decode()


def _listed(pairs: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"where": where, "reason": reason} for where, reason in pairs]
