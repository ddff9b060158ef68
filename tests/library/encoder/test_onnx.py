import json
from pathlib import Path

import numpy as np
import pytest

from tests.library.encoder.tiny import WIDTH, write_tiny_model
from triagem.encoder.onnx import OnnxEncoder
from triagem.errors import DamagedArtifact, NotFound, UnsupportedFormat

pytest.importorskip("onnx")

from training.encoder.export import export


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    export(write_tiny_model(tmp_path / "model"), tmp_path / "out", name="tiny", licence="CC0-1.0", max_tokens=16)
    return tmp_path / "out"


def test_a_folder_serves_what_its_manifest_says(folder: Path) -> None:
    encoder = OnnxEncoder(folder)
    assert (encoder.name, encoder.dimension, encoder.max_tokens) == ("tiny", WIDTH, 16)


def test_words_past_max_tokens_do_not_count(folder: Path) -> None:
    long = "how to reset my password " * 20
    one, other = OnnxEncoder(folder).encode([long, long + "the printer does not work"])
    np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_flipped_bit_is_found_before_use(folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(DamagedArtifact, match=f"{name} does not match"):
        OnnxEncoder(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "model.onnx").unlink()
    with pytest.raises(DamagedArtifact, match=r"model\.onnx is missing"):
        OnnxEncoder(folder)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1}', '{"format": 1, "surprise": 2}'])
def test_a_manifest_that_cannot_be_read_is_damage(folder: Path, text: str) -> None:
    (folder / "encoder.json").write_text(text)
    with pytest.raises(DamagedArtifact, match="cannot be read"):
        OnnxEncoder(folder)


def test_a_newer_format_asks_for_a_newer_triagem(folder: Path) -> None:
    manifest = json.loads((folder / "encoder.json").read_text())
    (folder / "encoder.json").write_text(json.dumps({**manifest, "format": 2}))
    with pytest.raises(UnsupportedFormat, match="Upgrade Triagem"):
        OnnxEncoder(folder)


def test_a_folder_without_a_manifest_is_no_encoder(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"encoder\.json is missing"):
        OnnxEncoder(tmp_path)


def test_the_digest_changes_with_the_weights_and_with_where_a_text_is_cut(tmp_path: Path) -> None:
    digests = set()
    for number, (seed, max_tokens) in enumerate([(0, 16), (1, 16), (0, 32), (0, 16)]):
        model = write_tiny_model(tmp_path / f"model{number}", seed=seed)
        export(model, tmp_path / f"out{number}", name=f"name {number}", max_tokens=max_tokens)
        digests.add(OnnxEncoder(tmp_path / f"out{number}").digest)
    assert len(digests) == 3  # a name alone changes nothing
