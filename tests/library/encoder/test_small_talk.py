"""Small talk lies near to any short text, so an article has to be nearer than that."""

from pathlib import Path

import numpy as np
import pytest

from triagem.encoder import small_talk
from triagem.encoder.hashing import HashingEncoder
from triagem.encoder.open import open_encoder
from triagem.encoder.small_talk import SmallTalk
from triagem.errors import DamagedArtifact
from triagem.search.relevance import Features, shipped
from triagem.text.normalise import clean
from triagem.types import Kind


def test_a_line_is_as_near_as_can_be_and_a_request_is_not() -> None:
    encoder = HashingEncoder()
    texts = ["quem é você?", "como emito a segunda via do boleto da fatura de outubro"]
    line, request = SmallTalk.seen_by(encoder).nearest(encoder.encode(texts))
    assert line > 0.9 > request


def test_the_shipped_vectors_are_those_of_the_shipped_lines_and_encoder() -> None:
    encoder = open_encoder("default")
    with np.load(small_talk.VECTORS, allow_pickle=False) as stored:
        assert str(stored["basis"]) == small_talk.basis_of(encoder)
    some = small_talk.LINES.read_text(encoding="utf-8").splitlines()[::40]
    assert SmallTalk.seen_by(encoder).nearest(encoder.encode(some)).min() > 0.99


def test_lines_are_different_and_written_as_texts_are_read() -> None:
    lines = small_talk.LINES.read_text(encoding="utf-8").splitlines()
    assert len(set(lines)) == len(lines)
    assert all(line and clean(line) == line for line in lines)


def test_damaged_vectors_are_found_before_they_are_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = HashingEncoder()
    path = tmp_path / "small_talk.npz"
    small_talk.write(encoder, path)
    flipped = bytearray(path.read_bytes())
    flipped[len(flipped) // 2] ^= 1
    damaged = tmp_path / "damaged.npz"
    damaged.write_bytes(flipped)
    monkeypatch.setattr(small_talk, "VECTORS", path)
    assert SmallTalk.seen_by(encoder).nearest(encoder.encode(["oi"]))[0] > 0.9
    monkeypatch.setattr(small_talk, "VECTORS", damaged)
    with pytest.raises(DamagedArtifact, match="Reinstall"):
        SmallTalk.seen_by(encoder)


def test_what_is_no_nearer_than_small_talk_is_less_likely_to_help() -> None:
    near = np.array([0.6, 0.3], np.float32)
    none, own = np.zeros(2, np.float32), np.zeros(2, bool)
    request, chat = (Features(near, near, none, none, none, own, 3, talk, 1_000) for talk in (0.3, 0.8))
    model = shipped()[Kind.ARTICLE]
    assert model.relevance(chat)[0] < 0.5 * model.relevance(request)[0]
    assert model.log_odds(chat).tolist() == model.log_odds(request).tolist()
