"""A part of a sprite made anew: what is known stays, and what is new fits it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from pixelforge.core import mask
from pixelforge.core.backend import Answer, Backend
from pixelforge.core.checkpoint import load_checkpoint
from pixelforge.core.condition import Condition, Cue
from pixelforge.core.mask import MaskedDenoiser, noised_back, resampled
from pixelforge.core.pipeline import Model, sprite_steps
from pixelforge.core.sampler import CLEAN, SAMPLERS, Step
from pixelforge.core.sampling import Sampling
from pixelforge.core.schedule import NoiseSchedule, spaced_timesteps
from pixelforge.core.weights import Floats


class Members:
    """Random pictures and their ideal denoiser; a quarter of the first one is known."""

    def __init__(self, schedule: NoiseSchedule, count: int, side: int = 8) -> None:
        self.rng = np.random.default_rng(3)
        self.pictures = self.rng.integers(0, 2, (count, 1, side, side)) * 2.0 - 1
        self.free = np.zeros((side, side), np.bool_)
        self.free[:, side // 4 :] = True
        self._schedule = schedule

    def denoise(self, x_t: Floats, timestep: int, final: bool = False) -> Floats:
        bar = self._schedule.alpha_bar(timestep)
        distances = ((x_t[:, None] - bar**0.5 * self.pictures[None]) ** 2).sum((2, 3, 4))
        likely = np.exp((distances.min(1, keepdims=True) - distances) / (2 * (1 - bar)))
        return np.einsum("bn,nchw->bchw", likely / likely.sum(1, keepdims=True), self.pictures)

    def sample(self, name: str, count: int, steps: int = 10) -> list[Floats]:
        shape = (count, *self.pictures.shape[1:])
        draw = partial(self.rng.standard_normal, shape)
        masked = MaskedDenoiser(self.denoise, self.pictures[0], self.free)
        begin = partial(SAMPLERS[name].begin, masked, self._schedule, draw)
        timesteps = spaced_timesteps(1000, steps)
        return [step.x_t for step in resampled(begin, begin, timesteps, draw(), self._schedule, draw)]


@pytest.mark.parametrize("name", SAMPLERS)
def test_what_is_known_is_at_every_step_the_truth_noised(name: str, schedule: NoiseSchedule) -> None:
    members = Members(schedule, 8)
    known = members.pictures[0][..., ~members.free]
    states = members.sample(name, 4000)
    for state, timestep in zip(states, (*spaced_timesteps(1000, 10)[1:], CLEAN), strict=True):
        bar = schedule.alpha_bar(timestep)
        pixels = state[..., ~members.free]
        deviation = (1 - bar) ** 0.5
        np.testing.assert_allclose(pixels.mean(0), bar**0.5 * known, rtol=0, atol=6 * deviation / 4000**0.5 + 1e-9)
        np.testing.assert_allclose(pixels.std(0), np.full_like(known, deviation), rtol=0.08, atol=1e-9)
    assert (states[-1][..., ~members.free] == known).all()


@pytest.mark.parametrize("name", SAMPLERS)
def test_what_is_new_fits_what_is_known_the_better_the_oftener_a_step_is_taken(
    name: str, schedule: NoiseSchedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares = []
    for repeats in (1, 3, 8):
        monkeypatch.setattr(mask, "REPEATS", repeats)
        members = Members(schedule, 16)
        made = members.sample(name, 1000)[-1]
        shares.append((np.abs(made - members.pictures[0]).max((1, 2, 3)) < 0.5).mean())
    assert shares[0] + 0.03 < shares[1]
    assert shares[1] + 0.03 < shares[2]


def test_noising_back_is_the_forward_process(schedule: NoiseSchedule) -> None:
    bar_s, bar_t = schedule.alpha_bar(200), schedule.alpha_bar(600)
    noise = np.random.default_rng(1).standard_normal((2, 200_000))
    x_s = bar_s**0.5 * 0.7 + (1 - bar_s) ** 0.5 * noise[0]
    x_t = noised_back(x_s, bar_s, bar_t, noise[1])
    assert float(x_t.mean()) == pytest.approx(bar_t**0.5 * 0.7, abs=0.01)
    assert float(x_t.var()) == pytest.approx(1 - bar_t, rel=0.02)


def test_steps_in_the_middle_alone_are_rehearsed(schedule: NoiseSchedule) -> None:
    """Each twice, by the cheaper step, and then taken by the sampler's own."""
    taken: list[tuple[str, int]] = []

    def telling(name: str) -> Callable[[], Step]:
        def step(x: Floats, t: int, s: int) -> tuple[Floats, Floats]:
            taken.append((name, t))
            return x, x

        return lambda: step

    timesteps, x_t = (999, 800, 799, 500, 200, 199, 50), np.zeros((1, 1, 2, 2), np.float32)
    steps = resampled(telling("own"), telling("cheap"), timesteps, x_t, schedule, lambda: x_t)
    assert [step.timestep for step in steps] == list(timesteps)
    rehearsed = [("cheap", t) for t in (799, 500, 200) for _ in range(2)]
    assert [call for call in taken if call[0] == "cheap"] == rehearsed
    assert [t for name, t in taken if name == "own"] == list(timesteps)
    assert taken.index(("own", 500)) == taken.index(("cheap", 500)) + 2


def test_what_is_noised_back_costs_half_the_rows(model_file: Path) -> None:
    model = Model.of(load_checkpoint(model_file))
    backend = _Counting(model.backend)
    free = np.zeros((model.header.model.image_size,) * 2, np.bool_)
    free[2:] = True
    sampling = Sampling(sampler="ddim", steps=5, guidance_scale=2.0)
    start = np.zeros((model.header.model.channels, *free.shape), np.float32)
    ask = [Condition(class_name=model.header.class_names[0])] * 3
    steps = list(sprite_steps(replace(model, backend=backend), ask, [1, 2, 3], sampling, start, free=free))
    rehearsed = [step.timestep for step in steps if 200 <= step.timestep < 800]
    assert backend.rows.count(6) == len(steps) == 5
    assert backend.rows.count(3) == 2 * len(rehearsed) > 0


class _Counting:
    """A backend that tells how many rows each forward had."""

    name = device = "counting"

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.rows: list[int] = []

    def prepare(self, cues: Sequence[Cue], timesteps: Sequence[int]) -> Answer:
        answer = self._backend.prepare(cues, timesteps)

        def counted(x_t: Floats, timestep: int) -> Floats:
            self.rows.append(len(x_t))
            return answer(x_t, timestep)

        return counted

    def is_out_of_memory(self, error: Exception) -> bool:
        return self._backend.is_out_of_memory(error)
