"""One training from the store to a version: snapshot, fit, bundle aside, then everything published in one transaction.

Who asked for it and how it is shown stand in `training.work`; a later version waits to be promoted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from training.dataset import take_snapshot
from training.fit import Fit, fit
from training.leaks import MOST_LISTED, leaks, without_words
from training.learned import write_learned
from training.report import describe
from triagem.artifacts import remove_others, write_bundle
from triagem.encoder.base import Encoder
from triagem.errors import Conflict, Failure, InvalidInput
from triagem.progress import Progress
from triagem.store import models
from triagem.store.audit import TRAINER
from triagem.store.database import Connection, Database
from triagem.store.models import Model
from triagem.triage.files import save_classifier
from triagem.triage.gate import first_verdict, gate_as_details
from triagem.triage.learnable import Learnable, learnable
from triagem.triage.triager import model_path
from triagem.types import TicketField

# Raise it when the same snapshot and seed give another model.
RECIPE = 4
Publish = Callable[[Connection, dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to train. The same plan on the same tickets with the same encoder gives the same digest."""

    fields: tuple[TicketField, ...] = tuple(TicketField)
    seed: int = 0

    def config(self, encoder: str) -> dict[str, Any]:
        return {
            "fields": [field.value for field in self.fields],
            "seed": self.seed,
            "encoder": encoder,
            "recipe": RECIPE,
        }


@dataclass(frozen=True, slots=True)
class Trained:
    """A new version, and the fields that it answers at once because nothing ever answered them."""

    model: Model
    live: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Built:
    """What was learned, before it has a version."""

    found: Learnable
    fit: Fit
    report: dict[str, Any]


def train(
    database: Database,
    encoder: Encoder,
    desk: str,
    *,
    plan: Plan,
    threads: int,
    on_progress: Progress,
    publish: Publish = lambda connection, result: None,  # noqa: ARG005
) -> Trained:
    """Trains a new version. `publish` runs in the transaction that makes it known; until then nothing has changed.

    Raises `InvalidInput` when the desk has nothing to learn from.
    """
    with database.read() as connection:
        found = learnable(connection, desk)
    built = build(database, encoder, desk, found, plan=plan, threads=threads, on_progress=on_progress)
    with database.read() as connection:
        version = models.next_version(connection, desk)
        known = {model.version for model in models.newest_first(connection, desk)}
    folder = model_path(database.data_dir, desk, version)
    if folder.parent.is_dir():
        remove_others(folder.parent, known)  # left by trainings that were killed before their version was known
    on_progress(1.0, "Publishing")
    manifest = save(folder, built, plan.config(encoder.digest))
    model = Model(
        version=version,
        fields=tuple(field.value for field in built.fit.outcomes),
        manifest_digest=manifest,
        model_digest=manifest,
        snapshot_digest=built.found.digest(),
        config=plan.config(encoder.digest),
        report=built.report,
        created_at=datetime.now(UTC),
    )
    with database.write() as connection:
        if models.next_version(connection, desk) != version:
            raise Conflict(
                "Another training finished meanwhile; its version stands. Train again if you need to.",
                failure=Failure.OVERTAKEN,
            )
        models.add(connection, desk, model)
        live = _go_live(connection, desk, model)
        publish(connection, {"version": version, "live": list(live)})
    return Trained(model, live)


def build(
    database: Database,
    encoder: Encoder,
    desk: str,
    found: Learnable,
    *,
    plan: Plan,
    threads: int,
    on_progress: Progress,
) -> Built:
    """Everything up to the bundle, nothing written but missing vectors."""
    snapshot = take_snapshot(database, encoder, desk, found, on_progress=on_progress)
    if not snapshot.examples and not snapshot.known:
        raise InvalidInput(
            f"Desk '{desk}' has no labelled tickets to learn from. "
            f"Bring some in with: triagem --desk {desk} import tickets FILE",
            failure=Failure.NOTHING_LABELLED,
        )
    fitted = fit(snapshot, encoder, plan.fields, seed=plan.seed, threads=threads, on_progress=on_progress)
    if not fitted.outcomes:
        names = ", ".join(field.value for field in plan.fields)
        raise InvalidInput(
            f"Nothing to tell apart: no field of {names} has tickets with two different labels, or two labels listed. "
            f"Bring in more labelled tickets with: triagem --desk {desk} import tickets FILE",
            failure=Failure.NOTHING_TO_TELL_APART,
        )
    leaking = leaks(snapshot.examples)
    report = {
        "tickets": len(snapshot.examples),
        "repeats_left_out": snapshot.repeats,
        "labels": found.counts,
        "fields": {
            field.value: {
                **describe(snapshot, outcome),
                "leaks": [without_words(one) for one in leaking[field][:MOST_LISTED]],
            }
            for field, outcome in fitted.outcomes.items()
        },
    }
    return Built(found, fitted, report)


def save(folder: Path, built: Built, config: dict[str, Any]) -> str:
    """Writes the bundle and returns its digest, which depends on what was learned and from what alone."""
    content = {"kind": "triage", "config": config, "snapshot": built.found.digest()}

    def fill(aside: Path) -> None:
        save_classifier(aside, built.fit.classifier)
        write_learned(aside, built.found)

    return write_bundle(folder, content, fill=fill)


def _go_live(connection: Connection, desk: str, model: Model) -> tuple[str, ...]:
    # Where a model was taken back a person has spoken, so that the next one waits for one: decision 23.
    answered = models.ever_answered(connection, desk)
    unanswered = [TicketField(name) for name in model.fields if name not in answered]
    verdicts = [first_verdict(field, model.report["fields"][field.value]) for field in unanswered]
    fields = [one.field.value for one in verdicts if one.objection is None]
    if fields:
        why = f"First model of {', '.join(fields)}; better than the commonest class, or learned from names alone."
        assignments = dict.fromkeys(fields, model.version)
        gate = gate_as_details(verdicts)
        models.promote(connection, desk, assignments=assignments, actor=TRAINER, why=why, gate=gate)
    return tuple(fields)
