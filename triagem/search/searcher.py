"""Answers a query: candidates of both legs from the index and its delta, ranked as one by their relevance.

Which index answers is the work of `triagem.search.live`, what relevance is that of `triagem.search.relevance`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triagem.encoder.base import Encoder
from triagem.errors import NoGeneration
from triagem.search.entries import SOLVED
from triagem.search.live import LiveIndexes
from triagem.search.relevance import Features, probability, shipped
from triagem.search.segment import Segment
from triagem.store import articles, tickets
from triagem.store.database import Database
from triagem.text.tokens import analyse
from triagem.types import Article, Audience, Hit, Kind, Language, Passage, Ticket

# In log-odds: of two candidates that may help alike, the one in the asker's language comes first.
_OWN_LANGUAGE = 0.5


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked. `language`, `audiences` and `solved_only` say what may be seen at all, before any ranking.

    `prefers` is the asker's own language: entries in others are judged without counting on words.
    """

    text: str
    kind: Kind = Kind.ARTICLE
    language: Language | None = None
    prefers: Language = Language.UND
    audiences: frozenset[Audience] | None = None
    solved_only: bool = False
    limit: int = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """Hits, best first, and the generation they came from; None where everything is still in the delta."""

    hits: tuple[Hit, ...]
    generation_id: str | None


@dataclass(frozen=True, slots=True)
class _Ranked:
    entry_id: str
    ordinal: int
    relevance: float
    order: float


class Searcher:
    """Search over every desk of a database with one encoder. Safe to share between threads."""

    def __init__(self, database: Database, encoder: Encoder) -> None:
        self._database = database
        self._encoder = encoder
        self._indexes = LiveIndexes(database, encoder)

    def search(self, desk: str, query: Query, *, vector: NDArray[np.float32] | None = None) -> Answer:
        """The entries that may help, best first. `vector` is the query's, `(dimension,)`, if it is known already.

        Raises `NoGeneration` when the desk has nothing to search, or an index of another encoder.
        """
        index = self._indexes.current(desk)
        terms = analyse(query.text, query.prefers)
        if vector is None:
            vector = self._encoder.encode([query.text])[0]
        ranked: list[_Ranked] = []
        for segment, hidden in (
            (index.segments[query.kind], index.delta.hidden[query.kind]),
            (index.delta.segments[query.kind], frozenset[str]()),
        ):
            ranked += _rank(segment, query, terms, vector, hidden)
        ranked.sort(key=lambda one: (-one.order, one.entry_id))
        hits = self._hits(desk, query.kind, ranked[: query.limit])
        return Answer(hits, index.generation.id if index.generation else None)

    def not_ready(self, desk: str) -> str | None:
        """Why a desk cannot be searched yet; None when it can."""
        try:
            self._indexes.current(desk)
        except NoGeneration as reason:
            return str(reason)
        return None

    def _hits(self, desk: str, kind: Kind, ranked: list[_Ranked]) -> tuple[Hit, ...]:
        ids = [one.entry_id for one in ranked]
        with self._database.read() as connection:
            if kind is Kind.TICKET:
                solved = tickets.get_many(connection, desk, ids)
                return tuple(_ticket_hit(solved[one.entry_id], one) for one in ranked if one.entry_id in solved)
            found = articles.get_many(connection, desk, ids)
            passages = {
                one.entry_id: articles.passage_at(connection, desk, one.entry_id, ordinal=one.ordinal)
                for one in ranked
                if one.entry_id in found
            }
        return tuple(
            _article_hit(found[one.entry_id], passages[one.entry_id], one) for one in ranked if one.entry_id in found
        )


def _rank(
    segment: Segment, query: Query, terms: list[str], vector: NDArray[np.float32], hidden: frozenset[str]
) -> list[_Ranked]:
    if not len(segment):
        return []
    shown_to = frozenset(audience.value for audience in query.audiences) if query.audiences is not None else None
    if query.solved_only:
        shown_to = frozenset({SOLVED})
    allowed = segment.allowed(language=query.language, shown_to=shown_to, without=hidden)
    words = segment.lexical.scores(terms)
    found = segment.candidates(vector, words, allowed=allowed)
    if not len(found.positions):
        return []
    weight = max(segment.lexical.weight_of(terms), 1e-6)
    titles = segment.titles.scores(terms)[found.positions]
    features = Features(
        similarity=found.similarities,
        words=words[found.positions] / np.float32(weight),
        title=titles / np.float32(max(segment.titles.weight_of(terms), 1e-6)),
    )
    known = query.prefers is not Language.UND
    foreign = np.array(
        [known and segment.language_of(p) not in (query.prefers, Language.UND) for p in found.positions], dtype=bool
    )
    models = shipped()
    log_odds = np.where(
        foreign,
        models[query.kind, False].log_odds(features),
        models[query.kind, True].log_odds(features),
    )
    order = log_odds - _OWN_LANGUAGE * foreign
    return [
        _Ranked(segment.ids[position], int(ordinal), float(relevance), float(place))
        for position, ordinal, relevance, place in zip(
            found.positions, found.ordinals, probability(log_odds), order, strict=True
        )
    ]


def _article_hit(article: Article, passage: Passage | None, ranked: _Ranked) -> Hit:
    return Hit(
        id=article.id,
        kind=Kind.ARTICLE,
        title=article.title,
        language=article.language,
        passage=passage.text if passage else "",
        heading=passage.heading if passage else "",
        relevance=ranked.relevance,
        url=article.url,
    )


def _ticket_hit(ticket: Ticket, ranked: _Ranked) -> Hit:
    return Hit(
        id=ticket.id,
        kind=Kind.TICKET,
        title=ticket.subject,
        language=ticket.language,
        passage=ticket.description,
        heading="",
        relevance=ranked.relevance,
        resolution=ticket.resolution,
    )
