"""How often somebody may try a key that opens nothing: a few times in five minutes, from one address and in all."""

import time
from typing import Final

from service.pace import Buckets, Clock

WINDOW_S: Final = 300.0
FROM_ONE_ADDRESS: Final = 10
FROM_EVERYWHERE: Final = 300
_EVERYWHERE: Final = ""


class Attempts:
    """Failed sign-ins, forgiven one by one over five minutes. Each service process counts its own."""

    def __init__(self, *, clock: Clock = time.monotonic) -> None:
        self._of_addresses = Buckets(FROM_ONE_ADDRESS, window_s=WINDOW_S, clock=clock)
        self._of_all = Buckets(FROM_EVERYWHERE, window_s=WINDOW_S, clock=clock)

    def wait_s(self, address: str) -> float:
        """Seconds until `address` may try again; 0 when it may now."""
        return max(self._of_addresses.wait_s(address), self._of_all.wait_s(_EVERYWHERE))

    def failed(self, address: str) -> None:
        self._of_addresses.take(address)
        self._of_all.take(_EVERYWHERE)
