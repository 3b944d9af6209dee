"""The time that a run has had."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SECOND = 1_000_000_000  # nanoseconds

Clock = Callable[[], int]
"""Nanoseconds from some moment on; whole numbers, so that the sum of parts is the whole to the bit."""


class Stopwatch:
    """The time that a run has had, pauses left out."""

    def __init__(self, clock: Clock = time.perf_counter_ns) -> None:
        self._clock = clock
        self._since = clock()

    def elapsed(self) -> int:
        """Nanoseconds."""
        return self._clock() - self._since

    def add(self, before: int) -> None:
        """Count what the run had before this process."""
        self._since -= before

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Stand still meanwhile."""
        begun = self._clock()
        try:
            yield
        finally:
            self._since += self._clock() - begun
