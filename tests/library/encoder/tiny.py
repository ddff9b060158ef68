"""A BERT of a few thousand numbers, made on the spot: small enough to check by hand, real enough to serve."""

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
_WORDS = "a an how to reset my password the printer does not work senha como nao imprime minha redefinir".split()
WIDTH, LAYERS, HEADS, POSITIONS = 32, 2, 4, 64


def write_tiny_model(folder: Path, *, seed: int = 0) -> Path:
    """A sentence-transformers folder with random weights; words it does not know are spelt letter by letter."""
    folder.mkdir(parents=True, exist_ok=True)
    letters = [chr(code) for code in range(33, 127) if not chr(code).isupper()]
    pieces = list(dict.fromkeys([*_SPECIAL, *_WORDS, *letters, *(f"##{letter}" for letter in letters)]))
    vocabulary = {piece: row for row, piece in enumerate(pieces)}
    _tokenizer(vocabulary).save(str(folder / "tokenizer.json"))
    config = {
        "model_type": "bert",
        "architectures": ["BertModel"],
        "vocab_size": len(vocabulary),
        "hidden_size": WIDTH,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "intermediate_size": 2 * WIDTH,
        "max_position_embeddings": POSITIONS,
        "type_vocab_size": 2,
        "hidden_act": "gelu",
        "layer_norm_eps": 1e-12,
        "pad_token_id": 0,
    }
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "1_Pooling").mkdir(exist_ok=True)
    pooling = {"word_embedding_dimension": WIDTH, "pooling_mode_mean_tokens": True}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    save_file(_weights(len(vocabulary), seed), folder / "model.safetensors")
    return folder


def _tokenizer(vocabulary: dict[str, int]) -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", vocabulary["[CLS]"]), ("[SEP]", vocabulary["[SEP]"])]
    )
    return tokenizer


def _weights(words: int, seed: int) -> dict[str, np.ndarray]:
    draw = np.random.default_rng(seed)

    def normal(*shape: int) -> np.ndarray:
        return draw.normal(0, 0.2, shape).astype(np.float32)

    weights = {
        "embeddings.word_embeddings.weight": normal(words, WIDTH),
        "embeddings.position_embeddings.weight": normal(POSITIONS, WIDTH),
        "embeddings.token_type_embeddings.weight": normal(2, WIDTH),
    }
    dense = {}
    for layer in range(LAYERS):
        prefix = f"encoder.layer.{layer}"
        for part in ("query", "key", "value"):
            dense[f"{prefix}.attention.self.{part}"] = (WIDTH, WIDTH)
        dense[f"{prefix}.attention.output.dense"] = (WIDTH, WIDTH)
        dense[f"{prefix}.intermediate.dense"] = (2 * WIDTH, WIDTH)
        dense[f"{prefix}.output.dense"] = (WIDTH, 2 * WIDTH)
    for name, (wide, narrow) in dense.items():
        weights[f"{name}.weight"], weights[f"{name}.bias"] = normal(wide, narrow), normal(wide)
    norms = ["embeddings", *(f"encoder.layer.{i}.{part}output" for i in range(LAYERS) for part in ("attention.", ""))]
    for name in norms:
        weights[f"{name}.LayerNorm.weight"] = 1 + normal(WIDTH)
        weights[f"{name}.LayerNorm.bias"] = normal(WIDTH)
    return weights
