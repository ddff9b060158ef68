"""A training as a run: taken, shown while it goes on, cancelled or finished, whoever asked for it.

What is done in between stands in `training.train`.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tqdm import tqdm

from training.dataset import Progress
from training.train import Plan, Trained, train
from triagem.encoder.open import open_encoder
from triagem.settings import Settings
from triagem.store import desks, runs
from triagem.store.database import Database
from triagem.store.runs import RunKind, Worker
from triagem.types import TicketField

_REPORT_EVERY_S = 1.0


def perform(settings: Settings, plan: Plan, *, run_id: str | None = None) -> Trained:
    """Trains by a queued run's own parameters if one is named, else by `plan`.

    Raises `Conflict` while another training is under way in the desk. SIGINT and SIGTERM cancel it.
    """
    database = Database(settings.data_dir)
    with database.write() as connection:
        desks.ensure(connection, settings.desk)
        run = (
            runs.get(connection, settings.desk, run_id)
            if run_id
            else runs.queue(connection, settings.desk, kind=RunKind.TRAIN, parameters=plan_as_parameters(plan))
        )
    with _terminable(), Worker(database, settings.desk, run) as worker, _shown(worker) as on_progress:
        trained = train(
            database,
            open_encoder(settings.encoder, threads=settings.threads),
            settings.desk,
            plan=plan_from_parameters(run.parameters),
            threads=settings.threads or os.cpu_count() or 1,
            on_progress=on_progress,
            publish=worker.finish,
        )
    database.close()
    return trained


def plan_as_parameters(plan: Plan) -> dict[str, object]:
    """A plan as a run keeps it."""
    return {"fields": [field.value for field in plan.fields], "seed": plan.seed}


def plan_from_parameters(parameters: dict[str, object]) -> Plan:
    """A run's plan; what it does not say is as in `Plan`."""
    plan = Plan()
    named, seed = parameters.get("fields"), parameters.get("seed", plan.seed)
    fields = tuple(TicketField(name) for name in named) if isinstance(named, list) else plan.fields
    return Plan(fields, seed if isinstance(seed, int) else plan.seed)


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
    """Progress to the run's row, once a second, and to a bar where stderr is a terminal."""
    reported = 0.0
    with tqdm(total=100, disable=None, leave=False, bar_format="{desc} {percentage:3.0f}% |{bar}| {elapsed}") as bar:

        def report(share: float, what: str) -> None:
            nonlocal reported
            bar.set_description_str(what, refresh=False)
            bar.n = round(100 * share)
            bar.refresh()
            if time.monotonic() - reported > _REPORT_EVERY_S:
                worker.report(share, what)
                reported = time.monotonic()

        yield report
