"""Exact nearest vectors by inner product: the only module that knows FAISS.

An index is immutable: FAISS neither replaces nor forgets a row, and adding while others search crashes.
"""

from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

# One query is served by one thread: splitting a scan of a millisecond over cores that others use costs ten.
faiss.omp_set_num_threads(1)

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]


class VectorIndex:
    """Unit vectors by row number, kept as float16 like in the store, compared in float32."""

    def __init__(self, index: Any) -> None:
        self._index = index
        self.row_count: int = index.ntotal
        # FAISS decodes row by row; seen through numpy the same bytes are six times faster to gather.
        codes = faiss.rev_swig_ptr(index.codes.data(), index.codes.size()) if index.ntotal else np.empty(0, np.uint8)
        self._stored = codes.view(np.float16).reshape(index.ntotal, index.d)

    @classmethod
    def build(cls, vectors: Vectors, dimension: int) -> "VectorIndex":
        """An index of `(n, dimension) float32` unit rows; n may be 0."""
        index = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        if len(vectors):
            index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    def nearest(self, vector: Vectors, count: int, *, allowed: NDArray[np.bool_] | None) -> Rows:
        """The most similar rows, best first; only rows where `allowed` is true (None: all)."""
        count = min(count, self.row_count)
        if count == 0 or not np.isfinite(vector).all():
            return np.empty(0, np.int64)
        parameters = None
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            selector = faiss.IDSelectorBitmap(self.row_count, faiss.swig_ptr(bits))
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        _, rows = self._index.search(vector.reshape(1, -1), count, params=parameters)
        found: Rows = rows[0][rows[0] >= 0]  # FAISS pads with -1
        return found

    def similarities(self, vector: Vectors, rows: Rows) -> Vectors:
        """The cosines of the given rows, in their order."""
        return self._stored[rows].astype(np.float32) @ vector

    def at(self, rows: Rows) -> Vectors:
        """What stands in the given rows, `(len(rows), dimension) float32`."""
        stored: Vectors = self._stored[rows].astype(np.float32)
        return stored

    def save(self, path: Path) -> None:
        faiss.write_index(self._index, str(path))

    @classmethod
    def load(cls, path: Path) -> "VectorIndex":
        """Reads an index whose bytes were verified before: a flipped bit loads silently and answers wrongly."""
        return cls(faiss.read_index(str(path)))
