"""How long a run has taken and how long it will take."""

from __future__ import annotations

from collections.abc import Callable


class Pace:
    """Judges the time left from what the steps took. The first is left out: it waits for the model and warms it up."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._began = clock()
        self._first_step: tuple[float, float] | None = None  # time and fraction of the run

    @property
    def seconds(self) -> float:
        """Since the run began."""
        return self._clock() - self._began

    def seconds_left(self, fraction: float) -> float | None:
        """What is left once this fraction of the run, 0 to 1, is done; None until there are two steps to judge by."""
        now = self._clock()
        if self._first_step is None:
            self._first_step = (now, fraction)
        began, done = self._first_step
        return (now - began) / (fraction - done) * (1 - fraction) if fraction > done else None
