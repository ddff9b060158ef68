"""Requests in another mix than a model was trained on."""

from datetime import UTC, datetime, timedelta

from tests.library.triage.handmade import TEXTS
from triagem.store import triaged
from triagem.store.database import Database
from triagem.store.triaged import TriagedText
from triagem.text.inputs import input_digest
from triagem.types import Language


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
