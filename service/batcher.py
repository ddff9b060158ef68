"""Where the requests of the event loop meet the encoder: those that wait together are encoded together.

One thread encodes, so requests never compete for the cores; an idle encoder starts on the first text at once.
"""

import asyncio
import queue
import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.observability import ENCODED_TOGETHER
from triagem.encoder.base import Encoder

MOST_TOGETHER = 32

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Waiting:
    text: str
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Vector]


class Batcher:
    """An encoder that can be awaited."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="encoder", daemon=True)
        self._thread.start()

    async def encode(self, text: str) -> Vector:
        """The unit vector of one text, `(dimension,) float32`."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Vector] = loop.create_future()
        self._waiting.put(_Waiting(text, loop, future))
        return await future

    def close(self) -> None:
        """Ends the thread after what waits already."""
        self._waiting.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (first := self._waiting.get()) is not None:
            batch, ended = self._take_more(first)
            wanted = [waiting for waiting in batch if not waiting.future.cancelled()]
            if wanted:
                self._encode(wanted)
            if ended:
                return

    def _take_more(self, first: _Waiting) -> tuple[list[_Waiting], bool]:
        batch = [first]
        while len(batch) < MOST_TOGETHER:
            try:
                waiting = self._waiting.get_nowait()
            except queue.Empty:
                break
            if waiting is None:
                return batch, True
            batch.append(waiting)
        return batch, False

    def _encode(self, batch: list[_Waiting]) -> None:
        ENCODED_TOGETHER.observe(len(batch))
        try:
            vectors = self._encoder.encode([waiting.text for waiting in batch])
        except Exception as error:
            _call(batch[0].loop, _fail, batch, error)
        else:
            _call(batch[0].loop, _settle, batch, vectors)


def _call(loop: asyncio.AbstractEventLoop, function: object, *arguments: object) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(function, *arguments)  # type: ignore[arg-type]


def _settle(batch: list[_Waiting], vectors: NDArray[np.float32]) -> None:
    for waiting, vector in zip(batch, vectors, strict=True):
        if not waiting.future.done():
            waiting.future.set_result(vector)


def _fail(batch: list[_Waiting], error: Exception) -> None:
    for waiting in batch:
        if not waiting.future.done():
            waiting.future.set_exception(error)
