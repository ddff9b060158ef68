"""BM25 over analysed terms, as arrays of precomputed term weights: immutable, memory-mapped, exact.

Which words a text has is decided in `triagem.text.tokens`; this module only counts and weighs them.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

K1 = 1.2
B = 0.75


class LexicalIndex:
    """Rows of terms, each to be scored against a query's terms.

    Scores are Okapi BM25 (Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework", with the +1 inside the
    logarithm that keeps every weight positive). A weight depends on the term and the row alone, so it is computed once
    when the index is built; a query adds up one slice for each of its terms.
    """

    def __init__(
        self,
        vocabulary: dict[str, int],
        starts: NDArray[np.int64],
        rows: NDArray[np.int32],
        weights: NDArray[np.float32],
        idf: NDArray[np.float32],
        *,
        row_count: int,
        mean_length: float,
    ) -> None:
        self._vocabulary = vocabulary
        self._starts = starts
        self._rows = rows
        self._weights = weights
        self._idf = idf
        self.row_count = row_count
        self.mean_length = mean_length

    @classmethod
    def build(
        cls, counts: Sequence[Mapping[str, float]], *, background: "LexicalIndex | None" = None
    ) -> "LexicalIndex":
        """An index of rows given as term counts. Few rows borrow the statistics of their `background`."""
        frequency = Counter(term for row in counts for term in row)
        vocabulary = {term: number for number, term in enumerate(sorted(frequency))}
        lengths = np.array([sum(row.values()) for row in counts], dtype=np.float64)
        mean_length = float(lengths.mean()) if len(counts) else 1.0
        total = len(counts)
        if background is not None and background.row_count:
            mean_length, total = background.mean_length, total + background.row_count
            for term in frequency:
                frequency[term] += background.frequency(term)
        in_rows = np.array([frequency[term] for term in vocabulary], dtype=np.float64)
        idf = np.log1p((total - in_rows + 0.5) / (in_rows + 0.5)).astype(np.float32)

        size = sum(len(row) for row in counts)
        terms = np.fromiter((vocabulary[term] for row in counts for term in row), dtype=np.int64, count=size)
        values = np.fromiter((count for row in counts for count in row.values()), dtype=np.float64, count=size)
        rows = np.repeat(np.arange(len(counts), dtype=np.int32), [len(row) for row in counts])
        saturation = values * (K1 + 1) / (values + K1 * (1 - B + B * lengths[rows] / max(mean_length, 1e-9)))
        order = np.argsort(terms, kind="stable")
        starts = np.searchsorted(terms[order], np.arange(len(vocabulary) + 1)).astype(np.int64)
        weights = (saturation * idf[terms]).astype(np.float32)
        return cls(
            vocabulary,
            starts,
            rows[order],
            weights[order],
            idf,
            row_count=len(counts),
            mean_length=mean_length,
        )

    def scores(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """`(row_count,) float32`, BM25 of every row; a term counts once however often it is asked."""
        total = np.zeros(self.row_count, dtype=np.float32)
        for term in dict.fromkeys(terms):
            number = self._vocabulary.get(term)
            if number is not None:
                part = slice(self._starts[number], self._starts[number + 1])
                total[self._rows[part]] += self._weights[part]
        return total

    def scores_between(self, terms: Sequence[str], *, start: int, stop: int) -> NDArray[np.float32]:
        """`(stop - start,) float32`, BM25 of neighbouring rows only, without touching the others."""
        total = np.zeros(stop - start, dtype=np.float32)
        for term in dict.fromkeys(terms):
            number = self._vocabulary.get(term)
            if number is not None:
                first, last = self._starts[number], self._starts[number + 1]
                low, high = first + np.searchsorted(self._rows[first:last], [start, stop])
                total[self._rows[low:high] - start] += self._weights[low:high]
        return total

    def weight_of(self, terms: Sequence[str]) -> float:
        """The sum of the terms' idf: what a row could reach by holding each once at mean length.

        A term that no row holds counts like the rarest, so that unknown words lower the share that is matched. Never 0.
        """
        rarest = float(np.log1p((self.row_count + 0.5) / 0.5))
        known = (self._vocabulary.get(term) for term in dict.fromkeys(terms))
        return sum(rarest if number is None else float(self._idf[number]) for number in known) or 1.0

    def frequency(self, term: str) -> int:
        """In how many rows a term stands."""
        number = self._vocabulary.get(term)
        return 0 if number is None else int(self._starts[number + 1] - self._starts[number])

    def save(self, folder: Path, name: str) -> None:
        """Writes `<name>.terms.json` and the arrays beside it."""
        vocabulary = {"terms": list(self._vocabulary), "rows": self.row_count, "mean_length": self.mean_length}
        (folder / f"{name}.terms.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
        for part, array in self._arrays().items():
            np.save(folder / f"{name}.{part}.npy", array, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path, name: str) -> "LexicalIndex":
        """Maps the arrays into memory; the files must have been verified before."""
        stored = json.loads((folder / f"{name}.terms.json").read_text(encoding="utf-8"))
        starts, rows, weights, idf = (
            # As plain arrays over the mapped bytes: slicing a memmap costs ten times as much.
            np.asarray(np.load(folder / f"{name}.{part}.npy", mmap_mode="r", allow_pickle=False))
            for part in ("starts", "rows", "weights", "idf")
        )
        vocabulary = {term: number for number, term in enumerate(stored["terms"])}
        return cls(vocabulary, starts, rows, weights, idf, row_count=stored["rows"], mean_length=stored["mean_length"])

    def _arrays(self) -> dict[str, NDArray[np.generic]]:
        return {"starts": self._starts, "rows": self._rows, "weights": self._weights, "idf": self._idf}
