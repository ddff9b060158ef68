"""How often somebody may ask: token buckets in memory, and the two limits of keys that pages carry.

Each service process fills buckets of its own. Whose key it is stands in `service.auth`; how many requests are served at
once, whoever asks, in `service.admission`.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from enum import StrEnum
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Annotated, Final

from fastapi import Depends, HTTPException, Request

from service.auth import Allowed, Caller
from triagem.settings import Settings
from triagem.store.keys import Scope

# All addresses together may do so many times what one may, by the same key.
ADDRESSES_PER_KEY: Final = 20
_WINDOW_S: Final = 60.0
_REMEMBERED: Final = 20_000
_KEPT: Final = 0.5

Clock = Callable[[], float]


class Buckets:
    """A bucket of `size` tokens for each name; an empty one is full again after `window_s`.

    The names used last are remembered, 20,000 of them: whoever is forgotten begins with a full bucket.
    """

    def __init__(self, size: int, *, window_s: float, clock: Clock = time.monotonic) -> None:
        self._size = size
        self._per_s = size / window_s
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, name: str, *, beyond: float = 0.0) -> float:
        """Seconds until the bucket holds a token beyond that share of its size; 0 when it does."""
        return max(0.0, (1.0 + beyond * self._size - self._tokens(name)) / self._per_s)

    def is_less_than_half_full(self, name: str) -> bool:
        return self._tokens(name) < self._size / 2

    def take(self, name: str) -> None:
        """Takes a token, where there is one."""
        self._kept[name] = (max(0.0, self._tokens(name) - 1.0), self._clock())
        self._kept.move_to_end(name)
        if len(self._kept) > _REMEMBERED:
            self._kept.popitem(last=False)

    def _tokens(self, name: str) -> float:
        tokens, at = self._kept.get(name, (float(self._size), self._clock()))
        return min(float(self._size), tokens + (self._clock() - at) * self._per_s)


class Act(StrEnum):
    """What is limited: being shown articles, reading them and saying what became of it; and sending a request."""

    ASK = "ask"
    SEND = "send"


class Pace:
    """How fast the keys of pages may be used: by one address, and by all together."""

    def __init__(self, settings: Settings, *, clock: Clock = time.monotonic) -> None:
        per_minute = {Act.ASK: settings.form_asks_per_minute, Act.SEND: settings.form_sends_per_minute}
        self._limits = {
            act: (
                Buckets(many, window_s=_WINDOW_S, clock=clock),
                Buckets(many * ADDRESSES_PER_KEY, window_s=_WINDOW_S, clock=clock),
            )
            for act, many in per_minute.items()
            if many
        }

    def wait_s(self, act: Act, *, key_id: str, address: str) -> float:
        """0 for who may go on, and a token is taken; else the seconds to wait, and none is."""
        if act not in self._limits:
            return 0.0
        of_addresses, of_keys = self._limits[act]
        network = network_of(address)
        # What all share is kept, its last half, for who asks little: a score of greedy addresses stops nobody else.
        kept = _KEPT if of_addresses.is_less_than_half_full(network) else 0.0
        wait_s = max(of_addresses.wait_s(network), of_keys.wait_s(key_id, beyond=kept))
        if wait_s == 0.0:
            of_addresses.take(network)
            of_keys.take(key_id)
        return wait_s


class Paced(Allowed):
    """A dependency: the caller, who may do one of `scopes`. Raises 429 where the key is bound to pages and too fast."""

    def __init__(self, act: Act, *scopes: Scope) -> None:
        super().__init__(*scopes)
        self._act = act

    async def __call__(self, request: Request) -> Caller:
        caller = await super().__call__(request)
        if caller.key is not None and caller.key.origins:
            pace: Pace = request.app.state.triagem.pace
            address = request.client.host if request.client else ""
            wait_s = pace.wait_s(self._act, key_id=caller.key.id, address=address)
            if wait_s > 0:
                detail = "Too many requests with this key. Retry-After says when to come back."
                raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, detail, {"Retry-After": str(math.ceil(wait_s))})
        return caller


MayAsk = Annotated[Caller, Depends(Paced(Act.ASK, Scope.SUGGEST))]
MayReport = Annotated[Caller, Depends(Paced(Act.ASK, Scope.SUGGEST, Scope.TRIAGE))]
MaySend = Annotated[Caller, Depends(Paced(Act.SEND, Scope.SUGGEST))]


def network_of(address: str) -> str:
    """What one customer is given: an IPv4 address, also where IPv6 wraps it, or a network of 64 bits of IPv6."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return str(known)
    return str(known.ipv4_mapped or ip_network(f"{known}/64", strict=False))
