"""How long the event loop is deaf, and how much memory is held."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import QTimer

TICK = 1  # milliseconds between looks at the clock


class Pulse:
    """Ticks in the event loop; the gaps between its ticks are how long the loop was deaf."""

    def __init__(self, tick: int = TICK) -> None:
        self._tick = tick
        self._ticks: list[float] = []
        self._timer = QTimer()
        self._timer.timeout.connect(lambda: self._ticks.append(time.perf_counter()))

    def start(self) -> None:
        self._ticks.clear()
        self._timer.start(self._tick)

    @property
    def count(self) -> int:
        """Ticks since it was started."""
        return len(self._ticks)

    @property
    def longest(self) -> float:
        """Seconds of the longest gap."""
        return float(np.diff(self._ticks).max())

    @property
    def seconds(self) -> float:
        """Between the first tick and the last."""
        return self._ticks[-1] - self._ticks[0]

    def stop(self) -> str:
        self._timer.stop()
        gaps = 1000 * np.diff(self._ticks)
        return f"{len(gaps)} ticks, 99 % within {np.percentile(gaps, 99):.1f} ms, longest {gaps.max():.1f} ms"


def resident_megabytes() -> float:
    """Of this process; Linux."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
