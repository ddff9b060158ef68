"""Any sentence-transformers model as an encoder, for those who bring their own.

Needs the extra `triagem[torch]`; nothing that serves by default imports this module's libraries.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from triagem.encoder.base import Vectors
from triagem.encoder.prepare import prepare
from triagem.errors import Failure, InvalidInput, NotFound


class TorchEncoder:
    """A sentence-transformers model by name or folder. Slower than ONNX by about five times on a CPU."""

    def __init__(self, name_or_path: str, *, threads: int = 0, batch_size: int = 32) -> None:
        """`threads` bounds torch's cores for the whole process; 0 leaves them as they are."""
        try:
            import torch  # noqa: PLC0415 - this module is torch's one door in the library
            from sentence_transformers import SentenceTransformer  # noqa: PLC0415
        except ImportError as error:
            raise InvalidInput(
                f"The encoder '{name_or_path}' needs torch, which is not installed. Run: pip install 'triagem[torch]'",
                failure=Failure.ENCODER_MISSING,
            ) from error
        if threads:
            torch.set_num_threads(threads)
        try:
            self._model = SentenceTransformer(name_or_path, device="cpu")
        except (OSError, ValueError) as error:
            raise NotFound(
                f"No encoder '{name_or_path}' was found. "
                "Give default, hashing, a folder with encoder.json, or a sentence-transformers model (name or folder).",
                failure=Failure.ENCODER_MISSING,
            ) from error
        self._batch_size = batch_size
        self._max_tokens = int(self._model.max_seq_length or 512)
        self._dimension = int(self._model.get_embedding_dimension())
        self._digest = _digest(self._model.state_dict(), self._model.tokenizer.get_vocab(), self._max_tokens)

    @property
    def digest(self) -> str:
        return self._digest

    @property
    def dimension(self) -> int:
        return self._dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors `(len(texts), dimension) float32` in the order given."""
        if not texts:
            return np.empty((0, self._dimension), dtype=np.float32)
        vectors: Vectors = self._model.encode(
            [prepare(text, max_tokens=self._max_tokens) for text in texts],
            batch_size=self._batch_size,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return vectors.astype(np.float32, copy=False)


def _digest(weights: dict[str, Any], vocabulary: dict[str, int], max_tokens: int) -> str:
    """Over the weights and the tokenizer as loaded, so that a renamed or moved model keeps its digest."""
    hashed = hashlib.sha256(json.dumps([sorted(vocabulary.items()), max_tokens]).encode())
    for name in sorted(weights):
        hashed.update(name.encode())
        hashed.update(np.ascontiguousarray(weights[name].float().cpu().numpy()).tobytes())
    return hashed.hexdigest()
