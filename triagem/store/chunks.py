"""Long lists of parameters in pieces that every database accepts."""

from collections.abc import Iterator, Sequence

_SIZE = 900  # SQLite's oldest limit of parameters in one statement is 999


def chunks(items: Sequence[str]) -> Iterator[Sequence[str]]:
    """The items in order, at most 900 at a time; nothing for no items."""
    for start in range(0, len(items), _SIZE):
        yield items[start : start + _SIZE]
