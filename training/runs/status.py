"""A run's status.json, kept in step with the run for whoever watches its folder."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from training.runs.events import Begun, Continued, Ended, Noted, Paused, RunEvent, Stepped
from training.runs.folder import RunFolder, RunPhase, RunProgress

INTERVAL = 0.5  # seconds between two writings


class StatusFile:
    """That of the run in a folder. clock: seconds. Raises OutputError where the folder cannot be written."""

    def __init__(self, folder: RunFolder, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._clock = clock
        self._written_at = -INTERVAL
        self._now = replace(folder.read_status() or RunProgress(phase="preparing"), phase="preparing")
        folder.write_status(self._now)

    def follow(self, event: RunEvent) -> None:
        """Write what an event changes; most steps are not written, so that they cost nothing."""
        match event:
            case Noted():
                return
            case Begun():
                self._now = RunProgress(
                    phase="training",
                    step=event.step,
                    total=event.total or 0,
                    fraction=event.fraction,
                    about=event.about,
                    classes=event.classes,
                )
            case Stepped():
                if not self._take(event):
                    return
            case Paused():
                self._now = replace(self._now, phase="paused", seconds_left=None)
            case Continued():
                self._now = replace(self._now, phase="training")
            case Ended():
                self._now = _left(self._now, event.phase)
        self._folder.write_status(self._now)

    def leave(self) -> None:
        """Nobody pulls the run any more: it can be resumed."""
        self._folder.write_status(_left(self._now, "halted"))

    def _take(self, step: Stepped) -> bool:
        """Whether it is time to write again."""
        speed = step.stats.images_per_second if step.stats is not None else self._now.images_per_second
        self._now = replace(
            self._now,
            step=step.step,
            fraction=step.fraction,
            best_step=step.best_step,
            images_per_second=speed,
            seconds_left=step.seconds_left,
        )
        if self._clock() - self._written_at < INTERVAL and step.stats is None:
            return False
        self._written_at = self._clock()
        return True


def _left(now: RunProgress, phase: RunPhase) -> RunProgress:
    return replace(now, phase=phase, seconds_left=None)
