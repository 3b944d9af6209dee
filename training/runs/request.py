"""What a user asks of a training: every field is an option of `pixelforge train`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pixelforge.core.config import Prediction
from pixelforge.errors import RequestError
from pixelforge.fields import check, same_as, setting
from training.learning.config import OptimizerName, Precision, Shape, TrainConfig, check_budget

NOTHING = "nothing"  # in place of a model to begin from
WIDTH = 48  # feature channels of a network that begins from nothing
Preset = Literal["quick", "standard", "thorough"]
PRESETS: dict[Preset, float] = {"quick": 5, "standard": 60, "thorough": 480}  # minutes
USUAL: Preset = "standard"


@dataclass(frozen=True, kw_only=True)
class TrainingRequest:
    """A training that is asked for; None leaves it to the plan. Raises RequestError for what is out of range."""

    preset: Preset | None = setting(
        None,
        "Preset",
        "5 minutes, 1 hour or 8 hours, whatever else the machine does, unless the held-out loss turns before",
        shown_default=USUAL,
    )
    minutes: float | None = same_as(TrainConfig, "minutes")
    steps: int | None = same_as(TrainConfig, "steps")
    schedule: Shape = same_as(TrainConfig, "schedule")
    optimizer: OptimizerName = same_as(TrainConfig, "optimizer")
    ema_decay: float | None = setting(
        None,
        "EMA decay",
        "How slowly the average of the weights that is kept forgets; resumed: from there on",
        shown_default=f"{TrainConfig.ema_decay}",
    )
    style_factor: list[str] | None = setting(
        None, "Style factor", "STYLE=NUMBER: draw a style so many times as often, repeatable"
    )
    style: str | None = setting(None, "Style", "Train on the sprites of this style alone, as a labels.csv tells them")
    parent: str | None = setting(
        None, "Parent", "Model file to begin from, or `nothing`", flag="--from", shown_default="the bundled model"
    )
    size: int = setting(16, "Size", "Side of the sprites in pixels; from nothing, 8 to 64")
    prediction: Prediction | None = setting(
        None,
        "Prediction",
        "What the network learns: pointer, to draw in any palette and to know kinds, styles, colours and sizes; "
        "palette, v or eps; default: palette if the sprites share at most 64 colours, else v",
    )
    width: int | None = setting(
        None, "Width", f"From nothing: feature channels at full resolution, a multiple of 8 ({WIDTH})"
    )
    multipliers: str = setting(
        "1-2-2", "Multipliers", "From nothing: the width of each level in widths; each level halves the resolution"
    )
    dropout: float = setting(
        0.2, "Dropout", "In every residual block"
    )  # as the bundled model's held-out loss asked for
    batch: int | None = setting(
        None, "Batch", "Sprites a step; default: 16 to 64, by the data's size; resumed: from there on", least=1
    )
    learning_rate: float | None = setting(
        None, "Learning rate", "At its highest; default: by the batch, and a quarter of it from a model"
    )
    balance: float = same_as(TrainConfig, "balance")
    flip: float = same_as(TrainConfig, "flip")
    shift: float = same_as(TrainConfig, "shift")
    swap: float = same_as(TrainConfig, "swap")
    tell: bool = setting(
        True, "Tell of changes", "Tell the network how a sprite was changed, so that it draws unchanged ones"
    )
    kinds: bool = setting(False, "Kinds", "Tell apart what a class holds by the first words of the files' names")
    early_stop: bool = setting(True, "Early stop", "End when the held-out loss has turned")
    keep_background: bool = setting(False, "Keep flat backgrounds", "Leave the flat ground of opaque pictures as it is")
    leave_out: Path | None = setting(
        None, "Leave out", "A text with the path of a sprite a line, such as orcs/3.png: those are not learnt from"
    )
    holdout: float = same_as(TrainConfig, "holdout")
    seed: int = same_as(TrainConfig, "seed")
    precision: Precision | None = setting(None, "Precision", "Of the network's products; default: what is faster")
    licence: str = setting("", "Licence", "Of the sprites; carried by the model file")
    credits: str = setting("", "Credits", "Who drew the sprites; carried by the model file")
    device: str = setting("auto", "Device", "auto, cuda, mps or cpu")

    def __post_init__(self) -> None:
        check(self)
        check_budget(self.steps, self.minutes)

    def style_factors(self) -> tuple[tuple[str, float], ...]:
        """Raises RequestError for one that is not STYLE=NUMBER."""
        found = []
        for text in self.style_factor or ():
            name, _, number = text.rpartition("=")
            try:
                found.append((name, float(number)))
            except ValueError as error:
                raise RequestError(f"{text!r} is no style and number: write ninja-2=0.25.") from error
        return tuple(found)

    def levels(self) -> tuple[int, ...]:
        """The multipliers. Raises RequestError for what is none."""
        try:
            return tuple(int(part) for part in self.multipliers.split("-"))
        except ValueError as error:
            raise RequestError(f"{self.multipliers!r} are no multipliers: write 1-2-4.") from error

    def budget(self) -> tuple[int | None, float | None]:
        """(steps, minutes) that were asked for, one of them at the most: a number comes before a preset."""
        if self.steps is None and self.minutes is None and self.preset is not None:
            return None, PRESETS[self.preset]
        return self.steps, self.minutes
