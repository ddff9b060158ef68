"""The teacher's vectors of the English side, computed once and kept: the student's targets.

all-MiniLM-L6-v2 as int8 ONNX is the teacher: cosine 0.998 to fp32, twice as fast. Teaching is left to `distil`.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from triagem.encoder.base import Encoder

_CHUNK = 4096


def teacher_vectors(texts: Sequence[str], encoder: Encoder, cache: Path) -> NDArray[np.float16]:
    """`(len(texts), dimension) float16`, in order; finished chunks are read back from `cache` when a run resumes."""
    cache.mkdir(parents=True, exist_ok=True)
    chunks = [np.empty((0, encoder.dimension), dtype=np.float16)]
    for start in range(0, len(texts), _CHUNK):
        chunk = texts[start : start + _CHUNK]
        key = hashlib.sha256("\0".join([encoder.digest, *chunk]).encode()).hexdigest()[:32]
        path = cache / f"{key}.npy"
        if not path.is_file():
            partial = path.with_suffix(".partial.npy")
            np.save(partial, encoder.encode(chunk).astype(np.float16))
            partial.rename(path)
        chunks.append(np.load(path, allow_pickle=False))
    return np.concatenate(chunks)
