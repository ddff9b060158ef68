"""Proves that a version is what it says: trained again from the same tickets, it must come out the same to the bit."""

from dataclasses import dataclass
from pathlib import Path

from training.learned import read_learned
from training.train import RECIPE, Plan, build, save
from triagem.artifacts import read_bundle
from triagem.encoder.base import Encoder
from triagem.errors import Conflict, DamagedArtifact
from triagem.progress import Progress
from triagem.store import models
from triagem.store.database import Database
from triagem.triage.triager import model_path
from triagem.types import TicketField

_NAMED = 5


@dataclass(frozen=True, slots=True)
class Verified:
    """The digest that came out again; `changed` are ids of tickets that would be learned otherwise today, or not."""

    digest: str
    changed: tuple[str, ...]


def verify(
    database: Database,
    encoder: Encoder,
    desk: str,
    version: str,
    *,
    folder: Path,
    threads: int,
    on_progress: Progress,
) -> Verified:
    """Reproduces the version inside `folder`, from the tickets as it learned them, whatever came or changed since.

    Raises `Conflict` when that cannot be tried any more (texts that are gone, another encoder or recipe),
    `DamagedArtifact` when it was tried and the digests differ.
    """
    with database.read() as connection:
        model = models.get(connection, desk, version)
    if model.config["encoder"] != encoder.digest or model.config["recipe"] != RECIPE:
        raise Conflict(
            f"{version} was trained with another encoder or an older Triagem; it cannot be built again here."
        )
    bundle = read_bundle(model_path(database.data_dir, desk, version), digest=model.manifest_digest)
    with database.read() as connection:
        learned = read_learned(bundle.path, connection, desk)
    if learned.gone:
        raise Conflict(
            f"The tickets have changed since {version} was trained, so it cannot be built again: {len(learned.gone)} "
            f"are gone or say something else ({named(learned.gone)}). "
            f"Train a new one with: triagem --desk {desk} train"
        )
    plan = Plan(tuple(TicketField(name) for name in model.config["fields"]), model.config["seed"])
    built = build(database, encoder, desk, learned.found, plan=plan, threads=threads, on_progress=on_progress)
    digest = save(folder / version, built, plan.config(encoder.digest))
    if digest != model.model_digest:
        raise DamagedArtifact(
            f"{version} could not be reproduced: digest {model.model_digest[:16]} was stored, {digest[:16]} came out."
        )
    return Verified(digest, learned.changed)


def named(ids: tuple[str, ...]) -> str:
    """The first few of a list of ids."""
    return ", ".join(ids[:_NAMED]) + (", ..." if len(ids) > _NAMED else "")
