"""A model small enough to be checked by hand: two anchors, two categories."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from tests.library.triage.proof import evidence
from triagem import artifacts
from triagem.encoder.hashing import HashingEncoder
from triagem.store import models
from triagem.store.database import Database
from triagem.store.models import Model
from triagem.triage.classifier import Anchors, Classifier, Head
from triagem.triage.files import save_classifier
from triagem.triage.kernel import Likeness, learn_lexicon
from triagem.triage.scale import Scale
from triagem.triage.thresholds import Evidence
from triagem.triage.triager import model_path
from triagem.types import TicketField

ENCODER = HashingEncoder()
TEXTS = ("the invoice is wrong", "the router is offline")


NO_EVIDENCE = Evidence(np.zeros(0, dtype=np.int32), np.zeros(0), np.zeros(0, dtype=bool))


def handmade(
    classes: tuple[str, str] = ("billing", "network"),
    *,
    evidence: Evidence = NO_EVIDENCE,
    least_familiar: float | None = None,
    field: TicketField = TicketField.CATEGORY,
) -> Classifier:
    """Whatever is like the first text is of the first class, whatever is like the second of the second.

    Each ticket of the evidence stands for the anchor of its own class.
    """
    lexicon = learn_lexicon(TEXTS)
    anchors = Anchors(lexicon.rows(TEXTS).T.tocsr(), ENCODER.encode(TEXTS), ("t1", "t2"))
    head = Head(
        classes=classes,
        weights=np.eye(2, dtype=np.float32),
        owners=np.arange(2, dtype=np.int32),
        likeness=Likeness(1.0, 1.0),
        scale=Scale(2.0, 0.01, np.zeros(2), 1_000_000),
        evidence=evidence,
        least_familiar=least_familiar,
        proving=np.where(evidence.correct, evidence.predicted, 1 - evidence.predicted).astype(np.int32),
        ahead=np.zeros(0, dtype=np.int32),
    )
    return Classifier(lexicon, anchors, {field: head})


def publish(
    database: Database, version: str, classifier: Classifier, *, encoder: str = ENCODER.digest, desk: str = "main"
) -> Path:
    """Writes a version's bundle, makes it known, and promotes it."""
    path = model_path(database.data_dir, desk, version)
    digest = artifacts.write_bundle(path, {}, fill=lambda aside: save_classifier(aside, classifier))
    model = Model(
        version=version,
        fields=tuple(classifier.heads),
        manifest_digest=digest,
        model_digest=digest,
        snapshot_digest="",
        config={"encoder": encoder},
        report={},
        created_at=datetime.now(UTC),
    )
    with database.write() as connection:
        models.add(connection, desk, model)
        models.promote(
            connection, desk, assignments=dict.fromkeys(classifier.heads, version), actor="a test", why="to be asked"
        )
    return path


def publish_one_and_a_candidate(data_dir: Path) -> None:
    """v1 answers; v2 calls everything by other names and waits."""
    database = Database(data_dir)
    publish(database, "v1", handmade(evidence=evidence()))
    publish(database, "v2", handmade(("faturamento", "rede"), evidence=evidence()))
    with database.write() as connection:
        models.promote(connection, "main", assignments={"category": "v1"}, actor="a test", why="to begin with")
    database.close()
