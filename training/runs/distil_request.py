"""What a user asks of a distillation: every field is an option of `pixelforge distill`, so no data is read for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pixelforge.fields import check, same_as, setting
from training.learning.config import Precision, check_budget
from training.learning.lesson import Distillation
from training.runs.request import TrainingRequest

USUAL_MINUTES = 60.0
USUAL_BATCH = 64
EMA_DECAY = 0.998  # a distillation has some thousands of steps
FINISH_BATCH, FINISH_DECAY, FINISH_RATE = 24, 0.995, 5e-5  # of an adversarial finish, which has some hundreds


@dataclass(frozen=True, kw_only=True)
class DistillRequest:
    """A distillation that is asked for; every field is an option. Raises RequestError for what is out of range."""

    teacher: Path = Path()  # the model file
    like: Path | None = None  # a model file whose student shows where to begin
    minutes: float | None = setting(None, "Minutes", "Learn for so long", shown_default=f"{USUAL_MINUTES:g}")
    steps: int | None = setting(None, "Steps", "Learn for so many steps instead", least=1)
    substeps: int = setting(
        Distillation.substeps, "Substeps", "Steps of the teacher for each of the student's four", least=1, most=64
    )
    adversarial: bool = setting(
        False, "Adversarial", "Finish the student that the model has: by what it makes, against a discriminator"
    )
    batch: int | None = setting(
        None, "Batch", "Sprites a step; resumed: from there on", least=1, shown_default=f"{USUAL_BATCH}"
    )
    learning_rate: float | None = setting(None, "Learning rate", "At its highest; default: by the batch")
    ema_decay: float | None = setting(
        None,
        "EMA decay",
        "How slowly the average of the weights that is kept forgets; resumed: from there on",
        shown_default=f"{EMA_DECAY}",
    )
    holdout: float = setting(0.02, "Share held out", "Share of the sprites that is kept for the held-out loss")
    keep_background: bool = same_as(TrainingRequest, "keep_background")
    seed: int = same_as(TrainingRequest, "seed")
    precision: Precision | None = same_as(TrainingRequest, "precision")
    device: str = same_as(TrainingRequest, "device")

    def __post_init__(self) -> None:
        check(self)
        check_budget(self.steps, self.minutes)

    def budget(self) -> tuple[int | None, float | None]:
        """(steps, minutes) that were asked for, one of them at the most."""
        return self.steps, self.minutes
