"""Serves a weights folder (`model.onnx`, `tokenizer.json`, `encoder.json`) with onnxruntime, without torch.

Pooling and normalising stand in the graph; the folder is made by `training.encoder`.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

# Since 1.29 onnxruntime's Linux builds queue reports to their maker as soon as they are imported; nothing here does.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime as ort

from triagem.encoder.base import Vectors
from triagem.encoder.manifest import MODEL, TOKENIZER, EncoderManifest, read_manifest
from triagem.encoder.prepare import CHARACTERS_PER_TOKEN, LONGEST_RUN, prepare
from triagem.encoder.tokenizer import tokenizer_of

_OUTPUT = "sentence_embedding"
_BATCHES_TOKENISED_AT_ONCE = 64


class OnnxEncoder:
    """An encoder read from a folder whose files matched their digests. Safe to share between threads."""

    def __init__(self, folder: Path, *, threads: int = 0, batch_size: int = 32) -> None:
        """`threads` bounds the cores one call may use, 0 leaves it to onnxruntime (all of them)."""
        self._manifest = read_manifest(folder)
        self._batch_size = batch_size
        self._tokenizer = tokenizer_of(folder, self._manifest.files[TOKENIZER], max_tokens=self.max_tokens)
        self._session = ort.InferenceSession(
            str(folder / MODEL), sess_options=_options(threads), providers=["CPUExecutionProvider"]
        )
        self._inputs = {node.name for node in self._session.get_inputs()}
        self._digest = _digest(self._manifest)

    @property
    def digest(self) -> str:
        return self._digest

    @property
    def dimension(self) -> int:
        return self._manifest.dimension

    @property
    def name(self) -> str:
        """The weights' name, for people."""
        return self._manifest.name

    @property
    def max_tokens(self) -> int:
        """Texts are cut after so many tokens, the two special ones included."""
        return self._manifest.max_tokens

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors `(len(texts), dimension) float32` in the order given; an empty text has a vector too."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        window = self._batch_size * _BATCHES_TOKENISED_AT_ONCE
        for start in range(0, len(texts), window):
            ids = self._tokenise(texts[start : start + window])
            for rows in _batches(ids, self._batch_size):
                vectors[[start + row for row in rows]] = self._run([ids[row] for row in rows])
        return vectors

    def _tokenise(self, texts: Sequence[str]) -> list[list[int]]:
        prepared = [prepare(text, max_tokens=self.max_tokens) for text in texts]
        if len(prepared) == 1:  # no thread pool is woken for one text
            return [self._tokenizer.encode(prepared[0]).ids]
        return [encoding.ids for encoding in self._tokenizer.encode_batch_fast(prepared)]

    def _run(self, batch: list[list[int]]) -> Vectors:
        width = max(map(len, batch))
        ids = np.zeros((len(batch), width), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, tokens in enumerate(batch):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        feed: dict[str, NDArray[np.int64]] = {"input_ids": ids, "attention_mask": mask}
        if "token_type_ids" in self._inputs:
            feed["token_type_ids"] = np.zeros_like(ids)
        vectors: Vectors = self._session.run([_OUTPUT], feed)[0]
        return vectors


def _batches(ids: list[list[int]], size: int) -> Iterator[list[int]]:
    """Row numbers in batches of like lengths, so that little is computed for padding."""
    by_length = iter(sorted(range(len(ids)), key=lambda row: len(ids[row])))
    while rows := list(islice(by_length, size)):
        yield rows


def _options(threads: int) -> ort.SessionOptions:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    # A waiting thread that spins takes the core from whoever serves the next request.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def _digest(manifest: EncoderManifest) -> str:
    """All that can change a vector: both files, where a text is cut, how it is prepared."""
    parts = [
        manifest.files[MODEL],
        manifest.files[TOKENIZER],
        manifest.max_tokens,
        CHARACTERS_PER_TOKEN,
        LONGEST_RUN,
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
