"""What people type into a form that asks for no help: greetings, thanks, jokes, a test, a word of anger.

Short as it is, it has the form of a question and lies near to any short article; so what counts for an article is how
much nearer to the text it is than small talk. The lines stand in `small_talk.txt`, their vectors by the shipped encoder
in `small_talk.npz`, which `training.relevance` writes.
"""

import zipfile
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from triagem.encoder.base import Encoder
from triagem.errors import DamagedArtifact
from triagem.text.normalise import digest

LINES = Path(__file__).with_name("small_talk.txt")
VECTORS = Path(__file__).with_name("small_talk.npz")


class SmallTalk:
    """The lines as one encoder sees them. Safe to share between threads."""

    def __init__(self, vectors: NDArray[np.float32]) -> None:
        """`vectors` `(lines, dimension)` are of length 1."""
        self._vectors = vectors

    @classmethod
    def seen_by(cls, encoder: Encoder) -> "SmallTalk":
        """From the shipped vectors where they are this encoder's, else encoded now, which takes a second."""
        try:
            with np.load(VECTORS, allow_pickle=False) as stored:
                if str(stored["basis"]) == basis_of(encoder):
                    return cls(stored["vectors"].astype(np.float32))
        except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
            raise DamagedArtifact(f"{VECTORS} cannot be read. Reinstall Triagem.") from error
        return cls(encoder.encode(_text().splitlines()))

    def nearest(self, vector: NDArray[np.float32]) -> float:
        """The cosine of the line that is most like a text of this vector, `(dimension,)`."""
        return float((self._vectors @ vector).max())


def write(encoder: Encoder, path: Path) -> None:
    """Writes the lines' vectors, as float16."""
    vectors = encoder.encode(_text().splitlines()).astype(np.float16)
    np.savez(path, basis=np.array(basis_of(encoder)), vectors=vectors)


def basis_of(encoder: Encoder) -> str:
    """Names the lines and the encoder that vectors are made of."""
    return digest(_text(), encoder.digest)


@cache
def _text() -> str:
    return LINES.read_text(encoding="utf-8")
