"""Waiting for what happens elsewhere: long enough for a busy machine, and no longer than it takes."""

import time
from collections.abc import Callable

PATIENCE_S = 60.0


def eventually(happened: Callable[[], object]) -> None:
    """Waits until `happened` says so; fails when it never does."""
    give_up = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < give_up, "it did not happen"
        time.sleep(0.01)
