"""What an article was asked for: the requests that it solved, as a few more vectors of it.

What people ask is seldom worded like what answers it, and a help desk knows which requests an article has solved.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from triagem.search.segment import ASKED, Entry, Row

# The newest say what is asked now.
_MOST = 32
# Requests nearer than this to those of a kind are of it; of so many kinds at most.
_ALIKE, _KINDS = 0.6, 4


def by_article(links: Iterable[tuple[str, str]], solved: Mapping[str, Entry]) -> dict[str, NDArray[np.float32]]:
    """The kinds of requests that each article solved, `(kinds, dimension)`: the mean direction of each.

    `links` are of an article and a ticket, the newest first. A mean of many forgives a wrong link; what an article was
    never asked before has to be a kind of its own, or it drowns among what it was asked often.
    """
    seen: dict[str, list[NDArray[np.float32]]] = {}
    for article_id, ticket_id in links:
        several = seen.setdefault(article_id, [])
        if ticket_id in solved and len(several) < _MOST:
            several.append(solved[ticket_id].rows[0].vector)
    return {article_id: _kinds(several) for article_id, several in seen.items() if several}


def told(entry: Entry, kinds: NDArray[np.float32] | None) -> Entry:
    """The entry, knowing what it was asked for."""
    return entry if kinds is None else replace(entry, rows=[*entry.rows, *(Row(ASKED, {}, kind) for kind in kinds)])


def _kinds(vectors: Iterable[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Each vector joins the nearest mean so far, or begins a kind.

    Source: the leader algorithm, Hartigan, Clustering Algorithms, 1975.
    """
    sums: list[NDArray[np.float32]] = []
    for vector in vectors:
        nearness = [float(vector @ _unit(one)) for one in sums]
        best = int(np.argmax(nearness)) if nearness else -1
        if best < 0 or (nearness[best] < _ALIKE and len(sums) < _KINDS):
            sums.append(vector)
        else:
            sums[best] = sums[best] + vector
    return np.stack([_unit(one) for one in sums])


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = vector / (np.linalg.norm(vector) or 1.0)
    return unit
