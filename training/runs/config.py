"""What makes a run what it is: config.json, and how its length sets how often it reports and saves."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pixelforge.core.config import DiffusionConfig, ModelConfig
from pixelforge.core.header import Provenance
from pixelforge.core.vocabulary import Words
from training.data.naming import OWN_STYLE
from training.learning.config import TrainConfig
from training.learning.lesson import Distillation

FIGURES = 30  # lines of figures in a run, at the least
LONGEST = 500  # steps between two of them
LEAST_STEPS = 20  # between saves and sample grids, however few steps a run has
PATIENT_FIGURES = 8  # without a lower held-out loss: it has turned


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """config.json: everything that makes the run what it is."""

    data: str  # the folder trained on
    fingerprint: str  # of the sprites, so that a resumed run sees the same
    class_names: tuple[str, ...]
    model: ModelConfig
    words: Words | None = None  # of a `pointer` network
    unnamed_style: str = OWN_STYLE  # `pointer` only: of sprites that are told none
    only_style: str | None = None  # of the data, this alone is trained on
    diffusion: DiffusionConfig
    training: TrainConfig
    distillation: Distillation | None = None  # of a run whose network is the student of the model in its folder
    keep_background: bool = False  # whether flat grounds of opaque pictures stay
    leave_out: tuple[str, ...] = ()  # sprites of the data that are not learnt from; names as `RawSprite` has them
    provenance: Provenance  # as the model file will carry it; counts and date are filled in when it is written


def with_intervals(training: TrainConfig, *, early_stop: bool) -> TrainConfig:
    """The settings with the intervals of figures, samples and saves that suit the length of the run.

    For a run of minutes these are the most steps between two: the clock has them come more often (`timetable`).
    """
    every, warmup_steps = LONGEST, training.warmup_steps
    if training.steps is not None:
        every = min(LONGEST, max(1, training.steps // FIGURES))
        warmup_steps = min(warmup_steps, training.steps // 10)
    return replace(
        training,
        warmup_steps=warmup_steps,
        evaluate_every=every,
        save_every=max(every, LEAST_STEPS),
        sample_every=max(2 * every, LEAST_STEPS),
        patience=PATIENT_FIGURES * every if early_stop else 0,
    )


def lengthened(training: TrainConfig, steps: int | None, minutes: float | None) -> TrainConfig:
    """The settings of a run that is to have so many steps, or minutes, in all. Raises RequestError."""
    return with_intervals(replace(training, steps=steps, minutes=minutes), early_stop=training.patience > 0)
