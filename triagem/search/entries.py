"""Rows of the store as entries of an index: their words counted, their vectors fetched or, where missing, computed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triagem.encoder.base import Encoder
from triagem.search.segment import Entry, entry_counts
from triagem.store import articles, tickets, vectors
from triagem.store.database import Connection, Database
from triagem.text.inputs import passage_input, ticket_input
from triagem.types import Kind, Language, Ticket

SOLVED = "solved"
OPEN = "open"


@dataclass(frozen=True, slots=True)
class _Source:
    """An entry before its vectors: `inputs` are what the encoder sees of each passage, by digest, in order."""

    id: str
    language: Language
    shown_to: str
    title: str
    texts: Sequence[str]
    ordinals: Sequence[int]
    inputs: Sequence[tuple[str, str]]


def load_entries(database: Database, encoder: Encoder, *, desk: str, kind: Kind, ids: Sequence[str]) -> list[Entry]:
    """The entries that exist among `ids`, by id. Vectors that this encoder lacks are computed and stored."""
    with database.read() as connection:
        sources = _READERS[kind](connection, desk, ids)
        inputs = dict(pair for source in sources for pair in source.inputs)
        known = vectors.load(connection, desk, encoder=encoder.digest, digests=list(inputs))
    known |= _complete(database, encoder, desk, {digest: inputs[digest] for digest in inputs if digest not in known})
    return [_entry(source, known, encoder.dimension) for source in sources]


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
    by_article: dict[str, list[articles.StoredPassage]] = {article_id: [] for article_id in sorted(found)}
    for stored in articles.passages_of(connection, desk, list(found)):
        by_article[stored.article_id].append(stored)
    return [
        _Source(
            id=article_id,
            language=found[article_id].language,
            shown_to=found[article_id].audience.value,
            title=found[article_id].title,
            texts=[*(f"{s.passage.heading}\n{s.passage.text}" for s in several), " ".join(found[article_id].tags)],
            ordinals=[s.passage.ordinal for s in several],
            inputs=[
                (s.digest, passage_input(found[article_id].title, s.passage.heading, s.passage.text)) for s in several
            ],
        )
        for article_id, several in by_article.items()
    ]


def _tickets(connection: Connection, desk: str, ids: Sequence[str]) -> list[_Source]:
    return [
        _Source(
            id=one.ticket.id,
            language=one.ticket.language,
            shown_to=group_of(one.ticket),
            title=one.ticket.subject,
            texts=[one.ticket.description],
            ordinals=[0],
            inputs=[(one.text_digest, ticket_input(one.ticket.subject, one.ticket.description))],
        )
        for one in tickets.stored_many(connection, desk, ids)
    ]


_READERS: dict[Kind, Callable[[Connection, str, Sequence[str]], list[_Source]]] = {
    Kind.ARTICLE: _articles,
    Kind.TICKET: _tickets,
}


def _entry(source: _Source, known: Mapping[str, NDArray[np.float32]], dimension: int) -> Entry:
    title_terms, counts = entry_counts(source.title, source.texts, source.language)
    several = [known[digest] for digest, _ in source.inputs]
    return Entry(
        id=source.id,
        language=source.language,
        shown_to=source.shown_to,
        title_terms=title_terms,
        counts=counts,
        ordinals=source.ordinals,
        vectors=np.stack(several) if several else np.empty((0, dimension), np.float32),
    )
