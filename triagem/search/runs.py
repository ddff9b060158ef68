"""Where the rows of several entries stand in an array that holds those of all, one entry's after the other's."""

import numpy as np
from numpy.typing import NDArray


def rows_of(starts: NDArray[np.int64], positions: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows of the entries at `positions`, joined, and `(len(positions),)` where among them each one's begin.

    `starts`, one more than there are entries, say where each entry's rows begin.
    """
    lengths = starts[positions + 1] - starts[positions]
    firsts = np.cumsum(lengths) - lengths
    return np.arange(lengths.sum()) + np.repeat(starts[positions] - firsts, lengths), firsts
