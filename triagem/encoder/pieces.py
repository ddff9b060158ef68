"""Word pieces and what each is near to, whatever text it stands in: a table that is shipped beside the encoder.

It is made by `training.encoder.pieces`; comparing texts by it is the work of `triagem.search.near_words`.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from triagem.encoder.manifest import PIECES, TOKENIZER, read_manifest
from triagem.encoder.open import WEIGHTS
from triagem.encoder.prepare import prepare

Ids = NDArray[np.uint16]

_MAX_TOKENS = 256


class Pieces:
    """The pieces of a vocabulary of n, fewer than 65,536. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """Reads a folder whose files match their digests.

        `shares` `(n,) float32` says in what share of the texts it was learned from each piece stands.
        """
        read_manifest(folder, only=(TOKENIZER, PIECES))
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_MAX_TOKENS)
        with np.load(folder / PIECES, allow_pickle=False) as stored:
            self._vectors: NDArray[np.int8] = stored["vectors"]
            self.shares: NDArray[np.float32] = stored["shares"]
        self._scales = 1 / np.linalg.norm(self._vectors.astype(np.float32), axis=1, keepdims=True)

    def __len__(self) -> int:
        return len(self.shares)

    def of(self, texts: Sequence[str]) -> list[Ids]:
        """The different pieces of each text, ascending; of its first 256 where it has more."""
        encoded = self._tokenizer.encode_batch_fast(
            [prepare(text, max_tokens=_MAX_TOKENS) for text in texts], add_special_tokens=False
        )
        return [np.unique(np.array(one.ids, dtype=np.uint16)) for one in encoded]

    def vectors(self, ids: NDArray[np.integer]) -> NDArray[np.float32]:
        """`(len(ids), width) float32`, rows of length 1."""
        unit: NDArray[np.float32] = self._vectors[ids] * self._scales[ids]
        return unit


@cache
def shipped() -> Pieces:
    """The shipped table."""
    return Pieces(WEIGHTS)
