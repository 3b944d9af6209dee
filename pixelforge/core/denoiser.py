"""From what a network puts out to an estimate of the sprite: the three predictions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pixelforge.core.backend import Answer
from pixelforge.core.colours import choices, stack_palettes
from pixelforge.core.condition import Cue
from pixelforge.core.config import ModelConfig
from pixelforge.core.diffusion import (
    colour_evidence,
    colours_from_logits,
    most_likely_colours,
    palette_colours,
    predict_x0_from_eps,
    predict_x0_from_v,
)
from pixelforge.core.keeping import Kept
from pixelforge.core.schedule import NoiseSchedule
from pixelforge.core.symmetry import mirrored_estimates
from pixelforge.core.weights import Floats
from pixelforge.errors import CheckpointError


class NetworkDenoiser:
    """pred_x0 (B, C, H, W) of a network's answers; a `core.sampler.Denoiser`.

    For the finished sprite a `palette` or `pointer` network answers with the most likely colour of each pixel in place
    of their mean: a finished sprite holds colours of the palette only. cues: those that the answers are for. kept: what
    no estimate may change. Raises CheckpointError where an answer is no numbers.
    """

    def __init__(
        self,
        answer: Answer,
        config: ModelConfig,
        schedule: NoiseSchedule,
        cues: Sequence[Cue] = (),
        kept: Kept | None = None,
    ) -> None:
        self._answer = answer
        self._config = config
        self._schedule = schedule
        if config.prediction == "pointer":
            self._colours = choices(stack_palettes([cue.palette for cue in cues]))
        else:
            self._colours = palette_colours(config.palette, config.channels)
        self._symmetries = [cue.symmetry for cue in cues]
        self._kept = kept or Kept()
        chosen = config.prediction in ("palette", "pointer")
        self._forbidden = self._kept.forbidden(self._colours, config.palette) if chosen else None

    @np.errstate(over="ignore", invalid="ignore")  # of weights that make no numbers
    def __call__(self, x_t: Floats, timestep: int, final: bool = False) -> Floats:
        output = self._answer(x_t, timestep)
        if not np.isfinite(output).all():
            raise CheckpointError("The model is damaged: what it computes is not finite.")
        alpha_bar = np.full(len(x_t), self._schedule.alphas_cumprod[timestep])
        if self._config.prediction in ("palette", "pointer"):
            if self._config.prediction == "pointer":
                output = output + colour_evidence(x_t, self._colours, alpha_bar)
            output = mirrored_estimates(output, self._symmetries, timestep)
            if self._forbidden is not None:
                output = np.where(self._forbidden, np.float32(-np.inf), output)
            decide = most_likely_colours if final else colours_from_logits
            return decide(output, self._colours)
        predict_x0 = predict_x0_from_eps if self._config.prediction == "eps" else predict_x0_from_v
        pred_x0 = mirrored_estimates(np.clip(predict_x0(x_t, output, alpha_bar), -1, 1), self._symmetries, timestep)
        return self._kept.with_alpha(pred_x0)
