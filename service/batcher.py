"""Where the requests of the event loop meet the encoder: those that wait together are encoded together.

One thread encodes, so requests never compete for the cores; an idle encoder starts on the first text at once. What
follows from a vector is done where no other thread has to be woken: there too if nobody waits, else in a small pool.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from service.observability import ENCODED_TOGETHER
from triagem.encoder.base import Encoder

MOST_TOGETHER: Final = 32

Vector = NDArray[np.float32]
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class _Waiting:
    text: str
    work: Callable[[Vector], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]


class Batcher:
    """An encoder, and what is done with its vectors, that can be awaited."""

    def __init__(self, encoder: Encoder, *, threads: int) -> None:
        """`threads` is how many answers may be worked on beside the encoder."""
        self._encoder = encoder
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="answer")
        self._thread = threading.Thread(target=self._serve, name="encoder", daemon=True)
        self._thread.start()

    async def answer(self, text: str, work: Callable[[Vector], _Answer]) -> _Answer:
        """What `work` makes of the text's unit vector, `(dimension,) float32`; it runs in another thread."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[_Answer] = loop.create_future()
        self._waiting.put(_Waiting(text, work, loop, future))
        return await future

    def close(self) -> None:
        """Ends the threads after what waits already."""
        self._waiting.put(None)
        self._thread.join()
        self._pool.shutdown()

    def _serve(self) -> None:
        ended = False
        while not ended:
            batch = [self._waiting.get()]
            while len(batch) < MOST_TOGETHER and batch[-1] is not None:
                try:
                    batch.append(self._waiting.get_nowait())
                except queue.Empty:
                    break
            ended = batch[-1] is None
            wanted = [waiting for waiting in batch if waiting is not None and not waiting.future.cancelled()]
            if wanted:
                self._encode(wanted)

    def _encode(self, batch: list[_Waiting]) -> None:
        ENCODED_TOGETHER.observe(len(batch))
        try:
            vectors = self._encoder.encode([waiting.text for waiting in batch])
        except Exception as error:  # the requests fail, the thread goes on
            for waiting in batch:
                _settle(waiting, None, error)
            return
        if len(batch) == 1 and self._waiting.empty():
            _work(batch[0], vectors[0])
        else:
            for waiting, vector in zip(batch, vectors, strict=True):
                self._pool.submit(_work, waiting, vector)


def _work(waiting: _Waiting, vector: Vector) -> None:
    if waiting.future.cancelled():
        return
    try:
        answer = waiting.work(vector)
    except Exception as error:  # it is the request's, whatever it is
        _settle(waiting, None, error)
    else:
        _settle(waiting, answer, None)


def _settle(waiting: _Waiting, answer: object, error: Exception | None) -> None:
    def set_it() -> None:
        if waiting.future.done():
            return
        if error is None:
            waiting.future.set_result(answer)
        else:
            waiting.future.set_exception(error)

    if not waiting.loop.is_closed():
        waiting.loop.call_soon_threadsafe(set_it)
