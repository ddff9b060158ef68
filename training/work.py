"""A training as a run: taken, shown while it goes on, cancelled or finished, whoever asked for it.

What is done in between stands in `training.train`.
"""

import os
from functools import partial
from typing import Any

from training.train import Plan, Trained, train
from triagem.encoder.open import open_encoder
from triagem.progress import taken
from triagem.settings import Settings, operator
from triagem.store import audit
from triagem.store.audit import BY_COMMAND, OVER_HTTP, Action, Entry
from triagem.store.database import Connection, Database
from triagem.store.runs import RunKind, Worker
from triagem.types import TicketField


def perform(settings: Settings, plan: Plan, *, run_id: str | None = None, why: str = BY_COMMAND) -> Trained:
    """Trains by a queued run's own parameters if one is named, else by `plan`; who asked for it, and `why`, is logged.

    Raises `Conflict` while another training is under way in the desk. SIGINT and SIGTERM cancel it.
    """
    database = Database(settings.data_dir)
    asked = {**plan_as_parameters(plan), "by": operator(), "why": why}
    with taken(database, settings.desk, kind=RunKind.TRAIN, parameters=asked, run_id=run_id) as (worker, on_progress):
        trained = train(
            database,
            open_encoder(settings.encoder, threads=settings.threads),
            settings.desk,
            plan=plan_from_parameters(worker.run.parameters),
            threads=settings.threads or os.cpu_count() or 1,
            on_progress=on_progress,
            publish=partial(_publish, worker, settings.desk),
        )
    database.close()
    return trained


def _publish(worker: Worker, desk: str, connection: Connection, result: dict[str, Any]) -> None:
    asked = worker.run.parameters
    by, why = (str(asked.get(name) or otherwise) for name, otherwise in (("by", operator()), ("why", OVER_HTTP)))
    audit.record(connection, desk, Entry(by, Action.TRAIN, result["version"], why))
    worker.finish(connection, result)


def plan_as_parameters(plan: Plan) -> dict[str, object]:
    """A plan as a run keeps it."""
    return {"fields": [field.value for field in plan.fields], "seed": plan.seed}


def plan_from_parameters(parameters: dict[str, object]) -> Plan:
    """A run's plan; what it does not say is as in `Plan`."""
    plan = Plan()
    named, seed = parameters.get("fields"), parameters.get("seed", plan.seed)
    fields = tuple(TicketField(name) for name in named) if isinstance(named, list) else plan.fields
    return Plan(fields, seed if isinstance(seed, int) else plan.seed)
