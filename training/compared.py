"""The texts of a training compared with each other, and the system of equations that one field solves.

The likeness itself is `triagem.triage.kernel`, the algebra `training.ridge`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from training.ridge import Solution, solve
from triagem.encoder.base import Vectors
from triagem.triage.classifier import Anchors, likest
from triagem.triage.kernel import Lexicon, Likeness, Matrix, learn_lexicon

# A class's name counts as an example that is trusted half as much as a ticket.
_NAME_DOUBT = 2.0


Parts = Callable[[slice, slice], tuple[Matrix, Matrix]]


class Compared:
    """The texts that may be compared: class names, then tickets."""

    def __init__(self, texts: Sequence[str], vectors: Vectors, ids: Sequence[str]) -> None:
        """`ids` are the tickets', empty for a name."""
        self._ids = tuple(ids)
        self.lexicon: Lexicon = learn_lexicon(texts)
        self._rows: sp.csr_matrix = self.lexicon.rows(texts)
        self._vectors = vectors
        # What occurs in one text only is like nothing else: it counts on the diagonal alone.
        shared = np.bincount(self._rows.indices, minlength=self._rows.shape[1]) > 1
        self._shared: sp.csr_matrix = self._rows[:, shared]
        self._alone = np.asarray(self._rows.multiply(self._rows).sum(axis=1)).ravel().astype(np.float32)

    @property
    def count(self) -> int:
        return len(self._vectors)

    def anchors(self) -> Anchors:
        """The same texts as serving keeps them."""
        return Anchors(self._rows.T.tocsr(), self._vectors, self._ids)

    def parts(self, chosen: NDArray[np.intp]) -> Parts:
        """What likeness is made of, tile by tile: the words that the chosen texts share, and their cosine."""
        lexical, vectors, alone = self._shared[chosen], self._vectors[chosen], self._alone[chosen]

        def part(rows: slice, columns: slice) -> tuple[Matrix, Matrix]:
            right = np.ascontiguousarray(lexical[columns].toarray().T)
            words = lexical[rows] @ right
            if rows == columns:
                np.fill_diagonal(words, alone[rows])
            return words, vectors[rows] @ vectors[columns].T

        return part

    def block(self, rows: NDArray[np.intp], columns: NDArray[np.intp], likeness: Likeness) -> Matrix:
        """The likeness of some texts with others."""
        words = (self._shared[rows] @ self._shared[columns].T).toarray()
        return likeness.of(words, self._vectors[rows] @ self._vectors[columns].T)


@dataclass(frozen=True, slots=True)
class System:
    """What one field is solved from: `rows` of the compared texts, the class names first, and each one's class.

    `parts` are kept where the same rows are solved again and again, else made as they are needed.
    """

    compared: Compared
    rows: NDArray[np.intp]
    owners: NDArray[np.intp]
    names: int
    parts: Parts | None = None

    def only(self, chosen: NDArray[np.intp]) -> "System":
        """The same with some of the rows, to be solved often; the names must be among them, first.

        Its parts take 4 bytes for each pair of rows: 16 MB for 2,000.
        """
        rows = self.rows[chosen]
        return System(self.compared, rows, self.owners[chosen], self.names, _kept(self.compared.parts(rows)))

    def solve(
        self, likeness: Likeness, noise: float, *, early: int, threads: int, tick: Callable[[], None]
    ) -> Solution:
        """One target per class; `early` counts the names too."""
        doubt = np.full(len(self.rows), noise, dtype=np.float32)
        doubt[: self.names] *= _NAME_DOUBT
        targets = np.zeros((len(self.rows), self.names), dtype=np.float32)
        targets[np.arange(len(self.rows)), self.owners] = 1.0
        parts = self.parts or self.compared.parts(self.rows)

        def tile(rows: slice, columns: slice) -> Matrix:
            return likeness.of(*parts(rows, columns))

        return solve(tile, doubt, targets, early=early, threads=threads, tick=tick)

    def belonging(self, best: NDArray[np.intp], likeness: Likeness) -> NDArray[np.float64]:
        """For each ticket how alike the others of the class are that `best` names, 0 where there are none."""
        belonging = np.zeros(len(best))
        for one in np.unique(best):
            asked = np.flatnonzero(best == one) + self.names
            members = np.flatnonzero(self.owners == one)
            itself = asked[:, None] == members[None, :]
            alike = self.compared.block(self.rows[asked], self.rows[members], likeness)
            others = len(members) - itself.sum(axis=1)
            belonging[asked - self.names] = likest(np.where(itself, np.float32(0.0), alike), others)
        return belonging


def _kept(parts: Parts) -> Parts:
    """The same parts, each worked out once: the twelve likenesses and five noises that are tried share them."""
    known: dict[tuple[int, ...], tuple[Matrix, Matrix]] = {}

    def part(rows: slice, columns: slice) -> tuple[Matrix, Matrix]:
        place = (rows.start, rows.stop, columns.start, columns.stop)
        if place not in known:
            known[place] = parts(rows, columns)
        return known[place]

    return part
