"""When a run is over, and when its figures, samples and saves are due: by its steps, or by the clock.

A run of minutes ends when they are over, whatever else the machine does. What the clock decides is decided by the
leading process, shared with the others, and kept in the saved state: with the same readings of the clock, a resumed run
is to the bit the run that was not interrupted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from training.learning.config import TrainConfig
from training.learning.distributed import Processes
from training.runs.clock import SECOND, Stopwatch
from training.runs.config import FIGURES

REPORTING = 0.1  # share of a run's time that figures may take, and samples as much
FIRST = 0.05  # share that the first of either may take, however early it comes
SAVING = 0.05  # share of the time so far that saves may take
STEP_IMAGE = 3  # times as long as for an image that is only looked at, a step takes for one: it also goes backwards

Work = Literal["step", "figures", "samples", "save"]


@dataclass(frozen=True)
class Due:
    """What a step is followed by."""

    figures: bool
    samples: bool
    save: bool
    seconds_left: float


class Timetable(Protocol):
    """What a run asks before its first step, and after every step."""

    progress: float | None  # as `learning_rate_at` takes it

    def start(self, step: int) -> None:
        """`step` steps are made, and the next one comes now."""

    def fraction(self, step: int) -> float:
        """The part of the run that is done after `step` steps, 0 to 1."""

    def over(self, step: int) -> bool:
        """Whether the run has had all that it was to have."""

    def after(self, step: int) -> Due:
        """What is due; to be asked once a step."""

    def took(self, work: Work, nanoseconds: int) -> None:
        """Note how long something took."""

    def state_dict(self) -> dict[str, Any]:
        """All that was decided so far."""

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go by what was decided before. Raises KeyError, TypeError or ValueError."""


class ByStep:
    """Every so many steps, as the settings say."""

    progress: float | None = None  # the steps tell it

    def __init__(self, config: TrainConfig, watch: Stopwatch) -> None:
        assert config.steps is not None
        self._config, self._total, self._watch = config, config.steps, watch
        self._first, self._begun = 0, 0

    def start(self, step: int) -> None:
        """Measure the speed from here on."""
        self._first, self._begun = step, self._watch.elapsed()

    def fraction(self, step: int) -> float:
        """The part of the steps that is made."""
        return min(1.0, step / self._total)

    def over(self, step: int) -> bool:
        """Whether the run has had its steps."""
        return step >= self._total

    def after(self, step: int) -> Due:
        """What is due."""
        config, last = self._config, self.over(step)
        spent = (self._watch.elapsed() - self._begun) / SECOND
        return Due(
            figures=last or step % config.evaluate_every == 0,
            samples=last or step % config.sample_every == 0,
            save=not last and step % config.save_every == 0,
            seconds_left=spent / (step - self._first) * (self._total - step),
        )

    def took(self, work: Work, nanoseconds: int) -> None:
        """Steps need no clock."""

    def state_dict(self) -> dict[str, Any]:
        """Nothing: the steps tell all."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """There is nothing to load."""


@dataclass
class Chore:
    """Figures, samples or saves in a run of minutes."""

    every: int  # steps between two of them, at the most
    share: float  # of the run between two of them, at the most
    images: int = 0  # through the network, from which the cost of the first is estimated
    at_step: int = 0  # of the last one
    at_time: int = 0  # nanoseconds that the run had had then
    cost: int = 0  # nanoseconds of the last one; 0 before the first
    spent: int = 0  # nanoseconds of all of them

    def is_due(self, step: int, elapsed: int, budget: int) -> bool:
        """Whether it is time for the next one."""
        return step - self.at_step >= self.every or elapsed - self.at_time >= self.share * budget

    def state_dict(self) -> dict[str, int]:
        """What changes in the course of a run."""
        return {"at_step": self.at_step, "at_time": self.at_time, "cost": self.cost, "spent": self.spent}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """As it was. Raises KeyError, TypeError or ValueError."""
        self.at_step, self.at_time = int(state["at_step"]), int(state["at_time"])
        self.cost, self.spent = int(state["cost"]), int(state["spent"])


class ByClock:
    """Until the minutes are over: figures thirty times a run or more, as long as they take no more than a tenth of it.

    The last figures, samples and save are part of the time: what they will take is kept for them. images: how many go
    through the network for figures and for samples.
    """

    def __init__(self, config: TrainConfig, watch: Stopwatch, processes: Processes, images: Mapping[Work, int]) -> None:
        assert config.minutes is not None
        self.progress: float | None = None
        self._minutes = config.minutes
        self._budget = round(config.minutes * 60 * SECOND)
        self._watch, self._processes = watch, processes
        self._figures = Chore(config.evaluate_every, 1 / FIGURES, images["figures"])
        self._samples = Chore(config.sample_every, 2 / FIGURES, images["samples"])
        self._save = Chore(config.save_every, 1 / FIGURES)
        self._images_a_step = STEP_IMAGE * config.batch_size
        self._steps, self._fastest = 0, 0  # that were timed, and the nanoseconds of the fastest but for the first

    def start(self, step: int) -> None:
        """Read the clock, unless the state says what it read after the step before."""
        del step
        if self.progress is None:
            (self.progress,) = self._processes.as_led(self._progress_at(self._watch.elapsed()))

    def fraction(self, step: int) -> float:
        """The part of the minutes that is over."""
        del step
        return self.progress or 0.0

    def over(self, step: int) -> bool:
        """Whether the run has had its minutes; it makes a step even if reading the sprites took them."""
        return step > 0 and self.progress is not None and self.progress >= 1

    def after(self, step: int) -> Due:
        """What is due."""
        elapsed = self._watch.elapsed()
        progress = self._progress_at(elapsed)
        figures = progress >= 1 or self._is_due(self._figures, step, elapsed)
        samples = progress >= 1 or self._is_due(self._samples, step, elapsed)
        self.progress, *decided = self._processes.as_led(progress, figures, samples)
        figures, samples = (bool(one) for one in decided)
        affordable = self._save.spent + self._save.cost <= SAVING * elapsed
        save = self.progress < 1 and affordable and self._save.is_due(step, elapsed, self._budget)
        for chore, now in ((self._figures, figures), (self._samples, samples), (self._save, save)):
            if now:
                chore.at_step, chore.at_time = step, elapsed
        return Due(figures, samples, save, max(0, self._budget - elapsed) / SECOND)

    def took(self, work: Work, nanoseconds: int) -> None:
        """Note how long something took, which the next will take as well."""
        if work == "step":
            # The first waits for much that comes once; the others may have to wait for other programs.
            self._fastest = min(self._fastest or nanoseconds, nanoseconds) if self._steps else 0
            self._steps += 1
            return
        chore = self._chores()[work]
        chore.cost, chore.spent = nanoseconds, chore.spent + nanoseconds

    def state_dict(self) -> dict[str, Any]:
        """All that was decided so far, for a run of these minutes."""
        return {
            "minutes": self._minutes,
            "progress": self.progress,
            "steps": self._steps,
            "fastest": self._fastest,
            "chores": {name: chore.state_dict() for name, chore in self._chores().items()},
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go by what was decided before; how far the run is, only if its length has stayed."""
        if not state:
            return
        if state["minutes"] == self._minutes and state["progress"] is not None:
            self.progress = min(1.0, max(0.0, float(state["progress"])))
        self._steps, self._fastest = int(state["steps"]), int(state["fastest"])
        for name, chore in self._chores().items():
            chore.load_state_dict(state["chores"][name])

    def _chores(self) -> dict[Work, Chore]:
        return {"figures": self._figures, "samples": self._samples, "save": self._save}

    def _progress_at(self, elapsed: int) -> float:
        kept = self._expected(self._figures) + self._expected(self._samples) + self._save.cost
        usable = self._budget - kept
        progress = 1.0 if elapsed >= usable else elapsed / usable
        return max(progress, self.progress or 0.0)

    def _is_due(self, chore: Chore, step: int, elapsed: int) -> bool:
        """Whether it is time for figures or samples, and this part of the run can afford them."""
        if not chore.is_due(step, elapsed, self._budget):
            return False
        cost = self._expected(chore)
        if not chore.cost and cost <= FIRST * self._budget:
            return True
        allowed = (REPORTING * self._budget - cost) * elapsed / self._budget  # the last one comes in any case
        return chore.spent + cost <= allowed

    def _expected(self, chore: Chore) -> int:
        """Nanoseconds that the next one will take: as the last, or as long as the steps let expect."""
        if chore.cost:
            return chore.cost
        return min(self._fastest * chore.images // self._images_a_step, self._budget // 4)


def timetable(config: TrainConfig, watch: Stopwatch, processes: Processes, images: Mapping[Work, int]) -> Timetable:
    """The one that suits a run's settings."""
    return ByStep(config, watch) if config.minutes is None else ByClock(config, watch, processes, images)
