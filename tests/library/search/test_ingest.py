"""What happens to articles and tickets on their way in."""

from dataclasses import replace

import pytest

from tests.library.search.conftest import ARTICLES, MARCH, TICKETS
from triagem.encoder.hashing import HashingEncoder
from triagem.errors import InvalidInput
from triagem.search.ingest import Incoming, Ingest, Outcome
from triagem.store import articles, changes, tickets
from triagem.store.database import Database
from triagem.types import Article, Language, Ticket


class CountingEncoder(HashingEncoder):
    """Remembers what it was asked to encode."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def encode(self, texts):  # type: ignore[no-untyped-def]
        self.texts += texts
        return super().encode(texts)


def test_the_same_again_costs_nothing(database: Database, ingest: Ingest) -> None:
    with database.read() as connection:
        before = changes.latest(connection, "main")
    assert ingest.put_articles([Incoming(article) for article in ARTICLES]) == [Outcome.UNCHANGED] * len(ARTICLES)
    assert ingest.put_tickets(TICKETS) == [Outcome.UNCHANGED] * len(TICKETS)
    with database.read() as connection:
        assert changes.latest(connection, "main") == before


def test_only_the_passages_that_changed_are_encoded(database: Database) -> None:
    encoder = CountingEncoder()
    ingest = Ingest(database, encoder, desk="main")
    body = "## Um\n\nPrimeiro texto.\n\n## Dois\n\nSegundo texto."
    assert ingest.put_articles([Incoming(Article("a", "Título", body))]) == [Outcome.ADDED]
    encoder.texts.clear()
    assert ingest.put_articles([Incoming(Article("a", "Título", body.replace("Segundo", "Outro")))]) == [
        Outcome.UPDATED
    ]
    assert encoder.texts == ["Título\nDois\nOutro texto."]


def test_a_language_nobody_named_is_told_from_the_text(database: Database, ingest: Ingest) -> None:
    ingest.put_articles(
        [Incoming(Article("x", "Como trocar", "Você pode trocar o plano quando quiser pelo aplicativo."))]
    )
    with database.read() as connection:
        stored = articles.get(connection, "main", "x")
    assert stored is not None
    assert stored.language is Language.PT


def test_an_article_that_cannot_be_read_leaves_the_batch_out(database: Database, ingest: Ingest) -> None:
    with pytest.raises(InvalidInput, match="'broken'"):
        ingest.put_articles([Incoming(Article("fine", "Fine", "Fine.")), Incoming(Article("broken", "", "  "))])
    with database.read() as connection:
        assert articles.get(connection, "main", "fine") is None


def test_personal_data_is_masked_before_it_is_stored(database: Database, ingest: Ingest) -> None:
    ticket = Ticket(
        "T-9", MARCH, "Meu CPF", "CPF 529.982.247-25, fale com ana@exemplo.com.br", resolution="ok ana@x.com"
    )
    ingest.put_tickets([ticket])
    with database.read() as connection:
        stored = tickets.get(connection, "main", "T-9")
    assert stored is not None
    assert stored.description == "CPF [CPF], fale com [EMAIL]"
    assert stored.resolution == "ok [EMAIL]"


def test_an_email_is_stored_without_what_it_quotes(database: Database, ingest: Ingest) -> None:
    quoted = "Em seg., 5 de jan. de 2026 às 10:12, Loja <loja@exemplo.com> escreveu:\n> Seu pedido saiu"
    text = f"Não recebi o pedido.\n\n{quoted}"
    ingest.put_tickets([replace(TICKETS[0], id="T-8", channel="email", description=text)])
    with database.read() as connection:
        stored = tickets.get(connection, "main", "T-8")
    assert stored is not None
    assert stored.description == "Não recebi o pedido."
