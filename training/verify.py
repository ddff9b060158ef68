"""Proves that a version is what it says: trained again from the same tickets, it must come out the same to the bit."""

import os
from pathlib import Path

from training.train import RECIPE, Plan, build, save
from triagem.encoder.base import Encoder
from triagem.errors import Conflict, DamagedArtifact
from triagem.progress import Progress
from triagem.store import models
from triagem.store.database import Database
from triagem.types import TicketField


def verify(
    database: Database,
    encoder: Encoder,
    desk: str,
    version: str,
    *,
    folder: Path,
    threads: int,
    on_progress: Progress,
) -> str:
    """The digest of the version, once it was reproduced inside `folder`.

    Raises `Conflict` when that cannot be tried any more (other tickets, encoder or recipe), `DamagedArtifact` when it
    was tried and the digests differ.
    """
    with database.read() as connection:
        model = models.get(connection, desk, version)
    if model.config["encoder"] != encoder.digest or model.config["recipe"] != RECIPE:
        raise Conflict(
            f"{version} was trained with another encoder or an older Triagem; it cannot be built again here."
        )
    plan = Plan(tuple(TicketField(name) for name in model.config["fields"]), model.config["seed"])
    built = build(database, encoder, desk, plan=plan, threads=threads or os.cpu_count() or 1, on_progress=on_progress)
    if built.snapshot.digest != model.snapshot_digest:
        raise Conflict(
            f"The tickets have changed since {version} was trained, so it cannot be built again. "
            f"Train a new one with: triagem --desk {desk} train"
        )
    digest = save(folder / version, built, plan.config(encoder.digest))
    if digest != model.model_digest:
        raise DamagedArtifact(
            f"{version} could not be reproduced: digest {model.model_digest[:16]} was stored, {digest[:16]} came out."
        )
    return digest
