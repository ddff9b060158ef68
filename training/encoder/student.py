"""The student as a folder and as a torch module: a BERT, its tokenizer, mean pooling.

The folder is one that sentence-transformers and `training.encoder.export` read; what it learns is left to the stages.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

from triagem.encoder.manifest import TOKENIZER
from triagem.encoder.prepare import prepare

WEIGHTS = "model.safetensors"
_ROWS_TOGETHER = 24  # texts of like length run together: half as much padding as a whole mixed batch
_MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
    {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
    {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
]


def write_student(
    folder: Path, weights: dict[str, NDArray[np.float32]], config: dict[str, object], tokenizer: str
) -> None:
    """Writes a sentence-transformers folder; `tokenizer` is the text of tokenizer.json."""
    words, width = weights["embeddings.word_embeddings.weight"].shape
    (folder / "1_Pooling").mkdir(parents=True, exist_ok=True)
    _write_json(folder / "config.json", {**config, "vocab_size": words, "architectures": ["BertModel"]})
    _write_json(folder / "modules.json", _MODULES)
    _write_json(
        folder / "1_Pooling" / "config.json", {"word_embedding_dimension": width, "pooling_mode_mean_tokens": True}
    )
    _write_json(folder / "tokenizer_config.json", {"tokenizer_class": "BertTokenizerFast", "model_max_length": 512})
    (folder / TOKENIZER).write_text(tokenizer, encoding="utf-8")
    save_file({name: np.ascontiguousarray(values) for name, values in weights.items()}, folder / WEIGHTS)


def read_weights(folder: Path) -> dict[str, NDArray[np.float32]]:
    """A student's weights by name, without what serving does not use."""
    return {
        name: values
        for name, values in load_file(folder / WEIGHTS).items()
        if not name.startswith("pooler.") and values.dtype == np.float32
    }


class Student(torch.nn.Module):  # type: ignore[misc]  # torch is untyped here
    """Texts to unit vectors, trainable. No dropout: the targets are exact and the data are seen once."""

    def __init__(self, folder: Path, *, max_tokens: int) -> None:
        super().__init__()
        self.folder = folder
        self.max_tokens = max_tokens
        config = BertConfig.from_pretrained(folder, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
        self.bert = BertModel(config, add_pooling_layer=False)
        weights = {name: torch.from_numpy(values) for name, values in read_weights(folder).items()}
        self.bert.load_state_dict(weights, strict=False)
        self.tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(max_tokens)

    def forward(self, texts: Sequence[str]) -> torch.Tensor:
        """`(len(texts), dimension)` unit vectors in float32."""
        encoded = self.tokenizer.encode_batch([prepare(text, max_tokens=self.max_tokens) for text in texts])
        rows = [one.ids for one in encoded]
        order = sorted(range(len(rows)), key=lambda row: len(rows[row]))
        parts = [order[start : start + _ROWS_TOGETHER] for start in range(0, len(order), _ROWS_TOGETHER)]
        vectors = torch.cat([self._run([rows[row] for row in part]) for part in parts])
        return vectors[torch.tensor(order).argsort()]

    def _run(self, rows: list[list[int]]) -> torch.Tensor:
        width = max(map(len, rows))
        ids = torch.tensor([row + [0] * (width - len(row)) for row in rows])
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        summed = (hidden.float() * mask.unsqueeze(-1)).sum(dim=1)
        return torch.nn.functional.normalize(summed, dim=1)

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, cut at `max_tokens`."""
        return [len(one.ids) for one in self.tokenizer.encode_batch(list(texts))]

    def save(self, folder: Path) -> None:
        """Writes the student as it is now."""
        weights = {name: values.detach().float().numpy() for name, values in self.bert.state_dict().items()}
        config = json.loads((self.folder / "config.json").read_text(encoding="utf-8"))
        write_student(folder, weights, config, (self.folder / TOKENIZER).read_text(encoding="utf-8"))


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n", encoding="utf-8")
