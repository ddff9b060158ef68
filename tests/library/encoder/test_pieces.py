"""The table of word pieces: found damaged before use, the same for every spelling, near across languages."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from triagem.encoder.manifest import PIECES, TOKENIZER
from triagem.encoder.open import WEIGHTS
from triagem.encoder.pieces import Pieces, shipped
from triagem.errors import DamagedArtifact


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (TOKENIZER, PIECES, "encoder.json"):
        shutil.copy(WEIGHTS / name, tmp_path)
    return tmp_path


def test_a_table_is_read_without_the_model_beside_it(folder: Path) -> None:
    assert len(Pieces(folder)) == len(shipped())


def test_a_flipped_bit_is_found_before_use(folder: Path) -> None:
    content = bytearray((folder / PIECES).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / PIECES).write_bytes(content)
    with pytest.raises(DamagedArtifact, match=r"pieces\.npz does not match"):
        Pieces(folder)


def test_a_folder_without_a_table_says_so(folder: Path) -> None:
    manifest = json.loads((folder / "encoder.json").read_text())
    del manifest["files"][PIECES]
    (folder / "encoder.json").write_text(json.dumps(manifest))
    with pytest.raises(DamagedArtifact, match=r"names no pieces\.npz"):
        Pieces(folder)


def test_every_piece_of_a_text_counts_once_however_it_is_spelt() -> None:
    plain, dressed, nothing = shipped().of(["cartao do banco", "Cartão, cartão do BANCO", ""])
    assert len(nothing) == 0
    assert set(plain) < set(dressed)  # the comma
    assert list(plain) == sorted(set(plain))


def test_a_long_text_counts_with_its_beginning() -> None:
    whole, word = shipped().of(["palavra " * 300 + "boleto", "palavra"])
    assert list(whole) == list(word)


def test_what_no_piece_spells_is_left_out() -> None:
    strange, thanks, plain = shipped().of(["ошибка 😀 →", "obrigado 😀", "obrigado"])
    assert len(strange) == 0
    assert list(thanks) == list(plain)


@pytest.mark.parametrize(
    ("one", "near", "far"),
    [("cartão", "card", "printer"), ("senha", "password", "invoice"), ("impressora", "printer", "card")],
)
def test_a_word_is_nearer_its_translation_than_another(one: str, near: str, far: str) -> None:
    pieces = shipped()
    first, second, third = (pieces.vectors(ids)[0] for ids in pieces.of([one, near, far]))
    assert first @ second > 0.5 > first @ third


def test_vectors_have_length_one() -> None:
    pieces = shipped()
    lengths = np.linalg.norm(pieces.vectors(np.arange(len(pieces))), axis=1)
    np.testing.assert_allclose(lengths, 1.0, atol=1e-5)
