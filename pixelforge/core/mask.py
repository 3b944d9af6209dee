"""Redoing a part of a sprite while the rest of it stays; after RePaint (Lugmayr et al. 2022)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pixelforge.core.sampler import CLEAN, Denoiser, Draw, SamplerStep, Step
from pixelforge.core.schedule import NoiseSchedule
from pixelforge.core.weights import Floats

# Eight halves made anew of each of 12 held-out sprites (15 steps; share of pixel pairs across the rim that have one
# colour, their mean distance in OKLab, processor time): all steps three times, guided 0.104, 0.236, 3.8 s; once 0.092,
# 0.242, 1.4 s; in the middle twice, the first unguided 0.100, 0.231, 1.9 s; 8 steps, in the middle three times, the
# first two unguided 0.108, 0.227, 1.1 s.
REPEATS = 3
REPEATED = (0.2, 0.8)  # of the schedule's timesteps: above, nothing shows yet what it will be; below, all of it stands


class MaskedDenoiser:
    """A denoiser around a denoiser, for which the known pixels are no estimate but the truth.

    A sampler mixes x_t, pred_x0 and fresh noise, and nothing else: begun with noise and told the truth, it has the
    known pixels of every x_t as RePaint's equation 8a overwrites them, q(x_t | x_0).
    """

    def __init__(self, denoiser: Denoiser, known: Floats, free: NDArray[np.bool_]) -> None:
        """known: (C, H, W), the picture, or one a sprite (B, C, H, W). free: (H, W), true where it is made anew."""
        self._denoiser = denoiser
        self._known = known
        self._free = free

    def __call__(self, x_t: Floats, timestep: int, final: bool = False) -> Floats:
        """The estimate where it is free, the truth elsewhere."""
        return np.where(self._free, self._denoiser(x_t, timestep, final), self._known)


def resampled(
    begin: Callable[[], Step],
    rehearse: Callable[[], Step],
    timesteps: Sequence[int],
    x_t: Floats,
    schedule: NoiseSchedule,
    draw: Draw,
) -> Iterator[SamplerStep]:
    """Follow the timesteps, but take the steps in the middle REPEATS times, each time noised back to where it began.

    So what is made anew gets to fit what is known: RePaint's algorithm 1. begin: makes the sampler's step, without a
    memory of another x_t. rehearse: makes that of the repetitions which are noised back, and may be a cheaper one.
    Yields the last of each step's repetitions.
    """
    low, high = (share * schedule.num_timesteps for share in REPEATED)
    following = (*timesteps[1:], CLEAN)
    for index, (timestep, next_timestep) in enumerate(zip(timesteps, following, strict=True)):
        repeated = low <= timestep < high and next_timestep != CLEAN
        for _ in range(REPEATS - 1 if repeated else 0):
            x_s, _ = rehearse()(x_t, timestep, next_timestep)
            x_t = noised_back(x_s, schedule.alpha_bar(next_timestep), schedule.alpha_bar(timestep), draw())
        x_t, pred_x0 = begin()(x_t, timestep, next_timestep)
        yield SamplerStep(index, len(timesteps), timestep, x_t, pred_x0)


def noised_back(x_s: Floats, alpha_bar_s: float, alpha_bar_t: float, noise: Floats) -> Floats:
    """x_t ~ q(x_t | x_s) for s < t: the forward process from s on; Ho et al. 2020, eq. 2 for many steps at once."""
    ratio = alpha_bar_t / alpha_bar_s
    return math.sqrt(ratio) * x_s + math.sqrt(1 - ratio) * noise
