"""One suite for every encoder: what `triagem.encoder.base.Encoder` promises, checked on each implementation."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tests.library.encoder.tiny import write_tiny_model
from triagem.encoder.base import Encoder
from triagem.encoder.hashing import HashingEncoder
from triagem.encoder.onnx import OnnxEncoder
from triagem.encoder.open import DEFAULT, WEIGHTS, open_encoder

TEXTS = [
    "How to reset my password",
    "a",
    "A impressora não imprime",
    "The printer does not work " * 40,
    "",
    "x" * 5_000,
    "nul \0, a lone surrogate \ud800, an emoji 🖨️, a tab\tand\nlines",
    "a",
]


@pytest.fixture(scope="module", params=["hashing", "onnx", "torch", "default"])
def encoder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    folder: Path = tmp_path_factory.mktemp("encoder")
    if request.param == "hashing":
        return HashingEncoder()
    if request.param == "default":
        if not (WEIGHTS / "encoder.json").is_file():
            pytest.skip("no weights are shipped in this checkout")
        return open_encoder(DEFAULT, threads=1)
    model = write_tiny_model(folder / "model")
    if request.param == "torch":
        pytest.importorskip("sentence_transformers")
        return open_encoder(str(model))
    pytest.importorskip("onnx")
    from training.encoder.export import export  # noqa: PLC0415 - needs the onnx package

    export(model, folder / "out", name="tiny", max_tokens=64)
    return OnnxEncoder(folder / "out", threads=1, batch_size=3)


def test_rows_are_unit_vectors_of_the_stated_dimension(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-4)


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    vectors = encoder.encode([])
    assert vectors.shape == (0, encoder.dimension)
    assert vectors.dtype == np.float32


def test_the_order_of_rows_is_the_order_of_texts(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    backwards = encoder.encode(TEXTS[::-1])
    np.testing.assert_allclose(backwards[::-1], vectors, atol=1e-3)
    np.testing.assert_allclose(vectors[1], vectors[-1], atol=1e-3)


def test_a_text_has_the_same_vector_alone_and_among_others(encoder: Encoder) -> None:
    together = encoder.encode(TEXTS)
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    np.testing.assert_allclose(alone, together, atol=1e-3)


def test_threads_may_share_an_encoder(encoder: Encoder) -> None:
    expected = encoder.encode(TEXTS)
    with ThreadPoolExecutor(4) as pool:
        for vectors in pool.map(lambda _: encoder.encode(TEXTS), range(8)):
            np.testing.assert_allclose(vectors, expected, atol=1e-3)


def test_case_and_white_space_around_a_text_do_not_count(encoder: Encoder) -> None:
    plain, dressed = encoder.encode(["the printer does not work", "  The  PRINTER does\nnot work "])
    assert float(plain @ dressed) == pytest.approx(1.0, abs=1e-3)


def test_texts_that_differ_have_different_vectors(encoder: Encoder) -> None:
    one, other = encoder.encode(["How to reset my password", "A impressora não imprime"])
    assert float(one @ other) < 0.99


def test_the_digest_is_stable_and_not_empty(encoder: Encoder) -> None:
    assert encoder.digest == encoder.digest
    assert len(encoder.digest) >= 8
