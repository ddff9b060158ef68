"""Word pieces and what each is near to, whatever text it stands in: a table that is shipped beside the encoder.

It is made by `training.encoder.pieces`; comparing texts by it is the work of `triagem.search.near_words`.
"""

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from triagem.encoder.manifest import PIECES, TOKENIZER, read_manifest
from triagem.encoder.open import WEIGHTS
from triagem.encoder.prepare import prepare
from triagem.encoder.tokenizer import tokenizer_of

Ids = NDArray[np.uint16]


class Pieces:
    """The pieces of a vocabulary of n, fewer than 65,536. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """Reads a folder whose files match their digests.

        `shares` `(n,) float32` says in what share of the texts it was learned from each piece stands, `digest` what the
        ids mean.
        """
        manifest = read_manifest(folder, only=(TOKENIZER, PIECES))
        self._max_tokens = manifest.max_tokens
        self._tokenizer = tokenizer_of(folder, manifest.files[TOKENIZER], max_tokens=self._max_tokens)
        self._special = np.array(sorted(self._tokenizer.get_added_tokens_decoder()), dtype=np.uint16)
        parts = [manifest.files[TOKENIZER], manifest.files[PIECES], self._max_tokens]
        self.digest = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
        with np.load(folder / PIECES, allow_pickle=False) as stored:
            self._vectors: NDArray[np.int8] = stored["vectors"]
            self.shares: NDArray[np.float32] = stored["shares"]
        self._scales = 1 / np.linalg.norm(self._vectors.astype(np.float32), axis=1, keepdims=True)

    def __len__(self) -> int:
        return len(self.shares)

    def of(self, texts: Sequence[str]) -> list[Ids]:
        """The different pieces of each text, ascending. What no piece spells, such as an emoji, is left out.

        Only as much of a text is read as an encoder reads, repeats included.
        """
        encoded = self._tokenizer.encode_batch_fast(
            [prepare(text, max_tokens=self._max_tokens) for text in texts], add_special_tokens=False
        )
        return [np.setdiff1d(np.array(one.ids, dtype=np.uint16), self._special) for one in encoded]

    def vectors(self, ids: NDArray[np.integer]) -> NDArray[np.float32]:
        """`(len(ids), width) float32`, rows of length 1."""
        unit: NDArray[np.float32] = self._vectors[ids] * self._scales[ids]
        return unit


@cache
def shipped() -> Pieces:
    """The shipped table."""
    return Pieces(WEIGHTS)
