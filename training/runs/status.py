"""Between a run and whoever watches its folder: tells how far it is, and heeds what is wished."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from training.runs.folder import Phase, RunFiles, RunStatus, Wish

if TYPE_CHECKING:
    from training.runs.run import TrainStep

INTERVAL = 0.5  # seconds between two words
NAP = 0.2  # seconds between looks at whether a pause is over


class Attendant:
    """Attends the run in a folder. clock: seconds. Raises OutputError where the folder cannot be written."""

    def __init__(self, root: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._files = RunFiles(root)
        self._clock = clock
        self._told_at = -INTERVAL
        self._status = replace(self._files.read_status() or RunStatus(phase="preparing"), phase="preparing")
        self._files.set_wish(None)
        self._files.write_status(self._status)

    def begin(self, about: str, step: int, total: int) -> None:
        """Tell that the run begins, or goes on after `step`."""
        self._status = RunStatus(phase="training", step=step, total=total, about=about)
        self._files.write_status(self._status)

    def tell(self, step: TrainStep, best_step: int) -> None:
        """Tell of a step; of most steps nothing, so that telling costs nothing."""
        speed = step.stats.images_per_second if step.stats is not None else self._status.images_per_second
        self._status = replace(
            self._status,
            step=step.step,
            best_step=best_step,
            images_per_second=speed,
            seconds_left=step.seconds_left,
        )
        if self._clock() - self._told_at >= INTERVAL or step.stats is not None:
            self._told_at = self._clock()
            self._files.write_status(self._status)

    def wish(self) -> Wish | None:
        """What is wished now."""
        return self._files.wish()

    def wait_while_paused(self, stopped: Callable[[], bool]) -> Wish | None:
        """What is wished after the pause, which `stopped` ends as well."""
        self._files.write_status(replace(self._status, phase="paused", seconds_left=None))
        while (wish := self._files.wish()) == "pause" and not stopped():
            time.sleep(NAP)
        self._files.write_status(self._status)
        return wish

    def end(self, phase: Phase) -> None:
        """Tell how it ended."""
        self._files.write_status(replace(self._status, phase=phase, seconds_left=None))
