"""What a training tells whoever pulls it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from training.runs.folder import RunPhase, StatsRow


@dataclass(frozen=True)
class Noted:
    """Something to know before the run begins: what was wrong with the data, what it begins from."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Begun:
    """The first step comes next."""

    about: str  # sprites and classes, in a line
    how: str  # prediction, precision and device, in a line
    step: int  # that were made before
    total: int | None  # steps of the run; None where the clock ends it
    fraction: float  # of the run that it had before, 0 to 1
    classes: tuple[str, ...]  # whose samples are drawn, a row each


@dataclass(frozen=True)
class Stepped:
    """A step was made."""

    step: int
    total: int | None
    fraction: float  # of the run that it has had, 0 to 1
    loss: float
    seconds_left: float  # with figures, samples and saves
    best_step: int  # of the least held-out loss; 0 before the first
    stats: StatsRow | None  # the line written to stats.jsonl at this step, if one was


@dataclass(frozen=True)
class Paused:
    """The run waits after this step, its state saved, until it is told something else."""

    step: int


@dataclass(frozen=True)
class Continued:
    """The pause is over."""

    step: int


@dataclass(frozen=True)
class Ended:
    """The run is over, or was stopped and can be resumed (`halted`)."""

    phase: RunPhase
    step: int
    best_step: int
    model: Path  # the best one, or the latest where none was measured


RunEvent = Noted | Begun | Stepped | Paused | Continued | Ended
