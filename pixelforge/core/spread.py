"""Rows of a batch divided among threads, a few at a time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from pixelforge.core.weights import Floats

NO_THREAD = "can't start new thread"  # in Python's words, where memory for one more is lacking


class Spread:
    """Calls work for all rows of a batch: at most so many rows a call, and so many calls at once.

    Callers of several threads may share one. threads, most: 1 or more.
    """

    def __init__(self, threads: int, most: int) -> None:
        self._threads = threads
        self._most = most
        # It starts its threads when it is first used.
        self._pool = ThreadPoolExecutor(threads, "rows") if threads > 1 else None

    def __call__(self, work: Callable[[slice], Floats], rows: int) -> Floats:
        """What work made of the parts of `rows` rows, one after the other. Raises what work raises."""
        parts = divided(rows, self._threads, self._most)
        if self._pool is None or len(parts) == 1:
            made = [work(part) for part in parts]
        else:
            made = list(self._pool.map(work, parts))
        return made[0] if len(made) == 1 else np.concatenate(made)


def divided(rows: int, threads: int, most: int) -> list[slice]:
    """Parts of rows, of at most so many and all but equal; as many for each thread, as far as there are rows."""
    rounds = -(-rows // (threads * most))
    count = max(1, min(rows, rounds * threads))
    ends = [rows * number // count for number in range(count + 1)]
    return [slice(first, end) for first, end in pairwise(ends)]
