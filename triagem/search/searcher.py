"""Answers a query: candidates of both legs from the index and its delta, ranked as one by their relevance.

Which index answers is the work of `triagem.search.live`, what relevance is that of `triagem.search.relevance`, and what
a desk's own experience makes of it that of `triagem.search.recalibration`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triagem.encoder import pieces
from triagem.encoder.base import Encoder
from triagem.encoder.small_talk import SmallTalk
from triagem.errors import NoGeneration
from triagem.search import alternatives, recalibration
from triagem.search.entries import SOLVED
from triagem.search.live import Index, LiveIndexes
from triagem.search.near_words import AskedPieces, ask
from triagem.search.recalibration import Recalibration, basis_of
from triagem.search.relevance import Features, shipped
from triagem.search.segment import Segment
from triagem.store import articles, tickets
from triagem.store.articles import Headline
from triagem.store.database import Database
from triagem.text.synonyms import Asked, DeskSynonyms, read_desk_synonyms
from triagem.text.tokens import only_codes
from triagem.types import Audience, Hit, Kind, Language, Ticket

# In log-odds: of two candidates that may help alike, the one in the asker's language comes first.
_OWN_LANGUAGE = 0.5
# Whoever types a code and nothing else asks for what holds it: the probability that one of the first so many entries
# which do helps, in each language, for one of them may be the other's translation.
_HELD, _FIRST_HELD = 0.9, 3


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked. `language`, `audiences` and `solved_only` say what may be seen at all, before any ranking.

    `prefers` is the asker's own language: of two entries that may help alike, the one in it comes first.
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
class Evidence:
    """What the legs found for a query: n entries in no order, and what speaks for each.

    `places` say where in the index they stand; `holds`, `(n,)`, which of them hold the codes that are all
    that is asked.
    """

    ids: tuple[str, ...]
    places: tuple[tuple[Segment, int], ...]
    features: Features
    holds: NDArray[np.bool_]

    def joined(self, other: "Evidence") -> "Evidence":
        return Evidence(
            self.ids + other.ids,
            self.places + other.places,
            self.features.joined(other.features),
            np.concatenate([self.holds, other.holds]),
        )


@dataclass(frozen=True, slots=True)
class _Understood:
    vector: NDArray[np.float32]
    pieces: AskedPieces
    words: Asked
    small_talk: float


@dataclass(frozen=True, slots=True)
class _Ranked:
    """A hit to be; `relevance` is the shipped one."""

    id: str
    place: tuple[Segment, int]
    relevance: float


class Searcher:
    """Search over every desk of a database with one encoder. Safe to share between threads."""

    def __init__(self, database: Database, encoder: Encoder, *, synonyms: DeskSynonyms | None = None) -> None:
        """`synonyms` are the shipped ones unless others are given. `basis` names what relevance comes from."""
        self.synonyms = synonyms or read_desk_synonyms()
        self.basis = basis_of(encoder.digest)
        self._database = database
        self._encoder = encoder
        self._pieces = pieces.shipped()  # damaged, it is said here, and no index is blamed for it
        self._small_talk = SmallTalk.seen_by(encoder)
        self._indexes = LiveIndexes(database, encoder)

    def search(self, desk: str, query: Query, *, vector: NDArray[np.float32] | None = None) -> Answer:
        """The entries that may help, best first. `vector` is the query's, `(dimension,)`, if it is known already.

        Raises `NoGeneration` when the desk has nothing to search, or an index of another encoder.
        """
        index = self._indexes.current(desk)
        asked = self._understand(desk, query, vector)
        ranked = _rank(_evidence(index, query, asked), query)
        return Answer(self._hits(desk, query, asked, ranked), index.generation.id if index.generation else None)

    def evidence(self, desk: str, query: Query) -> Evidence:
        """What a ranking is made from; for learning one and for measuring each leg."""
        return _evidence(self._indexes.current(desk), query, self._understand(desk, query, None))

    def not_ready(self, desk: str) -> str | None:
        """Why a desk cannot be searched yet; None when it can."""
        try:
            self._indexes.current(desk)
        except NoGeneration as reason:
            return str(reason)
        return None

    def is_superseded(self, desk: str) -> bool:
        """Whether a desk's published index is of another encoder, so that this one can only answer from what it has."""
        return self._indexes.is_superseded(desk)

    def _understand(self, desk: str, query: Query, vector: NDArray[np.float32] | None) -> _Understood:
        if vector is None:
            vector = self._encoder.encode([query.text])[0]
        return _Understood(
            vector=vector,
            pieces=ask(self._pieces, query.text),
            words=self.synonyms.of(desk).ask(query.text),
            small_talk=float(self._small_talk.nearest(vector[None, :])[0]),
        )

    def _hits(self, desk: str, query: Query, asked: _Understood, ranked: list[_Ranked]) -> tuple[Hit, ...]:
        ids = [one.id for one in ranked]
        with self._database.read() as connection:
            if query.kind is Kind.TICKET:
                known = tickets.get_many(connection, desk, ids)
                return tuple(_ticket_hit(known[one.id], one) for one in ranked if one.id in known)
            ordinals = {one.id: one.place[0].best_passage(one.place[1], asked.vector, asked.words) for one in ranked}
            found = articles.headlines(connection, desk, ordinals)
            own = recalibration.in_force(connection, desk, self.basis)
        return tuple(_article_hit(found[one.id], one, own) for one in ranked if one.id in found)


def _evidence(index: Index, query: Query, asked: _Understood) -> Evidence:
    published = _examine(index.segments[query.kind], query, asked, index.delta.hidden[query.kind])
    return published.joined(_examine(index.delta.segments[query.kind], query, asked, frozenset()))


def _examine(segment: Segment, query: Query, asked: _Understood, hidden: frozenset[str]) -> Evidence:
    shown_to = frozenset(audience.value for audience in query.audiences) if query.audiences is not None else None
    if query.solved_only:
        shown_to = frozenset({SOLVED})
    allowed = segment.allowed(language=query.language, shown_to=shown_to, without=hidden)
    words = alternatives.scores(segment.lexical, asked.words)
    found = segment.candidates(asked.vector, asked.pieces, words, allowed=allowed)
    titles = alternatives.scores(segment.titles, asked.words)[found.positions]
    own = (query.prefers, Language.UND) if query.prefers is not Language.UND else tuple(Language)
    return Evidence(
        ids=tuple(segment.ids[position] for position in found.positions),
        places=tuple((segment, int(position)) for position in found.positions),
        features=Features(
            similarity=found.similarities,
            title_similarity=found.title_similarities,
            words=words[found.positions] / np.float32(segment.lexical.weight_of(asked.words.terms)),
            title=titles / np.float32(segment.titles.weight_of(asked.words.terms)),
            near_words=found.near_words,
            foreign=np.array([segment.language_of(position) not in own for position in found.positions], dtype=bool),
            terms=len(asked.words.terms),
            small_talk=asked.small_talk,
            entries=int(allowed.sum()),
        ),
        holds=_holding(segment, asked.words.terms)[found.positions],
    )


def _holding(segment: Segment, terms: tuple[str, ...]) -> NDArray[np.bool_]:
    """`(entries,)`: which hold every code that is asked; none where more or something else is asked than codes."""
    codes = only_codes(terms)
    if not codes:
        return np.zeros(len(segment.ids), dtype=bool)
    held: NDArray[np.bool_] = np.all([segment.lexical.scores([code]) > 0 for code in codes], axis=0)
    return held


def _rank(evidence: Evidence, query: Query) -> list[_Ranked]:
    model = shipped()[query.kind]
    order = model.log_odds(evidence.features) - _OWN_LANGUAGE * evidence.features.foreign
    holds = evidence.holds
    best = sorted(
        range(len(evidence.ids)), key=lambda number: (not holds[number], -order[number], evidence.ids[number])
    )[: query.limit]
    relevance = model.relevance(evidence.features)
    for group in (evidence.features.foreign, ~evidence.features.foreign):
        first = [number for number in best if holds[number] and group[number]][:_FIRST_HELD]
        relevance[first] = np.maximum(relevance[first], _HELD / max(1, len(first)))
    # None is called likelier to help than one that stands before it.
    relevance = np.minimum.accumulate(relevance[best])
    return [
        _Ranked(evidence.ids[number], evidence.places[number], float(value))
        for number, value in zip(best, relevance, strict=True)
    ]


def _article_hit(article: Headline, ranked: _Ranked, own: Recalibration) -> Hit:
    return Hit(
        id=article.id,
        kind=Kind.ARTICLE,
        title=article.title,
        language=article.language,
        passage=article.passage,
        heading=article.heading,
        relevance=own.of(ranked.relevance),
        start=article.start,
        url=article.url,
        category=article.category,
        raw_relevance=ranked.relevance,
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
        category=ticket.category,
        raw_relevance=ranked.relevance,
    )
