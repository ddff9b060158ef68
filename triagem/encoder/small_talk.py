"""What people type into a form that asks for no help: greetings, thanks, jokes, a test, a word of anger.

Short as it is, it has the form of a question and lies near to any short text; what is no nearer to an article or a
ticket than to small talk is about neither. The lines stand in `small_talk.txt`, their vectors by the shipped encoder
in `small_talk.npz`, which `training.relevance` writes.
"""

import hashlib
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from triagem.encoder.base import Encoder, Vectors
from triagem.errors import DamagedArtifact

LINES = Path(__file__).with_name("small_talk.txt")
VECTORS = Path(__file__).with_name("small_talk.npz")

# What other encoders made of the lines, by their digest: search and triage ask for the same.
_ENCODED: dict[str, Vectors] = {}


class SmallTalk:
    """The lines as one encoder sees them. Safe to share between threads."""

    def __init__(self, vectors: Vectors) -> None:
        """`vectors` `(lines, dimension)` are of length 1."""
        self._vectors = vectors

    @classmethod
    def seen_by(cls, encoder: Encoder) -> "SmallTalk":
        """From the shipped vectors where they are this encoder's, else encoded now, which takes a second."""
        basis, vectors = _stored(VECTORS)
        if basis == basis_of(encoder):
            return cls(vectors)
        if encoder.digest not in _ENCODED:
            _ENCODED[encoder.digest] = encoder.encode(_text().splitlines())
        return cls(_ENCODED[encoder.digest])

    def nearest(self, vectors: Vectors) -> NDArray[np.float32]:
        """`(n,)` cosines of the nearest line with each of n texts; `vectors` `(n, dimension)` are theirs."""
        found: NDArray[np.float32] = (vectors @ self._vectors.T).max(axis=1)
        return found


def write(encoder: Encoder, path: Path) -> None:
    """Writes the lines' vectors, as float16."""
    vectors = encoder.encode(_text().splitlines()).astype(np.float16)
    np.savez(path, basis=np.array(basis_of(encoder)), vectors=vectors)


def basis_of(encoder: Encoder) -> str:
    """Names the lines and the encoder that vectors are made of."""
    return hashlib.sha256(f"{encoder.digest}\n{_text()}".encode()).hexdigest()


@cache
def _text() -> str:
    return LINES.read_text(encoding="utf-8")


@cache
def _stored(path: Path) -> tuple[str, Vectors]:
    try:
        with np.load(path, allow_pickle=False) as stored:
            return str(stored["basis"]), stored["vectors"].astype(np.float32)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise DamagedArtifact(f"{path} cannot be read. Reinstall Triagem.") from error
