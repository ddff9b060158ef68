"""What priorities are called in Portuguese and English: which names mean the same one.

The one table for the matrix, which answers in a desk's own words, and for the service levels, which know them all.
"""

from collections.abc import Iterable

from triagem.text.names import as_compared

# From the most pressing; in each row what is nearest to the matrix's word comes first. People leave accents out.
_SAME = (
    ("urgent", "urgente", "critical", "crítica", "critica", "p1"),
    ("high", "alta", "p2"),
    ("normal", "medium", "média", "media", "p3"),
    ("low", "baixa", "p4"),
)


def label_for(priority: str, labels: Iterable[str]) -> str | None:
    """The label of that name, else the one that means the same; None where none does.

    Of several the one whose name comes first in the table, and then the first given.
    """
    names = [as_compared(priority), *_same_as(priority)]
    known = [label for label in labels if as_compared(label) in names]
    return min(known, key=lambda label: names.index(as_compared(label)), default=None)


def with_same(priorities: Iterable[str], *, apart: Iterable[str]) -> frozenset[str]:
    """The names, folded, and all that mean the same, but for those that are to be told `apart`."""
    own, others = {as_compared(name) for name in priorities}, {as_compared(name) for name in apart}
    return frozenset(own | ({same for name in own for same in _same_as(name)} - others))


def _same_as(priority: str) -> tuple[str, ...]:
    name = as_compared(priority)
    return next((row for row in _SAME if name in row), ())
