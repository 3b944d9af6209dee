"""How a run trains; saved in its folder, so that a resumed run is the same run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pixelforge.errors import ConfigError, RequestError
from pixelforge.fields import check, setting

Precision = Literal["float32", "bfloat16"]
Shape = Literal["cosine", "late"]
OptimizerName = Literal["adamw", "muon"]

MOST_MINUTES = 10_000_000
MOST_BATCH = 16_384


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """Settings of a run of so many steps, or of so many minutes.

    Raises ConfigError or RequestError for one that cannot run.
    """

    steps: int | None = setting(None, "Steps", "Train for so many steps instead", least=1)
    minutes: float | None = setting(None, "Minutes", "Train for so long instead")
    schedule: Shape = setting(
        "cosine",
        "Schedule",
        "How the learning rate falls: along a cosine, or late, over the last fifth alone, so that a run which is made "
        "longer before then loses nothing",
    )
    optimizer: OptimizerName = setting(
        "adamw", "Optimizer", "What makes the steps; muon learns more a step", among=("adamw", "muon")
    )
    style_factors: tuple[tuple[str, float], ...] = ()  # how much more or less often than else a style is drawn
    batch_size: int = 64
    learning_rate: float = 8e-4
    label_rate: float = 1.0  # the label embedding's learning rate, as a multiple of the rest's
    weight_decay: float = 0.01
    warmup_steps: int = 200  # the learning rate rises linearly over them
    final_fraction: float = 0.02  # of the learning rate is left at the end
    gradient_clip: float = 1.0  # largest norm of all gradients together
    ema_decay: float = setting(0.9995, "EMA decay", "How slowly the average of the weights that is kept forgets")
    class_drop_prob: float = 0.1  # how often a label is replaced by the null class (classifier-free guidance)
    kind_drop_prob: float = 0.2  # how often a kind is replaced by its class, so that the class can be drawn as a whole
    balance: float = setting(0.5, "Balance", "Draws every sprite alike at 0, every class alike at 1", least=0, most=1)
    # These three as the held-out loss of the bundled model's data asked for.
    flip: float = setting(0.5, "Share of mirrored sprites", "Share of mirrored sprites", least=0, most=1)
    shift: float = setting(0.4, "Share of shifted sprites", "Share of sprites shifted by a pixel", least=0, most=1)
    swap: float = setting(0.4, "Share of swapped colours", "Share of sprites with two colours swapped", least=0, most=1)
    patience: int = 0  # steps without a lower held-out loss after which the run ends; 0: never
    holdout: float = setting(
        0.1, "Share held out", "Share of the sprites that is kept for the held-out loss", least=0, most=1
    )
    precision: Precision = "float32"
    seed: int = setting(0, "Seed", "Of everything that is drawn")
    evaluate_every: int = 500  # steps between held-out losses; the most, where the clock decides
    sample_every: int = 1000  # steps between sample grids, likewise
    save_every: int = 500  # steps between saved states, likewise

    def __post_init__(self) -> None:
        check(self)
        check_budget(self.steps, self.minutes)
        if self.steps is None and self.minutes is None:
            raise ConfigError("A run needs a number of steps or of minutes.")
        if self.batch_size > MOST_BATCH:
            raise ConfigError(f"batch_size must be at most {MOST_BATCH:,}, not {self.batch_size:,}.")
        for name in ("batch_size", "evaluate_every", "sample_every", "save_every"):
            if getattr(self, name) < 1:
                raise ConfigError(f"{name} must be at least 1, not {getattr(self, name)}.")
        for name in ("class_drop_prob", "kind_drop_prob"):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(f"{name} must lie from 0 to 1, not {getattr(self, name)}.")
        if self.holdout == 1:
            raise ConfigError("holdout must be below 1: nothing would be left to train on.")
        if not 0 < self.ema_decay < 1:
            raise ConfigError(f"ema_decay must lie between 0 and 1, not {self.ema_decay}.")
        for name in ("learning_rate", "label_rate"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"{name} must be above 0, not {getattr(self, name)}.")

    @property
    def augments(self) -> bool:
        """Whether pictures are changed at all in training."""
        return max(self.flip, self.shift, self.swap) > 0

    @property
    def patient_figures(self) -> int:
        """Held-out losses in a row without a lower one after which the run ends; 0: never."""
        return -(-self.patience // self.evaluate_every)


def check_budget(steps: int | None, minutes: float | None) -> None:
    """Raises RequestError for a run that is given both, or no time at all."""
    if minutes is not None and steps is not None:
        raise RequestError("A training is as long as so many minutes or so many steps, not both.")
    if minutes is not None and not 0 < minutes <= MOST_MINUTES:
        raise RequestError(f"A training takes more than 0 minutes, and at most {MOST_MINUTES:,}, not {minutes:g}.")
