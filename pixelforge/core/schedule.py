"""The cosine noise schedule and the timesteps that a sampler visits."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pixelforge.core.config import DiffusionConfig
from pixelforge.errors import ConfigError


def cosine_betas(config: DiffusionConfig) -> NDArray[np.float64]:
    """betas (T,): 1 - f(t+1)/f(t), f(t) = cos^2(((t/T + s)/(1 + s)) pi/2); Nichol & Dhariwal 2021, eq. 17."""
    s, total = config.cosine_s, config.num_timesteps
    steps = np.arange(total + 1) / total
    f = np.cos((steps + s) / (1 + s) * math.pi / 2) ** 2
    betas: NDArray[np.float64] = np.clip(1 - f[1:] / f[:-1], config.beta_min, config.beta_max)
    return betas


@dataclass(frozen=True, eq=False)
class NoiseSchedule:
    """alphas_cumprod (T,) of the forward process, in float64.

    Whoever multiplies pictures by them casts the finished coefficients to float32.
    """

    alphas_cumprod: NDArray[np.float64]

    @classmethod
    def build(cls, config: DiffusionConfig) -> NoiseSchedule:
        """The running product of 1 - beta over the cosine betas."""
        return cls(np.cumprod(1 - cosine_betas(config), dtype=np.float64))

    @property
    def num_timesteps(self) -> int:
        """T: timesteps run from 0 (almost clean) to T - 1 (almost noise)."""
        return len(self.alphas_cumprod)

    def alpha_bar(self, timestep: int) -> float:
        """alphas_cumprod at a timestep; the timestep -1 is the clean picture, 1.0."""
        return 1.0 if timestep < 0 else float(self.alphas_cumprod[timestep])


def spaced_timesteps(num_timesteps: int, num_inference_steps: int, strength: float = 1.0) -> tuple[int, ...]:
    """Timesteps from high to low for `num_inference_steps` steps, evenly spaced and ending at the top.

    The "trailing" spacing of Lin et al. 2024 (table 2): T-1 is always among them, and all T steps are T-1 … 0.
    With strength s in (0, 1] only those below s T are kept (at least one): where variations of a sprite begin.
    """
    if not 1 <= num_inference_steps <= num_timesteps:
        raise ConfigError(f"Steps must be 1 to {num_timesteps}, not {num_inference_steps}.")
    if not 0.0 < strength <= 1.0:
        raise ConfigError(f"Strength must be above 0 and at most 1, not {strength:g}.")
    stride = num_timesteps / num_inference_steps
    steps = [round(num_timesteps - i * stride) - 1 for i in range(num_inference_steps)]
    kept = [step for step in steps if step < strength * num_timesteps]
    return tuple(kept or steps[-1:])
