"""How often somebody may try a key that opens nothing: a few times in five minutes, from one address.

All addresses together have no limit: a key's 192 random bits are not guessed, and with one a stranger could keep
everybody out.
"""

import time
from typing import Final

from service.pace import Buckets, Clock, network_of

WINDOW_S: Final = 300.0
FROM_ONE_ADDRESS: Final = 10


class Attempts:
    """Failed sign-ins, forgiven one by one over five minutes. Each service process counts its own."""

    def __init__(self, *, clock: Clock = time.monotonic) -> None:
        self._failed = Buckets(FROM_ONE_ADDRESS, window_s=WINDOW_S, clock=clock)

    def wait_s(self, address: str) -> float:
        """Seconds until `address` may try again; 0 when it may now."""
        return self._failed.wait_s(network_of(address))

    def failed(self, address: str) -> None:
        self._failed.take(network_of(address))
