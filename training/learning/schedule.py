"""The learning rate over a run: a warm-up, then a shape over the rest of its steps, or over its time."""

from __future__ import annotations

import math

from training.learning.config import Shape, TrainConfig

WARM_UP_SHARE = 0.1  # of a run's time within which the warm-up is over, however few steps that makes
LATE_FROM = 0.8  # of a run: here a late schedule begins to fall


def learning_rate_at(config: TrainConfig, step: int, progress: float | None = None) -> float:
    """The learning rate of the step after `step` others.

    progress: how far a run of minutes is, from 0 to 1; None for a run of steps, which tells it by the step: there the
    shape begins after the warm-up.
    """
    if progress is None:
        if step < config.warmup_steps:
            return config.learning_rate * (step + 1) / config.warmup_steps
        assert config.steps is not None
        progress = (step - config.warmup_steps) / max(1, config.steps - config.warmup_steps)
        warm_up = 1.0
    else:
        warm_up = min(1.0, max((step + 1) / max(1, config.warmup_steps), progress / WARM_UP_SHARE))
    level = _level(config.schedule, min(1.0, progress))
    return config.learning_rate * warm_up * (config.final_fraction + (1 - config.final_fraction) * level)


def _level(shape: Shape, progress: float) -> float:
    """How much is left at that part of a run, from 1 at its beginning to 0 at its end.

    `cosine` is that of Loshchilov & Hutter 2017, eq. 5; `late` is constant, then linear (Haegele et al. 2024).
    """
    if shape == "late":
        return min(1.0, (1 - progress) / (1 - LATE_FROM))
    return (1 + math.cos(math.pi * progress)) / 2
