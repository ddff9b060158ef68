"""What reading a text costs: processor time of this thread, which a busy machine does not lengthen."""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def at_most_a_second() -> Iterator[None]:
    """Fails when what is done inside takes more. Garbage of the tests before is not looked for meanwhile."""
    gc.disable()
    started = time.thread_time()
    try:
        yield
        assert time.thread_time() - started < 1
    finally:
        gc.enable()
