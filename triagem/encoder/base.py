"""What an encoder promises: texts in, unit vectors out.

The implementations stand beside this module; `triagem.encoder.open` picks one from a setting.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Texts to unit vectors in one space, whatever their language."""

    @property
    def digest(self) -> str:
        """Names the weights and the pre-processing; vectors of two digests are never compared."""
        ...

    @property
    def dimension(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """`(len(texts), dimension) float32`, rows of length 1, in the order given; `(0, dimension)` for no texts."""
        ...
