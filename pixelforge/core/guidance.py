"""From a network to a denoiser: classifier-free guidance and the three predictions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from pixelforge.core.conditioned import ConditionedUNet
from pixelforge.core.config import ModelConfig
from pixelforge.core.diffusion import (
    colours_from_logits,
    most_likely_colours,
    palette_colours,
    predict_x0_from_eps,
    predict_x0_from_v,
)
from pixelforge.core.schedule import NoiseSchedule
from pixelforge.core.unet import ContextUNet

Denoiser = Callable[[Tensor, int], Tensor]
"""x_t (B, C, H, W) at a timestep to pred_x0 of the same shape, in [-1, 1]."""

MIN_ROWS = 2  # a convolution of one row sums in another order than one of more


class GuidedDenoiser:
    """pred_x0 of a network under classifier-free guidance, in one forward of conditional and unconditional rows.

    Ho & Salimans 2022: out = out_uncond + w (out_cond - out_uncond), on eps, v or the log-probabilities of colours
    (up to a constant a pixel these are the logits). w = 1 runs the conditional rows alone.

    labels: (B,). timesteps: those that the sampler will visit. At the last of them a `palette` network answers with the
    most likely colour of each pixel in place of their mean: a finished sprite holds colours of the palette only.
    """

    def __init__(
        self,
        model: nn.Module,
        config: ModelConfig,
        schedule: NoiseSchedule,
        labels: Tensor,
        guidance_scale: float,
        timesteps: Sequence[int],
    ) -> None:
        self._config = config
        self._schedule = schedule
        rows = labels
        if guidance_scale != 1:
            rows = torch.cat([labels, torch.full_like(labels, config.null_class)])
        rows = rows.expand(max(len(rows), MIN_ROWS))
        if isinstance(model, ContextUNet):
            self._network: Denoiser = ConditionedUNet(model, rows, timesteps)
        else:
            self._network = lambda x, t: model(x, torch.full_like(rows, t), rows)
        self._guidance_scale = guidance_scale
        self._timesteps = tuple(timesteps)
        self._colours = palette_colours(config.palette, config.channels).to(labels.device)

    def __call__(self, x_t: Tensor, timestep: int) -> Tensor:
        output = self._guided_output(x_t, timestep)
        if self._config.prediction == "palette":
            decide = most_likely_colours if timestep == self._timesteps[-1] else colours_from_logits
            return decide(output, self._colours)
        alpha_bar = self._schedule.alphas_cumprod[timestep].expand(len(x_t))
        predict_x0 = predict_x0_from_eps if self._config.prediction == "eps" else predict_x0_from_v
        return predict_x0(x_t, output, alpha_bar).clamp(-1, 1)

    def _guided_output(self, x_t: Tensor, timestep: int) -> Tensor:
        if self._guidance_scale == 1:
            return self._forward(x_t, timestep)
        conditional, unconditional = self._forward(torch.cat([x_t, x_t]), timestep).chunk(2)
        return unconditional + self._guidance_scale * (conditional - unconditional)

    def _forward(self, x: Tensor, timestep: int) -> Tensor:
        rows = len(x)
        x = x.expand(max(rows, MIN_ROWS), -1, -1, -1)
        return self._network(x, timestep)[:rows].float()
