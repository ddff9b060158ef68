"""Texts that wait together are encoded together; an idle encoder starts at once."""

import asyncio
import threading
from collections.abc import Sequence

import numpy as np
import pytest

from service.batcher import MOST_TOGETHER, Batcher
from triagem.encoder.base import Vectors
from triagem.encoder.hashing import HashingEncoder


class _Recording(HashingEncoder):
    """Keeps every batch it was given; while `gate` is closed it works on the first."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.gate = threading.Event()
        self.gate.set()

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.batches.append(list(texts))
        self.gate.wait(5)
        if "broken" in texts:
            raise ValueError("broken")
        return super().encode(texts)


def _vector(vector: Vectors) -> Vectors:
    return vector


def test_a_single_text_is_encoded_alone_and_at_once() -> None:
    encoder = _Recording()
    batcher = Batcher(encoder, threads=2)
    vector = asyncio.run(batcher.answer("senha", _vector))
    batcher.close()
    assert encoder.batches == [["senha"]]
    np.testing.assert_array_equal(vector, HashingEncoder().encode(["senha"])[0])


def test_what_waits_while_the_encoder_works_goes_together_and_everyone_gets_his_own() -> None:
    encoder = _Recording()
    encoder.gate.clear()
    batcher = Batcher(encoder, threads=2)

    async def scenario() -> list[Vectors]:
        asked = [asyncio.create_task(batcher.answer("first", _vector))]
        while not encoder.batches:
            await asyncio.sleep(0.001)
        asked += [asyncio.create_task(batcher.answer(f"text {number}", _vector)) for number in range(40)]
        await asyncio.sleep(0.01)
        encoder.gate.set()
        return list(await asyncio.gather(*asked))

    vectors = asyncio.run(scenario())
    batcher.close()
    assert [len(batch) for batch in encoder.batches] == [1, MOST_TOGETHER, 40 - MOST_TOGETHER]
    expected = HashingEncoder().encode(["first", *(f"text {number}" for number in range(40))])
    np.testing.assert_array_equal(np.stack(vectors), expected)


def test_a_request_that_went_away_is_not_encoded() -> None:
    encoder = _Recording()
    encoder.gate.clear()
    batcher = Batcher(encoder, threads=2)

    async def scenario() -> None:
        first = asyncio.create_task(batcher.answer("first", _vector))
        while not encoder.batches:
            await asyncio.sleep(0.001)
        gone = asyncio.create_task(batcher.answer("gone", _vector))
        await asyncio.sleep(0.001)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        encoder.gate.set()
        await first
        await batcher.answer("last", _vector)

    asyncio.run(scenario())
    batcher.close()
    assert encoder.batches == [["first"], ["last"]]


def test_a_failing_encoder_fails_its_requests_and_no_later_ones() -> None:
    batcher = Batcher(_Recording(), threads=2)

    async def scenario() -> Vectors:
        with pytest.raises(ValueError, match="broken"):
            await batcher.answer("broken", _vector)
        return await batcher.answer("whole", _vector)

    assert asyncio.run(scenario()).shape == (64,)
    batcher.close()


def test_what_is_done_with_a_lone_vector_is_done_by_the_thread_that_made_it() -> None:
    batcher = Batcher(_Recording(), threads=2)
    worker = asyncio.run(batcher.answer("senha", lambda _: threading.current_thread().name))
    batcher.close()
    assert worker == "encoder"


def test_an_error_in_what_is_done_with_a_vector_reaches_its_own_request() -> None:
    batcher = Batcher(_Recording(), threads=2)

    def fail(_: Vectors) -> None:
        raise KeyError("no such thing")

    async def scenario() -> Vectors:
        with pytest.raises(KeyError, match="no such thing"):
            await batcher.answer("senha", fail)
        return await batcher.answer("whole", _vector)

    assert asyncio.run(scenario()).shape == (64,)
    batcher.close()
