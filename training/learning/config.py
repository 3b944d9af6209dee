"""How a run trains; saved in its folder, so that a resumed run is the same run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pixelforge.errors import ConfigError

Precision = Literal["float32", "bfloat16"]


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """Settings of a run. Raises ConfigError for one that cannot run."""

    steps: int  # optimizer steps of the whole run; the learning rate falls to its end
    batch_size: int = 64
    learning_rate: float = 8e-4
    label_rate: float = 1.0  # the label embedding's learning rate, as a multiple of the rest's
    weight_decay: float = 0.01
    warmup_steps: int = 200  # the learning rate rises linearly over them
    final_fraction: float = 0.02  # of the learning rate is left at the last step of the cosine
    gradient_clip: float = 1.0  # largest norm of all gradients together
    ema_decay: float = 0.9995
    class_drop_prob: float = 0.1  # how often a label is replaced by the null class (classifier-free guidance)
    kind_drop_prob: float = 0.2  # how often a kind is replaced by its class, so that the class can be drawn as a whole
    balance: float = 0.5  # 0 draws every sprite alike, 1 every class alike
    flip: float = 0.3  # probability of a mirrored sprite
    shift: float = 0.3  # probability of a shift by up to one pixel
    swap: float = 0.3  # probability that two colours of the palette change places
    patience: int = 0  # steps without a lower held-out loss after which the run ends; 0: it goes on to the end
    holdout: float = 0.1  # part of the data that is never trained on, and shows when learning turns into rote
    precision: Precision = "float32"
    seed: int = 0
    evaluate_every: int = 500  # steps between held-out losses
    sample_every: int = 1000  # steps between sample grids
    save_every: int = 500  # steps between saved states

    def __post_init__(self) -> None:
        for name in ("steps", "batch_size", "evaluate_every", "sample_every", "save_every"):
            if getattr(self, name) < 1:
                raise ConfigError(f"{name} must be at least 1, not {getattr(self, name)}.")
        for name in ("class_drop_prob", "kind_drop_prob", "balance", "flip", "shift", "swap"):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(f"{name} must lie from 0 to 1, not {getattr(self, name)}.")
        if not 0 <= self.holdout < 1:
            raise ConfigError(f"holdout must be at least 0 and below 1, not {self.holdout}.")
        if not 0 < self.ema_decay < 1:
            raise ConfigError(f"ema_decay must lie between 0 and 1, not {self.ema_decay}.")
        for name in ("learning_rate", "label_rate"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"{name} must be above 0, not {getattr(self, name)}.")

    @property
    def augments(self) -> bool:
        """Whether pictures are changed at all in training."""
        return max(self.flip, self.shift, self.swap) > 0
