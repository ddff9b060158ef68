"""The way in: articles and tickets are cleaned, cut into passages, encoded and stored, a batch per transaction.

A searcher sees them with its next query. Files, folders and formats are the matter of `indexer`.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from textwrap import shorten

from triagem.encoder.base import Encoder
from triagem.errors import InvalidInput
from triagem.search.entries import load_entries
from triagem.store import articles, desks, tickets
from triagem.store.articles import StoredPassage
from triagem.store.database import Database
from triagem.store.tickets import StoredTicket
from triagem.text.email import latest_reply
from triagem.text.inputs import input_digest, passage_input, ticket_input
from triagem.text.language import detect
from triagem.text.markdown import Document, read_document
from triagem.text.normalise import clean, digest
from triagem.text.privacy import mask
from triagem.types import Article, Kind, Language, Passage, Ticket

# Part of every article's digest: raise it when the same bytes would give other passages.
READER = "4"
EMAIL = "email"
_TITLE_WIDTH = 80


class Outcome(StrEnum):
    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Incoming:
    """An article on its way in. `digest` is of the author's bytes, `origin` the path in its source; both optional."""

    article: Article
    digest: str | None = None
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    article: Article
    titled: bool
    document: Document
    digest: str
    origin: str | None


class Ingest:
    """Puts articles and tickets into one desk."""

    def __init__(self, database: Database, encoder: Encoder, *, desk: str) -> None:
        self._database = database
        self._encoder = encoder
        self._desk = desk
        with database.write() as connection:
            desks.ensure(connection, desk)

    def put_articles(self, batch: Sequence[Incoming]) -> list[Outcome]:
        """Stores a batch in one transaction; an article whose digest is known already costs nothing.

        Raises `InvalidInput` for a body that cannot be read; nothing of the batch is stored then.
        """
        digests = [incoming.digest or article_digest(incoming.article) for incoming in batch]
        with self._database.read() as connection:
            before = articles.digests(connection, self._desk, [incoming.article.id for incoming in batch])
        read = [
            read_article(incoming, digest_)
            for incoming, digest_ in zip(batch, digests, strict=True)
            if before.get(incoming.article.id) != digest_
        ]
        if read:
            with self._database.write() as connection:
                for one in read:
                    articles.put(
                        connection,
                        self._desk,
                        article=one.article,
                        stored_passages=_stored_passages(one),
                        digest=one.digest,
                        title_digest=input_digest(one.article.title) if one.titled else None,
                        origin=one.origin,
                    )
            self._encode(Kind.ARTICLE, [one.article.id for one in read])
        return [_outcome(before.get(one.article.id), digest_) for one, digest_ in zip(batch, digests, strict=True)]

    def put_tickets(self, batch: Sequence[Ticket]) -> list[Outcome]:
        """Stores a batch in one transaction, personal data masked; equal tickets cost nothing."""
        digests = [ticket_digest(ticket) for ticket in batch]
        with self._database.read() as connection:
            before = tickets.digests(connection, self._desk, [ticket.id for ticket in batch])
        stored = [
            _stored_ticket(ticket, digest_)
            for ticket, digest_ in zip(batch, digests, strict=True)
            if before.get(ticket.id) != digest_
        ]
        if stored:
            with self._database.write() as connection:
                tickets.put(connection, self._desk, stored)
            self._encode(Kind.TICKET, [one.ticket.id for one in stored])
        return [_outcome(before.get(ticket.id), digest_) for ticket, digest_ in zip(batch, digests, strict=True)]

    def remove_articles(self, ids: Sequence[str]) -> int:
        """Deletes articles; returns how many existed."""
        with self._database.write() as connection:
            return articles.remove(connection, self._desk, ids)

    def remove_tickets(self, ids: Sequence[str]) -> int:
        """Deletes tickets; returns how many existed."""
        with self._database.write() as connection:
            return tickets.remove(connection, self._desk, ids)

    def _encode(self, kind: Kind, ids: Sequence[str]) -> None:
        # Vectors are a cache of the rows: computed after the commit, by whoever needs them first if this stops here.
        load_entries(self._database, self._encoder, desk=self._desk, kind=kind, ids=ids)


def read_article(incoming: Incoming, digest_: str) -> _Read:
    """Cuts an article into passages and tells its language. Raises `InvalidInput` naming the article."""
    article = incoming.article
    try:
        document = read_document(article.body, article.format)
    except InvalidInput as error:
        raise InvalidInput(f"Article '{article.id}': {error}") from error
    written = clean(article.title) or document.title
    title = written or _first_words(document.plain)
    if not title:
        raise InvalidInput(f"Article '{article.id}' says nothing: it has neither a title nor a text.")
    language = article.language
    if language is Language.UND:
        language = detect(f"{title}\n{document.plain[:2000]}")
    return _Read(replace(article, title=title, language=language), bool(written), document, digest_, incoming.origin)


def article_digest(article: Article) -> str:
    """Of everything that an author can change."""
    return digest(READER, *(str(value) for value in asdict(article).values()))


def ticket_digest(ticket: Ticket) -> str:
    """Of everything that an import can change."""
    return digest(READER, *(str(value) for value in asdict(ticket).values()))


def prepare_ticket(ticket: Ticket) -> Ticket:
    """A ticket as it is stored: its own words only, personal data masked, its language told."""
    description = latest_reply(ticket.description) if ticket.channel == EMAIL else ticket.description
    subject, description = mask(clean(ticket.subject)), mask(clean(description))
    language = ticket.language
    if language is Language.UND:
        language = detect(ticket_input(subject, description))
    resolution = mask(clean(ticket.resolution)) if ticket.resolution else None
    return replace(ticket, subject=subject, description=description, language=language, resolution=resolution)


def _first_words(plain: str) -> str:
    return shorten(plain, width=_TITLE_WIDTH, placeholder=" …") if plain.strip() else ""


def _stored_passages(read: _Read) -> list[StoredPassage]:
    # An article that is nothing but its title is found by it.
    passages = read.document.passages or (Passage(0, "", "", 0, 0),)
    title = read.article.title if read.titled else ""
    return [
        StoredPassage(read.article.id, passage, input_digest(passage_input(title, passage.heading, passage.text)))
        for passage in passages
    ]


def _stored_ticket(ticket: Ticket, digest_: str) -> StoredTicket:
    prepared = prepare_ticket(ticket)
    return StoredTicket(prepared, digest_, input_digest(ticket_input(prepared.subject, prepared.description)))


def _outcome(before: str | None, now: str) -> Outcome:
    if before is None:
        return Outcome.ADDED
    return Outcome.UNCHANGED if before == now else Outcome.UPDATED
