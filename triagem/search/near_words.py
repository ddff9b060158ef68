"""Each word piece of a query compared with the nearest one of an entry's lead: the same piece, or one of like meaning.

`cartão` is near `card`, `senha` near `password`: BM25 does not see that, and in the vector of a whole text it drowns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from triagem.encoder.pieces import Ids, Pieces
from triagem.search.runs import rows_of

# Pieces whose vectors are less alike than this have nothing to do with each other.
_ALIKE = 0.5
# What is frequent in the shipped texts is so in a desk of few entries too: they count as so many of its own.
_BELIEVED_ENTRIES = 50
# The rarest pieces of a long request say what it is about; they bound the work.
_MOST_PIECES = 64


@dataclass(frozen=True, slots=True)
class AskedPieces:
    """The k different pieces of a query, `(k,)`, and their vectors, `(k, width) float32`, rows of length 1."""

    ids: Ids
    vectors: NDArray[np.float32]


def ask(pieces: Pieces, text: str) -> AskedPieces:
    """A query's pieces."""
    ids = pieces.of([text])[0]
    return AskedPieces(ids, pieces.vectors(ids))


class NearWords:
    """The pieces of n entries' leads, and in how many of a desk's leads each piece stands."""

    def __init__(
        self,
        pieces: Pieces,
        ids: Ids,
        starts: NDArray[np.int64],
        counts: NDArray[np.int32],
        rarity: NDArray[np.float32],
    ) -> None:
        """`ids` are those of all entries, `starts` `(n + 1,)` where each one's begin. `counts` has one number a piece
        and, at its end, that of the entries counted; `rarity` `(pieces,)` follows from it.
        """
        self._pieces = pieces
        self._ids = ids
        self._starts = starts
        self._counts = counts
        self._rarity = rarity

    @classmethod
    def build(cls, pieces: Pieces, leads: Sequence[Ids], *, background: "NearWords | None" = None) -> "NearWords":
        """Of `leads`, one an entry; a few entries borrow the `background`'s counts."""
        ids = np.concatenate([np.empty(0, np.uint16), *leads])
        starts = np.cumsum([0, *map(len, leads)]).astype(np.int64)
        if background:
            return cls(pieces, ids, starts, background._counts, background._rarity)
        counts = np.append(np.bincount(ids, minlength=len(pieces)), len(leads)).astype(np.int32)
        return cls(pieces, ids, starts, counts, _rarity(pieces, counts))

    def likeness(self, asked: AskedPieces, positions: NDArray[np.int64]) -> NDArray[np.float32]:
        """`(len(positions),)` from 0 to 1: the mean over the query's pieces, each by its rarity, of how near the
        nearest piece of the lead is.

        Source: the MaxSim of Khattab & Zaharia, ColBERT, SIGIR 2020, by vectors that are the same in every context.
        """
        rarity = self._rarity[asked.ids]
        rarest = np.argsort(-rarity, kind="stable")[:_MOST_PIECES]
        rarity, vectors = rarity[rarest], asked.vectors[rarest]
        rows, firsts = rows_of(self._starts, positions)
        found = np.zeros(len(positions), np.float32)
        if not len(rows) or not len(rarity):
            return found
        ids = self._ids[rows]
        met = np.zeros(len(self._pieces), dtype=bool)
        met[ids] = True
        different = np.flatnonzero(met)
        cosines = vectors @ self._pieces.vectors(different).T
        # Of the pieces met few are alike to any of the query's; the rest is left out before it is looked up.
        near = (cosines > _ALIKE).any(axis=0)
        met[different] = near
        kept = np.flatnonzero(met[ids])
        if not len(kept):
            return found
        alike = (np.maximum(cosines[:, near] - _ALIKE, 0) * (rarity / rarity.sum() / (1 - _ALIKE))[:, None]).T
        owners = np.searchsorted(firsts, kept, side="right") - 1
        several, begins = np.unique(owners, return_index=True)
        places = (np.cumsum(met) - 1)[ids[kept]]
        found[several] = np.maximum.reduceat(alike[places], begins, axis=0).sum(axis=1)
        return found

    def save(self, folder: Path, name: str) -> None:
        """Writes files whose names start with `name`."""
        for part, array in (("ids", self._ids), ("starts", self._starts), ("counts", self._counts)):
            np.save(folder / f"{name}.{part}.npy", array, allow_pickle=False)

    @classmethod
    def load(cls, pieces: Pieces, folder: Path, name: str) -> "NearWords":
        """Reads what `save` wrote, whose bytes were verified before."""
        ids, starts, counts = (
            np.asarray(np.load(folder / f"{name}.{part}.npy", mmap_mode="r", allow_pickle=False))
            for part in ("ids", "starts", "counts")
        )
        return cls(pieces, ids, starts, counts, _rarity(pieces, counts))


def _rarity(pieces: Pieces, counts: NDArray[np.int32]) -> NDArray[np.float32]:
    """`-log` of the share of entries that hold each piece; one that none holds is as rare as half of an entry's."""
    holding = counts[:-1] + _BELIEVED_ENTRIES * pieces.shares
    rarity: NDArray[np.float32] = -np.log((holding + 0.5) / (counts[-1] + _BELIEVED_ENTRIES + 1)).astype(np.float32)
    return rarity
