"""Letting things through at a bounded rate."""

from __future__ import annotations

from collections.abc import Callable


class Throttle:
    """`ready()` is True at most once in `interval` seconds; the first time it always is."""

    def __init__(self, interval: float, clock: Callable[[], float]) -> None:
        self._interval = interval
        self._clock = clock
        self._next = float("-inf")

    def ready(self) -> bool:
        """Whether one may go through now; if so, it has."""
        now = self._clock()
        if now < self._next:
            return False
        self._next = now + self._interval
        return True
