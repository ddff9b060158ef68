"""A desk with a few articles and tickets, searched with the encoder that a person can explain."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from triagem.encoder.hashing import HashingEncoder
from triagem.search.ingest import Incoming, Ingest
from triagem.store.database import Database
from triagem.types import Article, Audience, Language, Ticket

MARCH = datetime(2026, 3, 1, tzinfo=UTC)

ARTICLES = [
    Article("senha", "Redefinir a senha", "Toque em **Esqueci a senha** e siga o e-mail.", language=Language.PT),
    Article("reset", "Reset your password", "Tap **Forgot password** and follow the e-mail.", language=Language.EN),
    Article(
        "boleto",
        "Segunda via do boleto",
        "## No site\n\nAbra Pagamentos.\n\n## No app\n\nToque em Boletos.",
        language=Language.PT,
    ),
    Article(
        "fraude",
        "Suspeita de fraude",
        "Bloqueie a conta e troque a senha.",
        language=Language.PT,
        audience=Audience.INTERNAL,
    ),
    Article("erro", "Erro APP-4012", "O aplicativo mostra APP-4012 ao abrir a câmera.", language=Language.PT),
]
TICKETS = [
    Ticket(
        "T-1",
        MARCH,
        "Esqueci a senha",
        "nao consigo entrar",
        language=Language.PT,
        resolution="Redefinida.",
        closed_at=MARCH,
    ),
    Ticket("T-2", MARCH, "Senha não funciona", "troquei a senha e nada", language=Language.PT),
    Ticket(
        "T-3",
        MARCH,
        "Senha de novo",
        "senha errada",
        language=Language.PT,
        resolution="x",
        closed_at=MARCH,
        reopened=True,
    ),
    Ticket(
        "T-4",
        MARCH,
        "Boleto vencido",
        "quero pagar o boleto",
        language=Language.PT,
        resolution="Segunda via.",
        closed_at=MARCH,
    ),
]


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path)


@pytest.fixture
def encoder() -> HashingEncoder:
    return HashingEncoder()


@pytest.fixture
def ingest(database: Database, encoder: HashingEncoder) -> Ingest:
    """The way into the desk `main`, with the articles and tickets above in it already."""
    way_in = Ingest(database, encoder, desk="main")
    way_in.put_articles([Incoming(article) for article in ARTICLES])
    way_in.put_tickets(TICKETS)
    return way_in
