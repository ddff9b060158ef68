"""A segment: articles or tickets with their words and vectors, ready to be asked. Immutable once built.

A generation holds one of each kind on disk; what changed since is a small one in memory. Ranking stands in
`triagem.search.searcher`.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from triagem.encoder import pieces
from triagem.encoder.pieces import Ids
from triagem.search.alternatives import scores_between
from triagem.search.lexical import LexicalIndex
from triagem.search.near_words import AskedPieces, NearWords
from triagem.search.runs import rows_of
from triagem.search.vectors import VectorIndex
from triagem.text.synonyms import Asked
from triagem.types import Language

_LANGUAGES = tuple(Language)
TITLE, ASKED = -1, -2
# In cosines: requests are nearer to one another than to what answers them, so what solved them had better not stand
# before an article that says as much itself.
_ASKED_BEHIND = np.float32(0.05)
# How many rows each leg hands to the ranking; beyond these neither leg's order says anything.
NEAREST_ROWS = 100
BEST_BY_WORDS = 50
# A passage that holds all of a query's words beats one that is closer by less than this in cosine.
WORDS_BESIDE_MEANING = 0.2
# A title says what an article is about: each of its words counts as often as this.
TITLE_WEIGHT = 2.0


@dataclass(frozen=True, slots=True)
class Row:
    """One vector of an entry and the terms it stands for. `ordinal` numbers its passage; a title has `TITLE`, and what
    was asked by the tickets that an article solved has `ASKED`, and stands for no terms.

    `leaning` is how much likelier than its likeness says it is to answer, in cosines.
    """

    ordinal: int
    counts: Mapping[str, float]
    vector: NDArray[np.float32]
    leaning: float = 0.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One article or ticket to be found, with at least one row.

    `shown_to` names who may see it: an article's audience, or `solved` / `open` for a ticket. `lead` has the pieces of
    what it begins with: the title and the first passage.
    """

    id: str
    language: Language
    shown_to: str
    title_terms: frozenset[str]
    lead: Ids
    rows: Sequence[Row]

    def counts(self) -> dict[str, float]:
        """How often each term counts in the entry as a whole."""
        total: Counter[str] = Counter()
        for row in self.rows:
            total.update(row.counts)
        weighted: dict[str, float] = dict(total)
        for term in self.title_terms:
            weighted[term] = weighted.get(term, 0.0) + TITLE_WEIGHT
        return weighted


@dataclass(frozen=True, slots=True)
class Candidates:
    """n entries by position, each with the cosine of its most similar passage and of its title, and with how near its
    lead's words are to the query's, `(n,) float32`.

    An entry without a title's vector has the passage's cosine in both. What an article was asked for before is as good
    as a title that comes `_ASKED_BEHIND` less near.
    """

    positions: NDArray[np.int64]
    similarities: NDArray[np.float32]
    title_similarities: NDArray[np.float32]
    near_words: NDArray[np.float32]


class Segment:
    """Entries by position; the position means nothing outside the segment."""

    def __init__(
        self,
        *,
        ids: Sequence[str],
        languages: NDArray[np.int8],
        groups: NDArray[np.int8],
        group_names: Sequence[str],
        starts: NDArray[np.int64],
        ordinals: NDArray[np.int32],
        leanings: NDArray[np.float32],
        lexical: LexicalIndex,
        titles: LexicalIndex,
        passages: LexicalIndex,
        near_words: NearWords,
        vectors: VectorIndex,
    ) -> None:
        self.ids = ids
        self.languages = languages
        self.lexical = lexical
        self.titles = titles
        self._passages = passages
        self._near_words = near_words
        self._vectors = vectors
        self._groups = groups
        self._group_names = group_names
        self._starts = starts
        self._ordinals = ordinals
        self._leanings = leanings
        self._owners = np.repeat(np.arange(len(ids)), np.diff(starts))
        self._position = {entry_id: position for position, entry_id in enumerate(ids)}

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def build(cls, entries: Sequence[Entry], *, dimension: int, background: "Segment | None" = None) -> "Segment":
        """A segment of entries. `background` is the one whose word statistics a small segment borrows."""
        group_names = sorted({entry.shown_to for entry in entries})
        rows = [row for entry in entries for row in entry.rows]
        matrix = np.stack([row.vector for row in rows]) if rows else np.empty((0, dimension), np.float32)
        return cls(
            ids=[entry.id for entry in entries],
            languages=np.array([_LANGUAGES.index(entry.language) for entry in entries], dtype=np.int8),
            groups=np.array([group_names.index(entry.shown_to) for entry in entries], dtype=np.int8),
            group_names=group_names,
            starts=np.cumsum([0, *(len(entry.rows) for entry in entries)]).astype(np.int64),
            ordinals=np.array([row.ordinal for row in rows], dtype=np.int32),
            leanings=np.array([row.leaning for row in rows], dtype=np.float32),
            lexical=LexicalIndex.build(
                [entry.counts() for entry in entries], background=background.lexical if background else None
            ),
            titles=LexicalIndex.build(
                [dict.fromkeys(entry.title_terms, 1.0) for entry in entries],
                background=background.titles if background else None,
            ),
            passages=LexicalIndex.build(
                [row.counts for row in rows], background=background._passages if background else None
            ),
            near_words=NearWords.build(
                pieces.shipped(),
                [entry.lead for entry in entries],
                background=background._near_words if background else None,
            ),
            vectors=VectorIndex.build(matrix, dimension),
        )

    def allowed(
        self, *, language: Language | None, shown_to: frozenset[str] | None, without: frozenset[str]
    ) -> NDArray[np.bool_]:
        """`(len(self),) bool`: which entries a query may see at all. Everything else is neither ranked nor counted."""
        mask = np.ones(len(self), dtype=bool)
        if language is not None:
            mask &= self.languages == _LANGUAGES.index(language)
        if shown_to is not None:
            mask &= np.isin(self._groups, [n for n, name in enumerate(self._group_names) if name in shown_to])
        for entry_id in without:
            position = self._position.get(entry_id)
            if position is not None:
                mask[position] = False
        return mask

    def asked_of(self, entry_id: str) -> NDArray[np.float32] | None:
        """The vectors of what an entry was asked for, `(kinds, dimension)`; None where nothing is known of it."""
        position = self._position.get(entry_id)
        if position is None:
            return None
        rows = np.arange(self._starts[position], self._starts[position + 1])
        asked = rows[self._ordinals[rows] == ASKED]
        return self._vectors.at(asked) if len(asked) else None

    def language_of(self, position: int) -> Language:
        return _LANGUAGES[int(self.languages[position])]

    def candidates(
        self,
        vector: NDArray[np.float32],
        asked: AskedPieces,
        words: NDArray[np.float32],
        *,
        allowed: NDArray[np.bool_],
    ) -> Candidates:
        """The allowed entries worth ranking: those with the most similar rows, and the best by their words."""
        rows_allowed = None if allowed.all() else allowed[self._owners]
        nearest = self._owners[self._vectors.nearest(vector, NEAREST_ROWS, allowed=rows_allowed)]
        masked = np.where(allowed, words, 0.0)
        count = min(BEST_BY_WORDS, len(masked))
        best = np.argpartition(-masked, count - 1)[:count] if count else np.empty(0, np.int64)
        positions = np.union1d(nearest, best[masked[best] > 0])
        return self._compared(vector, asked, positions)

    def best_passage(self, position: int, vector: NDArray[np.float32], asked: Asked) -> int:
        """The ordinal of the passage that answers best by meaning, words and what it is there for."""
        start, stop = int(self._starts[position]), int(self._starts[position + 1])
        similarities = self._vectors.similarities(vector, np.arange(start, stop))
        reached = scores_between(self._passages, asked, start=start, stop=stop)
        words = reached / self._passages.weight_of(asked.terms)
        value = similarities + WORDS_BESIDE_MEANING * words + self._leanings[start:stop]
        value[self._ordinals[start:stop] < 0] = -np.inf  # a title, or what others asked
        return int(self._ordinals[start + int(np.argmax(value))])

    def _compared(self, vector: NDArray[np.float32], asked: AskedPieces, positions: NDArray[np.int64]) -> Candidates:
        if not len(positions):
            nothing = np.empty(0, np.float32)
            return Candidates(positions, nothing, nothing, nothing)
        rows, firsts = rows_of(self._starts, positions)
        similarities = self._vectors.similarities(vector, rows)
        ordinals = self._ordinals[rows]
        passages = np.maximum.reduceat(np.where(ordinals < 0, -1.0, similarities).astype(np.float32), firsts)
        titles = np.where(ordinals[firsts] == TITLE, similarities[firsts], passages)
        before = np.where(ordinals == ASKED, similarities - _ASKED_BEHIND, -1.0).astype(np.float32)
        titles = np.maximum(titles, np.maximum.reduceat(before, firsts))
        return Candidates(positions, passages, titles, self._near_words.likeness(asked, positions))

    def save(self, folder: Path, name: str) -> None:
        """Writes files whose names start with `name`."""
        listing = {"ids": list(self.ids), "groups": list(self._group_names)}
        (folder / f"{name}.entries.json").write_text(json.dumps(listing, ensure_ascii=False), encoding="utf-8")
        columns: dict[str, NDArray[np.generic]] = {
            "languages": self.languages,
            "groups": self._groups,
            "starts": self._starts,
            "ordinals": self._ordinals,
            "leanings": self._leanings,
        }
        for column, array in columns.items():
            np.save(folder / f"{name}.{column}.npy", array, allow_pickle=False)
        self.lexical.save(folder, f"{name}.words")
        self.titles.save(folder, f"{name}.titles")
        self._passages.save(folder, f"{name}.passages")
        self._near_words.save(folder, f"{name}.leads")
        self._vectors.save(folder / f"{name}.faiss")

    @classmethod
    def load(cls, folder: Path, name: str) -> "Segment":
        """Reads a segment whose files were verified before."""
        listing = json.loads((folder / f"{name}.entries.json").read_text(encoding="utf-8"))
        columns = {
            column: np.load(folder / f"{name}.{column}.npy", allow_pickle=False)
            for column in ("languages", "groups", "starts", "ordinals", "leanings")
        }
        return cls(
            ids=listing["ids"],
            group_names=listing["groups"],
            lexical=LexicalIndex.load(folder, f"{name}.words"),
            titles=LexicalIndex.load(folder, f"{name}.titles"),
            passages=LexicalIndex.load(folder, f"{name}.passages"),
            near_words=NearWords.load(pieces.shipped(), folder, f"{name}.leads"),
            vectors=VectorIndex.load(folder / f"{name}.faiss"),
            **columns,
        )
