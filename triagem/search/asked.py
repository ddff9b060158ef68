"""What an article was asked for: the requests that it solved, as one more vector of it.

What people ask is seldom worded like what answers it, and a help desk knows which requests an article has solved.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from triagem.search.segment import ASKED, Entry, Row

# The newest say what is asked now; more would change a mean little.
_MOST = 32


def by_article(links: Iterable[tuple[str, str]], solved: Mapping[str, Entry]) -> dict[str, NDArray[np.float32]]:
    """The mean direction of the newest tickets that each article solved, `(dimension,)`.

    `links` are of an article and a ticket, the newest first. A mean of many forgives a wrong link, and on the
    collections it found as much as the tickets one by one.
    """
    seen: dict[str, list[NDArray[np.float32]]] = {}
    for article_id, ticket_id in links:
        several = seen.setdefault(article_id, [])
        if ticket_id in solved and len(several) < _MOST:
            several.append(solved[ticket_id].rows[0].vector)
    means = {article_id: np.mean(several, axis=0) for article_id, several in seen.items() if several}
    return {article_id: mean / (np.linalg.norm(mean) or 1.0) for article_id, mean in means.items()}


def told(entry: Entry, vector: NDArray[np.float32] | None) -> Entry:
    """The entry, knowing what it was asked for."""
    return entry if vector is None else replace(entry, rows=[*entry.rows, Row(ASKED, {}, vector)])
