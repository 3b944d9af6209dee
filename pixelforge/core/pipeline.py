"""From labels and seeds to a sampler's steps: the parts of core put together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pixelforge.core.config import ModelConfig, SamplerName
from pixelforge.core.diffusion import q_sample
from pixelforge.core.guidance import GuidedDenoiser
from pixelforge.core.kinds import draw_rows
from pixelforge.core.noise import SpriteNoise
from pixelforge.core.sampler import SamplerStep, sample
from pixelforge.core.schedule import NoiseSchedule, spaced_timesteps


@dataclass(frozen=True, kw_only=True)
class SamplingSettings:
    """How sprites are drawn from a network."""

    sampler: SamplerName
    steps: int  # 1 to the schedule's number of timesteps
    guidance_scale: float  # w; 1 is off
    strength: float = 1.0  # of variations of a start, in (0, 1]


def sprite_steps(
    network: nn.Module,
    config: ModelConfig,
    schedule: NoiseSchedule,
    labels: Tensor,
    seeds: Sequence[int],
    settings: SamplingSettings,
    start: Tensor | None = None,
) -> Iterator[SamplerStep]:
    """Sample one sprite a label (B,) and seed; the last step's x_t holds the finished sprites.

    start: (C, H, W) in [-1, 1], a sprite to make variations of, which tells its kind by itself. Runs on the device of
    `labels`.
    """
    if start is None:
        labels = torch.tensor(draw_rows(config, labels.tolist(), seeds), device=labels.device)
    shape = (config.channels, config.image_size, config.image_size)
    noise = SpriteNoise(seeds, shape, labels.device)
    timesteps = spaced_timesteps(schedule.num_timesteps, settings.steps, settings.strength)
    denoiser = GuidedDenoiser(network, config, schedule, labels, settings.guidance_scale, timesteps)
    x_t = noise.draw()
    if start is not None:
        alpha_bar = schedule.alphas_cumprod[timesteps[0]].expand(len(x_t))
        x_t = q_sample(start.to(x_t).expand_as(x_t), x_t, alpha_bar)
    return sample(settings.sampler, denoiser, schedule, timesteps, x_t, noise.draw)


@torch.inference_mode()
def sample_sprites(
    network: nn.Module,
    config: ModelConfig,
    schedule: NoiseSchedule,
    labels: Tensor,
    seeds: Sequence[int],
    settings: SamplingSettings,
) -> Tensor:
    """The finished sprites (B, C, H, W) of `sprite_steps`, where nobody watches."""
    x_t = torch.empty(0)
    for step in sprite_steps(network, config, schedule, labels, seeds, settings):
        x_t = step.x_t
    return x_t
