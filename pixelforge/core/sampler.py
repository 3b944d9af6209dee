"""Samplers: from noise, or from a noised sprite, to sprites, a step at a time. `SAMPLERS` is all of them.

They see a denoiser only, and are generators: the caller pulls steps, shows them, or stops. The arithmetic is that of
the arrays that come in.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pixelforge.core.schedule import NoiseSchedule
from pixelforge.core.weights import Floats
from pixelforge.errors import RequestError

CLEAN = -1  # the timestep of the clean picture
INSTANT = "instant"  # the sampler of a model's distilled student: DDIM's few steps, the guidance in the network itself


class Denoiser(Protocol):
    """x_t (B, C, H, W) at a timestep to pred_x0 of the same shape, in [-1, 1]."""

    def __call__(self, x_t: Floats, timestep: int, final: bool = False) -> Floats:
        """final: that the answer will be the finished sprite, not one more estimate on the way."""


@dataclass(frozen=True)
class SamplerStep:
    """What a sampler has after a step: x_t is already the next, less noisy one; after the last it is the sprite."""

    index: int  # 0 … total - 1
    total: int
    timestep: int  # at which pred_x0 was estimated
    x_t: Floats  # (B, C, H, W)
    pred_x0: Floats  # (B, C, H, W), in [-1, 1]


Draw = Callable[[], Floats]
"""The next noise, like x_t."""

Step = Callable[[Floats, int, int], tuple[Floats, Floats]]
"""(x_t, its timestep t, the next timestep s, CLEAN after the last) to (x_s, pred_x0). May ask the denoiser twice."""


@dataclass(frozen=True)
class Sampler:
    """A method of sampling."""

    label: str  # in the window
    draws_noise: bool  # in its steps, beside the noise that it begins with
    begin: Callable[[Denoiser, NoiseSchedule, Draw], Step]  # the step of one run, which may remember the one before


def ddpm(denoiser: Denoiser, schedule: NoiseSchedule, draw: Draw) -> Step:
    """Ancestral sampling, Ho et al. 2020, algorithm 2, on all timesteps or a strided subset."""

    def step(x: Floats, t: int, s: int) -> tuple[Floats, Floats]:
        pred_x0 = denoiser(x, t, final=s == CLEAN)
        of_x0, of_xt, variance = posterior(schedule.alpha_bar(t), schedule.alpha_bar(s))
        mean = of_x0 * pred_x0 + of_xt * x
        return (mean + math.sqrt(variance) * draw() if variance > 0 else mean), pred_x0

    return step


def ddim(denoiser: Denoiser, schedule: NoiseSchedule, draw: Draw, eta: float = 0.0) -> Step:
    """Song et al. 2021, eq. 12 and 16. eta 0 is deterministic after x_T, eta 1 has the variance of DDPM."""

    def step(x: Floats, t: int, s: int) -> tuple[Floats, Floats]:
        pred_x0 = denoiser(x, t, final=s == CLEAN)
        bar_t, bar_s = schedule.alpha_bar(t), schedule.alpha_bar(s)
        eps: Any = (x - math.sqrt(bar_t) * pred_x0) / math.sqrt(1 - bar_t)
        sigma = eta * math.sqrt(posterior(bar_t, bar_s)[2])
        x = math.sqrt(bar_s) * pred_x0 + math.sqrt(max(1 - bar_s - sigma**2, 0.0)) * eps
        return (x + sigma * draw() if sigma > 0 else x), pred_x0

    return step


def dpmpp_2m(denoiser: Denoiser, schedule: NoiseSchedule, draw: Draw) -> Step:
    """DPM-Solver++(2M), Lu et al. 2022 (arXiv 2211.01095), algorithm 2; deterministic after x_T.

    With lambda = log(alpha / sigma) and h the steps in it: x_s = sigma_s / sigma_t x_t - alpha_s (e^-h - 1) D, where D
    extrapolates the last two pred_x0. The first step, and the last onto the clean picture (h infinite), are of first
    order.
    """
    previous: tuple[Floats, float] | None = None  # the last pred_x0 and its lambda

    def step(x: Floats, t: int, s: int) -> tuple[Floats, Floats]:
        nonlocal previous
        pred_x0 = denoiser(x, t, final=s == CLEAN)
        if s == CLEAN:
            return pred_x0, pred_x0
        bar_t, bar_s = schedule.alpha_bar(t), schedule.alpha_bar(s)
        lambda_t = _log_snr(bar_t)
        h = _log_snr(bar_s) - lambda_t
        estimate = pred_x0
        if previous is not None:
            ratio = (lambda_t - previous[1]) / h
            estimate = (1 + 1 / (2 * ratio)) * pred_x0 - 1 / (2 * ratio) * previous[0]
        previous = (pred_x0, lambda_t)
        return math.sqrt((1 - bar_s) / (1 - bar_t)) * x - math.sqrt(bar_s) * math.expm1(-h) * estimate, pred_x0

    return step


SAMPLERS: dict[str, Sampler] = {
    "ddpm": Sampler("DDPM (classic)", True, ddpm),
    "ddim": Sampler("DDIM", False, ddim),
    "dpm++2m": Sampler("DPM++ 2M", False, dpmpp_2m),
    INSTANT: Sampler("Instant", False, ddim),
}


def sample(
    name: str, denoiser: Denoiser, schedule: NoiseSchedule, timesteps: Sequence[int], x_t: Floats, draw: Draw
) -> Iterator[SamplerStep]:
    """Follow the timesteps, from high to low, with the sampler of that name. Raises RequestError if there is none."""
    if name not in SAMPLERS:
        raise RequestError(f"There is no sampler {name!r}; choose one of {', '.join(SAMPLERS)}.")
    return follow(SAMPLERS[name].begin(denoiser, schedule, draw), timesteps, x_t)


def follow(step: Step, timesteps: Sequence[int], x_t: Floats) -> Iterator[SamplerStep]:
    """Make a step at each of the timesteps, the last of them onto the clean picture."""
    following = (*timesteps[1:], CLEAN)
    for index, (timestep, next_timestep) in enumerate(zip(timesteps, following, strict=True)):
        x_t, pred_x0 = step(x_t, timestep, next_timestep)
        yield SamplerStep(index, len(timesteps), timestep, x_t, pred_x0)


def posterior(alpha_bar_t: float, alpha_bar_s: float) -> tuple[float, float, float]:
    """q(x_s | x_t, x_0) for s < t as (coefficient of x_0, coefficient of x_t, variance); Ho et al. 2020, eq. 6 and 7.

    Written for any pair s < t, so that it serves strided subsets of the timesteps; s = t - 1 is the paper's.
    """
    alpha_ts = alpha_bar_t / alpha_bar_s
    beta_ts = 1 - alpha_ts
    of_x0 = math.sqrt(alpha_bar_s) * beta_ts / (1 - alpha_bar_t)
    of_xt = math.sqrt(alpha_ts) * (1 - alpha_bar_s) / (1 - alpha_bar_t)
    variance = beta_ts * (1 - alpha_bar_s) / (1 - alpha_bar_t)
    return of_x0, of_xt, variance


def _log_snr(alpha_bar: float) -> float:
    """lambda = log(alpha / sigma)."""
    return 0.5 * (math.log(alpha_bar) - math.log1p(-alpha_bar))
