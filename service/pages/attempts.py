"""How often somebody may try a key that opens nothing: a few times in five minutes, from one address and in all."""

import time
from collections import deque
from collections.abc import Callable
from typing import Final

WINDOW_S: Final = 300.0
FROM_ONE_ADDRESS: Final = 10
FROM_EVERYWHERE: Final = 300


class Attempts:
    """Failed sign-ins of the last five minutes. Each service process counts its own."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failed: deque[tuple[float, str]] = deque(maxlen=FROM_EVERYWHERE)

    def wait_s(self, address: str) -> float:
        """Seconds until `address` may try again; 0 when it may now."""
        since = self._clock() - WINDOW_S
        while self._failed and self._failed[0][0] <= since:
            self._failed.popleft()
        own = [at for at, failed in self._failed if failed == address]
        if len(own) >= FROM_ONE_ADDRESS:
            return own[-FROM_ONE_ADDRESS] - since
        return self._failed[0][0] - since if len(self._failed) >= FROM_EVERYWHERE else 0.0

    def failed(self, address: str) -> None:
        self._failed.append((self._clock(), address))
