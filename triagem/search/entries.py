"""Rows of the store as entries of an index: their words counted, their vectors fetched or, where missing, computed."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triagem.encoder import pieces
from triagem.encoder.base import Encoder
from triagem.encoder.pieces import Ids
from triagem.search.segment import TITLE, Entry, Row
from triagem.store import articles, tickets, vectors
from triagem.store.database import Connection, Database
from triagem.text.answering import leaning
from triagem.text.inputs import input_digest, passage_input, ticket_input
from triagem.text.tokens import analyse
from triagem.types import Article, Kind, Language, Ticket

SOLVED = "solved"
OPEN = "open"


@dataclass(frozen=True, slots=True)
class _Part:
    """A row before its vector: the words it counts for, what the encoder sees, with its digest, and its leaning."""

    ordinal: int
    words: str
    digest: str
    input: str
    leaning: float = 0.0


@dataclass(frozen=True, slots=True)
class _Source:
    """An entry before its vectors."""

    id: str
    language: Language
    shown_to: str
    title: str
    parts: Sequence[_Part]

    @property
    def lead(self) -> str:
        """What it begins with; a passage's input holds the title."""
        return next((part.input for part in self.parts if part.ordinal != TITLE), "")


def load_entries(database: Database, encoder: Encoder, *, desk: str, kind: Kind, ids: Sequence[str]) -> list[Entry]:
    """The entries that exist among `ids`, by id. Vectors that this encoder lacks are computed and stored."""
    with database.read() as connection:
        sources = _READERS[kind](connection, desk, ids)
        inputs = {part.digest: part.input for source in sources for part in source.parts}
        known = vectors.load(connection, desk, encoder=encoder.digest, digests=list(inputs))
    known |= _complete(database, encoder, desk, {digest: inputs[digest] for digest in inputs if digest not in known})
    leads = pieces.shipped().of([source.lead for source in sources])
    return [_entry(source, known, lead) for source, lead in zip(sources, leads, strict=True)]


def group_of(ticket: Ticket) -> str:
    """Whether a ticket may be shown as an answer."""
    return SOLVED if ticket.is_solved else OPEN


def _complete(
    database: Database, encoder: Encoder, desk: str, inputs: Mapping[str, str]
) -> dict[str, NDArray[np.float32]]:
    if not inputs:
        return {}
    rows = dict(zip(inputs, encoder.encode(list(inputs.values())), strict=True))
    with database.write() as connection:
        vectors.put(connection, desk, encoder=encoder.digest, rows=rows)
    return rows


def _articles(connection: Connection, desk: str, ids: Sequence[str]) -> list[_Source]:
    found = articles.get_many(connection, desk, ids)
    untitled = articles.untitled(connection, desk, ids)
    by_article: dict[str, list[articles.StoredPassage]] = {article_id: [] for article_id in sorted(found)}
    for stored in articles.passages_of(connection, desk, list(found)):
        by_article[stored.article_id].append(stored)
    return [
        _article_source(found[article_id], several, titled=article_id not in untitled)
        for article_id, several in by_article.items()
    ]


def _article_source(article: Article, several: Sequence[articles.StoredPassage], *, titled: bool) -> _Source:
    # A title taken from the text says nothing more than the text. Tags count for the whole article.
    title = article.title if titled else ""
    tags = " ".join(article.tags)
    rows = [_Part(TITLE, tags, input_digest(title), title)] if titled else []
    for stored in several:
        passage = stored.passage
        words = [passage.heading, passage.text] if rows else [passage.heading, passage.text, tags]
        text = passage_input(title, passage.heading, passage.text)
        leans = leaning(passage.heading, passage.text)
        rows.append(_Part(passage.ordinal, "\n".join(words), stored.digest, text, leans))
    return _Source(article.id, article.language, article.audience.value, title, rows)


def _tickets(connection: Connection, desk: str, ids: Sequence[str]) -> list[_Source]:
    return [_ticket_source(stored) for stored in tickets.stored_many(connection, desk, ids)]


def _ticket_source(stored: tickets.StoredTicket) -> _Source:
    ticket = stored.ticket
    text = ticket_input(ticket.subject, ticket.description)
    rows = [_Part(0, ticket.description, stored.text_digest, text)]
    return _Source(ticket.id, ticket.language, group_of(ticket), ticket.subject, rows)


_READERS: dict[Kind, Callable[[Connection, str, Sequence[str]], list[_Source]]] = {
    Kind.ARTICLE: _articles,
    Kind.TICKET: _tickets,
}


def _entry(source: _Source, known: Mapping[str, NDArray[np.float32]], lead: Ids) -> Entry:
    return Entry(
        id=source.id,
        language=source.language,
        shown_to=source.shown_to,
        title_terms=frozenset(analyse(source.title)),
        lead=lead,
        rows=[
            Row(part.ordinal, Counter(analyse(part.words)), known[part.digest], part.leaning) for part in source.parts
        ],
    )
