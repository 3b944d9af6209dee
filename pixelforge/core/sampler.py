"""Samplers: from noise, or from a noised sprite, to sprites, a step at a time.

They see a denoiser only, any callable from (x_t, timestep) to pred_x0, and are generators: the caller pulls steps,
shows them, or stops.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from pixelforge.core.config import SamplerName
from pixelforge.core.diffusion import posterior
from pixelforge.core.guidance import Denoiser
from pixelforge.core.schedule import NoiseSchedule


@dataclass(frozen=True)
class SamplerStep:
    """What a sampler has after a step: x_t is already the next, less noisy one; after the last it is the sprite."""

    index: int  # 0 … total - 1
    total: int
    timestep: int  # at which pred_x0 was estimated
    x_t: Tensor  # (B, C, H, W)
    pred_x0: Tensor  # (B, C, H, W), in [-1, 1]


Draw = Callable[[], Tensor]
Update = Callable[[Tensor, Tensor, float, float], Tensor]
"""(x_t, pred_x0, alpha_bar of t, alpha_bar of the next timestep) to the next x_t."""


def ddpm_sample(
    denoiser: Denoiser, schedule: NoiseSchedule, timesteps: Sequence[int], x_t: Tensor, draw: Draw
) -> Iterator[SamplerStep]:
    """Ancestral sampling, Ho et al. 2020, algorithm 2, on all timesteps or a strided subset. draw(): noise like x_t."""

    def update(x: Tensor, pred_x0: Tensor, bar_t: float, bar_s: float) -> Tensor:
        of_x0, of_xt, variance = posterior(bar_t, bar_s)
        mean = of_x0 * pred_x0 + of_xt * x
        return mean + math.sqrt(variance) * draw() if variance > 0 else mean

    return _sample(denoiser, schedule, timesteps, x_t, update)


def ddim_sample(
    denoiser: Denoiser,
    schedule: NoiseSchedule,
    timesteps: Sequence[int],
    x_t: Tensor,
    draw: Draw,
    eta: float = 0.0,
) -> Iterator[SamplerStep]:
    """Song et al. 2021, eq. 12 and 16. eta 0 is deterministic after x_T, eta 1 has the variance of DDPM."""

    def update(x: Tensor, pred_x0: Tensor, bar_t: float, bar_s: float) -> Tensor:
        eps = (x - math.sqrt(bar_t) * pred_x0) / math.sqrt(1 - bar_t)
        sigma = eta * math.sqrt(posterior(bar_t, bar_s)[2])
        x = math.sqrt(bar_s) * pred_x0 + math.sqrt(max(1 - bar_s - sigma**2, 0.0)) * eps
        return x + sigma * draw() if sigma > 0 else x

    return _sample(denoiser, schedule, timesteps, x_t, update)


def dpmpp_2m_sample(
    denoiser: Denoiser, schedule: NoiseSchedule, timesteps: Sequence[int], x_t: Tensor
) -> Iterator[SamplerStep]:
    """DPM-Solver++(2M), Lu et al. 2022 (arXiv 2211.01095), algorithm 2; deterministic after x_T.

    With lambda = log(alpha / sigma) and h the steps in it: x_s = sigma_s / sigma_t x_t - alpha_s (e^-h - 1) D, where D
    extrapolates the last two pred_x0. The first step, and the last onto the clean picture (h infinite), are of first
    order.
    """
    previous: tuple[Tensor, float] | None = None  # the last pred_x0 and its lambda

    def update(x: Tensor, pred_x0: Tensor, bar_t: float, bar_s: float) -> Tensor:
        nonlocal previous
        lambda_t = _log_snr(bar_t)
        if bar_s >= 1.0:
            return pred_x0
        h = _log_snr(bar_s) - lambda_t
        estimate = pred_x0
        if previous is not None:
            ratio = (lambda_t - previous[1]) / h
            estimate = (1 + 1 / (2 * ratio)) * pred_x0 - 1 / (2 * ratio) * previous[0]
        previous = (pred_x0, lambda_t)
        return math.sqrt((1 - bar_s) / (1 - bar_t)) * x - math.sqrt(bar_s) * math.expm1(-h) * estimate

    return _sample(denoiser, schedule, timesteps, x_t, update)


def sample(
    name: SamplerName,
    denoiser: Denoiser,
    schedule: NoiseSchedule,
    timesteps: Sequence[int],
    x_t: Tensor,
    draw: Draw,
    eta: float = 0.0,
) -> Iterator[SamplerStep]:
    """The sampler of that name."""
    if name == "ddpm":
        return ddpm_sample(denoiser, schedule, timesteps, x_t, draw)
    if name == "ddim":
        return ddim_sample(denoiser, schedule, timesteps, x_t, draw, eta)
    return dpmpp_2m_sample(denoiser, schedule, timesteps, x_t)


@torch.inference_mode()
def _sample(
    denoiser: Denoiser, schedule: NoiseSchedule, timesteps: Sequence[int], x_t: Tensor, update: Update
) -> Iterator[SamplerStep]:
    following = (*timesteps[1:], -1)
    for index, (timestep, next_timestep) in enumerate(zip(timesteps, following, strict=True)):
        pred_x0 = denoiser(x_t, timestep)
        x_t = update(x_t, pred_x0, schedule.alpha_bar(timestep), schedule.alpha_bar(next_timestep))
        yield SamplerStep(index, len(timesteps), timestep, x_t, pred_x0)


def _log_snr(alpha_bar: float) -> float:
    """lambda = log(alpha / sigma)."""
    return 0.5 * (math.log(alpha_bar) - math.log1p(-alpha_bar))
