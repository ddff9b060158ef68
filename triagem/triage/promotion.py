"""Puts a version of the models in force: opened before it may answer, and judged; what was found goes into the log.

The judgement stands in `triagem.triage.gate`; the row that decides who answers in `triagem.store.models`.
"""

import logging

from triagem.store import models
from triagem.store.database import Database
from triagem.store.models import Promotion
from triagem.triage.gate import FieldVerdict, admitted, gate_as_details, judge_promotion
from triagem.triage.triager import open_model

_LOG = logging.getLogger(__name__)


def promote(
    database: Database, desk: str, version: str, *, encoder_digest: str, actor: str, why: str, forced: bool
) -> tuple[Promotion, list[FieldVerdict]]:
    """Makes `version` answer its fields from the next request on; with the verdicts.

    What is `forced` is judged for the log alone, and promoted with no verdict where that cannot be.
    Raises `NotFound` for an unknown version, `DamagedArtifact` or `Conflict` for one that cannot be opened with this
    encoder, even when forced, and `NotPromoted` with every objection when the evidence does not speak for it.
    """
    with database.read() as connection:
        model = models.get(connection, desk, version)
    open_model(database.data_dir, desk, model, encoder_digest=encoder_digest)
    try:
        verdicts = judge_promotion(database, desk, version, encoder_digest=encoder_digest)
    except Exception:
        # The way out of an emergency must not fail for what it goes round.
        if not forced:
            raise
        _LOG.exception("Model %s of desk %s could not be judged and is promoted by force", version, desk)
        verdicts = []
    fields = model.fields if forced else admitted(desk, version, model.fields, verdicts)
    with database.write() as connection:
        promotion = models.promote(
            connection,
            desk,
            assignments=dict.fromkeys(fields, version),
            actor=actor,
            why=why,
            forced=forced,
            gate=gate_as_details(verdicts),
        )
    return promotion, verdicts
