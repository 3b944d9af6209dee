from __future__ import annotations

import threading
from itertools import pairwise

import numpy as np
import pytest

from pixelforge.core.spread import Spread, divided
from pixelforge.core.weights import Floats


@pytest.mark.parametrize("threads", [1, 2, 3, 16])
@pytest.mark.parametrize("rows", [1, 2, 7, 8, 9, 17, 128])
def test_rows_are_divided_evenly(rows: int, threads: int) -> None:
    parts = divided(rows, threads, 8)
    assert [row for part in parts for row in range(rows)[part]] == list(range(rows))
    sizes = [part.stop - part.start for part in parts]
    assert 1 <= min(sizes) <= max(sizes) <= min(8, min(sizes) + 1)
    assert all(first.stop == second.start for first, second in pairwise(parts))
    assert len(parts) % threads == 0 or len(parts) == rows  # no thread has more calls than another


@pytest.mark.parametrize("threads", [1, 3])
def test_what_is_made_stands_in_the_order_of_the_rows(threads: int) -> None:
    x = np.arange(50, dtype=np.float32).reshape(50, 1)
    np.testing.assert_array_equal(Spread(threads, 4)(lambda rows: 2 * x[rows], 50), 2 * x)


def test_threads_work_at_the_same_time() -> None:
    """Each call waits until there are as many as there are threads: one after the other, they would wait for ever."""
    meeting = threading.Barrier(3)

    def work(rows: slice) -> Floats:
        meeting.wait(timeout=60)
        return np.zeros((rows.stop - rows.start, 1), np.float32)

    assert Spread(3, 8)(work, 3).shape == (3, 1)


@pytest.mark.parametrize("threads", [1, 2])
def test_what_work_raises_comes_out_and_it_goes_on_afterwards(threads: int) -> None:
    spread = Spread(threads, 2)

    def fails(rows: slice) -> Floats:
        if rows.start:
            raise MemoryError
        return np.zeros((2, 1), np.float32)

    with pytest.raises(MemoryError):
        spread(fails, 20)
    assert spread(lambda rows: np.ones((rows.stop - rows.start, 1), np.float32), 20).sum() == 20
