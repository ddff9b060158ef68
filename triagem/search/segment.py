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

from triagem.search.lexical import LexicalIndex
from triagem.search.vectors import VectorIndex
from triagem.text.tokens import analyse
from triagem.types import Language

_LANGUAGES = tuple(Language)
# How many rows each leg hands to the ranking; beyond these neither leg's order says anything.
NEAREST_PASSAGES = 100
BEST_BY_WORDS = 50
# A title says what an article is about: each of its words counts as often as this.
TITLE_WEIGHT = 2.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One article or ticket to be found.

    `shown_to` names who may see it: an article's audience, or `solved` / `open` for a ticket. `ordinals` are the
    numbers of its passages, `vectors` `(len(ordinals), dimension) float32` theirs in the same order.
    """

    id: str
    language: Language
    shown_to: str
    title_terms: frozenset[str]
    counts: Mapping[str, float]
    ordinals: Sequence[int]
    vectors: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Entries by position, each with its most similar passage: the cosine, and the ordinal or -1 where it has none."""

    positions: NDArray[np.int64]
    similarities: NDArray[np.float32]
    ordinals: NDArray[np.int32]

    def joined(self, other: "Candidates") -> "Candidates":
        return Candidates(
            np.concatenate([self.positions, other.positions]),
            np.concatenate([self.similarities, other.similarities]),
            np.concatenate([self.ordinals, other.ordinals]),
        )


def entry_counts(title: str, texts: Sequence[str], language: Language) -> tuple[frozenset[str], dict[str, float]]:
    """The terms of a title, and how often each term counts in title and texts together."""
    title_terms = analyse(title, language)
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(analyse(text, language))
    weighted: dict[str, float] = dict(counts)
    for term in title_terms:
        weighted[term] = weighted.get(term, 0.0) + TITLE_WEIGHT
    return frozenset(title_terms), weighted


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
        lexical: LexicalIndex,
        titles: LexicalIndex,
        vectors: VectorIndex,
    ) -> None:
        self.ids = ids
        self.languages = languages
        self.lexical = lexical
        self.titles = titles
        self.vectors = vectors
        self._groups = groups
        self._group_names = group_names
        self._starts = starts
        self._ordinals = ordinals
        self._owners = np.repeat(np.arange(len(ids)), np.diff(starts))
        self._position = {entry_id: position for position, entry_id in enumerate(ids)}

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def build(cls, entries: Sequence[Entry], *, dimension: int, background: "Segment | None" = None) -> "Segment":
        """A segment of entries. `background` is the one whose word statistics a small segment borrows."""
        group_names = sorted({entry.shown_to for entry in entries})
        blocks = [entry.vectors for entry in entries if len(entry.ordinals)]
        matrix = np.concatenate(blocks) if blocks else np.empty((0, dimension), np.float32)
        return cls(
            ids=[entry.id for entry in entries],
            languages=np.array([_LANGUAGES.index(entry.language) for entry in entries], dtype=np.int8),
            groups=np.array([group_names.index(entry.shown_to) for entry in entries], dtype=np.int8),
            group_names=group_names,
            starts=np.cumsum([0, *(len(entry.ordinals) for entry in entries)]).astype(np.int64),
            ordinals=np.array([n for entry in entries for n in entry.ordinals], dtype=np.int32),
            lexical=LexicalIndex.build(
                [entry.counts for entry in entries], background=background.lexical if background else None
            ),
            titles=LexicalIndex.build(
                [dict.fromkeys(entry.title_terms, 1.0) for entry in entries],
                background=background.titles if background else None,
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

    def language_of(self, position: int) -> Language:
        return _LANGUAGES[int(self.languages[position])]

    def candidates(
        self, vector: NDArray[np.float32], words: NDArray[np.float32], *, allowed: NDArray[np.bool_]
    ) -> "Candidates":
        """The allowed entries worth ranking: owners of the most similar passages, and the best by their words."""
        rows_allowed = None if allowed.all() else allowed[self._owners]
        rows, similarities = self.vectors.nearest(vector, NEAREST_PASSAGES, allowed=rows_allowed)
        owners, first = np.unique(self._owners[rows], return_index=True)
        near = Candidates(owners, similarities[first], self._ordinals[rows[first]])

        masked = np.where(allowed, words, 0.0)
        count = min(BEST_BY_WORDS, len(masked))
        best = np.argpartition(-masked, count - 1)[:count] if count else np.empty(0, np.int64)
        wordy = np.setdiff1d(best[masked[best] > 0], owners, assume_unique=True)
        return near.joined(self._best_passages(vector, wordy))

    def _best_passages(self, vector: NDArray[np.float32], positions: NDArray[np.int64]) -> "Candidates":
        similarities = np.zeros(len(positions), np.float32)
        ordinals = np.full(len(positions), -1, np.int32)
        spans = [np.arange(self._starts[position], self._starts[position + 1]) for position in positions]
        every = self.vectors.similarities(vector, np.concatenate(spans) if spans else np.empty(0, np.int64))
        offset = 0
        for number, span in enumerate(spans):
            if len(span):
                best = int(np.argmax(every[offset : offset + len(span)]))
                similarities[number], ordinals[number] = every[offset + best], self._ordinals[span[best]]
            offset += len(span)
        return Candidates(positions, similarities, ordinals)

    def save(self, folder: Path, name: str) -> None:
        """Writes files whose names start with `name`."""
        listing = {"ids": list(self.ids), "groups": list(self._group_names)}
        (folder / f"{name}.entries.json").write_text(json.dumps(listing, ensure_ascii=False), encoding="utf-8")
        columns: dict[str, NDArray[np.generic]] = {
            "languages": self.languages,
            "groups": self._groups,
            "starts": self._starts,
            "ordinals": self._ordinals,
        }
        for column, array in columns.items():
            np.save(folder / f"{name}.{column}.npy", array, allow_pickle=False)
        self.lexical.save(folder, f"{name}.words")
        self.titles.save(folder, f"{name}.titles")
        self.vectors.save(folder / f"{name}.faiss")

    @classmethod
    def load(cls, folder: Path, name: str) -> "Segment":
        """Reads a segment whose files were verified before."""
        listing = json.loads((folder / f"{name}.entries.json").read_text(encoding="utf-8"))
        columns = {
            column: np.load(folder / f"{name}.{column}.npy", allow_pickle=False)
            for column in ("languages", "groups", "starts", "ordinals")
        }
        return cls(
            ids=listing["ids"],
            group_names=listing["groups"],
            lexical=LexicalIndex.load(folder, f"{name}.words"),
            titles=LexicalIndex.load(folder, f"{name}.titles"),
            vectors=VectorIndex.load(folder / f"{name}.faiss"),
            **columns,
        )
