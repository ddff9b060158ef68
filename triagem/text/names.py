"""Names that people write by hand, such as labels, contracts and addresses, compared as they are meant.

What they are names of, and which are asked for, stands with whoever compares.
"""

import unicodedata
from collections.abc import Iterable


def as_compared(name: str) -> str:
    """The same for names that differ in case, the spaces around them or how an accent is put together."""
    return unicodedata.normalize("NFC", name).strip().casefold()


def wanted(names: Iterable[str] | None) -> frozenset[str] | None:
    """A condition that names meet, `is_met`; None is met by all."""
    return None if names is None else frozenset(as_compared(name) for name in names)


def is_met(condition: frozenset[str] | None, name: str | None) -> bool:
    """Whether a name is one of those `wanted`; where any are, no name at all is none of them."""
    return condition is None or (name is not None and as_compared(name) in condition)
