from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from training.dataset import Snapshot, take_snapshot
from triagem.encoder.hashing import HashingEncoder
from triagem.store import desks, tickets
from triagem.store.database import Database
from triagem.store.tickets import StoredTicket
from triagem.text.inputs import input_digest, ticket_input
from triagem.triage.learnable import learnable
from triagem.types import Language, Provenance, Ticket

START = datetime(2026, 1, 1, tzinfo=UTC)
WORDS = {
    ("billing", "finance"): "invoice charge refund payment bill price discount receipt card amount".split(),
    ("network", "field"): "router wifi cable signal internet offline speed modem antenna connection".split(),
    ("conta", "front"): "senha acesso login usuario cadastro bloqueado conta entrar codigo perfil".split(),
}


@pytest.fixture
def encoder() -> HashingEncoder:
    return HashingEncoder()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path)
    with opened.write() as connection:
        desks.ensure(connection, "main")
    yield opened
    opened.close()


def put(database: Database, *new: Ticket, desk: str = "main") -> None:
    """Stores tickets as an import would."""
    stored = [StoredTicket(one, one.id, input_digest(ticket_input(one.subject, one.description))) for one in new]
    with database.write() as connection:
        tickets.put(connection, desk, stored)


def ticket(
    identifier: str, description: str, *, day: int = 0, provenance: Provenance = Provenance.HUMAN, **labels: str
) -> Ticket:
    created = START + timedelta(days=day)
    return Ticket(identifier, created, "", description, language=Language.EN, provenance=provenance, **labels)


def sample(count: int = 90) -> list[Ticket]:
    """Tickets of three categories with words of their own, one a day, teams following categories."""
    made = []
    for number in range(count):
        (category, team), words = list(WORDS.items())[number % 3]
        chosen = [words[(number * step + step) % 10] for step in (1, 3, 7)]
        text = f"{' '.join(chosen)} {'please' if number % 2 else 'urgent'} {chr(97 + number % 26) * 3}"
        made.append(ticket(f"t{number:03}", text, day=number, category=category, team=team))
    return made


def snapshot_of(database: Database, encoder: HashingEncoder) -> Snapshot:
    """What a training would see now."""
    with database.read() as connection:
        found = learnable(connection, "main")
    return take_snapshot(database, encoder, "main", found, on_progress=lambda share, what: None)  # noqa: ARG005


def digest_of(database: Database) -> str:
    """The digest of what a training would see now."""
    with database.read() as connection:
        return learnable(connection, "main").digest()
