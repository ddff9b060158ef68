"""Requests in another mix than a model was trained on, and a model whose evidence knows what was right."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from tests.library.triage.handmade import TEXTS
from triagem.store import triaged
from triagem.store.database import Database
from triagem.store.triaged import TriagedText
from triagem.text.inputs import input_digest
from triagem.triage.classifier import Classifier
from triagem.types import Language, TicketField


def with_truth(classifier: Classifier) -> Classifier:
    """The same, each ticket of its evidence being the one anchor of its class."""
    head = classifier.heads[TicketField.CATEGORY]
    truth = np.where(head.evidence.correct, head.evidence.predicted, 1 - head.evidence.predicted)
    return replace(classifier, heads={TicketField.CATEGORY: replace(head, proving=truth.astype(np.int32))})


def asked(database: Database, *, billing: int = 0, network: int = 0, first: int = 0, ticket: str | None = None) -> None:
    """So many requests of each class, from the `first` minute on."""
    new = [
        TriagedText(
            id=f"asked-{first + number}",
            subject="",
            description=text,
            language=Language.EN,
            text_digest=input_digest(text),
            created_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=first + number),
            ticket_id=ticket,
        )
        for number, text in enumerate([TEXTS[0]] * billing + [TEXTS[1]] * network)
    ]
    with database.write() as connection:
        triaged.append(connection, "main", new)
