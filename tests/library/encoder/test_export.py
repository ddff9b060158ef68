from pathlib import Path

import numpy as np
import pytest

from tests.library.encoder.tiny import write_tiny_model
from triagem.encoder.onnx import OnnxEncoder
from triagem.errors import InvalidInput, NotFound

pytest.importorskip("onnx")
pytest.importorskip("sentence_transformers")

from training.encoder.export import export
from triagem.encoder.torch import TorchEncoder

TEXTS = ["How to reset my password?", "A impressora não imprime", "a", "the printer does not work " * 5]


def _cosines(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return (one * other).sum(axis=1)


def test_fp32_gives_the_vectors_of_sentence_transformers(tmp_path: Path) -> None:
    model = write_tiny_model(tmp_path / "model")
    export(model, tmp_path / "out", name="tiny", max_tokens=64, int8=False)
    cosines = _cosines(OnnxEncoder(tmp_path / "out").encode(TEXTS), TorchEncoder(str(model)).encode(TEXTS))
    assert cosines.min() >= 0.9999


def test_int8_stays_near_fp32_and_is_smaller(tmp_path: Path) -> None:
    model = write_tiny_model(tmp_path / "model")
    for name, int8 in (("fp32", False), ("int8", True)):
        export(model, tmp_path / name, name=name, max_tokens=64, int8=int8)
    cosines = _cosines(OnnxEncoder(tmp_path / "int8").encode(TEXTS), OnnxEncoder(tmp_path / "fp32").encode(TEXTS))
    assert cosines.min() >= 0.995
    sizes = {name: (tmp_path / name / "model.onnx").stat().st_size for name in ("int8", "fp32")}
    assert sizes["int8"] < sizes["fp32"]


def test_the_same_model_gives_the_same_files(tmp_path: Path) -> None:
    model = write_tiny_model(tmp_path / "model")
    manifests = [export(model, tmp_path / name, name="tiny", max_tokens=64) for name in ("one", "two")]
    assert manifests[0].files == manifests[1].files


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"config\.json"):
        export(tmp_path, tmp_path / "out", name="nothing")


def test_a_model_of_another_kind_is_refused(tmp_path: Path) -> None:
    model = write_tiny_model(tmp_path / "model")
    config = (model / "config.json").read_text().replace('"gelu"', '"relu"')
    (model / "config.json").write_text(config)
    with pytest.raises(InvalidInput, match="mean pooling"):
        export(model, tmp_path / "out", name="relu")
