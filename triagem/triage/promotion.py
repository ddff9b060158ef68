"""Puts a version of the models in force: opened before it may answer, and judged; what was found goes into the log.

The judgement stands in `triagem.triage.gate`; the row that decides who answers in `triagem.store.models`.
"""

from triagem.errors import TriagemError
from triagem.store import models
from triagem.store.database import Database
from triagem.store.models import Promotion
from triagem.triage.gate import FieldVerdict, admitted, gate_as_details, judge_promotion
from triagem.triage.triager import open_model


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
    except (TriagemError, OSError):
        if not forced:
            raise
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
