"""Exact nearest vectors by inner product: the only module that knows FAISS.

An index is immutable: FAISS neither replaces nor forgets a row, and adding while others search crashes.
"""

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

# One query is served by one thread: splitting a scan of a millisecond over cores that others use costs ten.
faiss.omp_set_num_threads(1)

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]


class VectorIndex:
    """Unit vectors by row number, kept as float16 like in the store, compared in float32."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index
        self.row_count: int = index.ntotal

    @classmethod
    def build(cls, vectors: Vectors, dimension: int) -> "VectorIndex":
        """An index of `(n, dimension) float32` unit rows; n may be 0."""
        index = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        if len(vectors):
            index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    def nearest(self, vector: Vectors, count: int, *, allowed: NDArray[np.bool_] | None) -> tuple[Rows, Vectors]:
        """The most similar rows and their cosines, best first; only rows where `allowed` is true (None: all)."""
        count = min(count, self.row_count)
        if count == 0 or not np.isfinite(vector).all():
            return np.empty(0, np.int64), np.empty(0, np.float32)
        parameters = None
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            selector = faiss.IDSelectorBitmap(self.row_count, faiss.swig_ptr(bits))
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        similarities, rows = self._index.search(vector.reshape(1, -1), count, params=parameters)
        found = rows[0] >= 0  # FAISS pads with -1
        return rows[0][found], similarities[0][found]

    def similarities(self, vector: Vectors, rows: Rows) -> Vectors:
        """The cosines of the given rows, in their order."""
        if len(rows) == 0:
            return np.empty(0, np.float32)
        stored: Vectors = self._index.reconstruct_batch(np.ascontiguousarray(rows, dtype=np.int64))
        return stored @ vector

    def save(self, path: Path) -> None:
        faiss.write_index(self._index, str(path))

    @classmethod
    def load(cls, path: Path) -> "VectorIndex":
        """Reads an index whose bytes were verified before: a flipped bit loads silently and answers wrongly."""
        return cls(faiss.read_index(str(path)))
