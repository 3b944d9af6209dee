from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixelforge.core.config import DiffusionConfig
from pixelforge.core.notebook_unet import NOTEBOOK_DIFFUSION
from pixelforge.core.schedule import NoiseSchedule, cosine_betas, spaced_timesteps
from pixelforge.errors import ConfigError


def closed_form(total: int) -> np.ndarray:
    """f(t)/f(0) for t = 1 … T; Nichol & Dhariwal 2021, eq. 17."""
    f = np.cos((np.arange(total + 1) / total + 0.008) / 1.008 * np.pi / 2) ** 2
    return f[1:] / f[0]


@pytest.mark.parametrize("total", [1000, 200, 37])
def test_alphas_cumprod_is_the_closed_form_below_the_clamp(total: int) -> None:
    schedule = NoiseSchedule.build(DiffusionConfig(num_timesteps=total))
    clamped = (cosine_betas(DiffusionConfig(num_timesteps=total)) >= 0.999).sum().item()
    assert clamped == 1
    np.testing.assert_allclose(schedule.alphas_cumprod[:-1], closed_form(total)[:-1], rtol=1e-10)


def test_last_beta_is_clamped() -> None:
    schedule = NoiseSchedule.build(DiffusionConfig())
    assert closed_form(1000)[-1] < 1e-30
    assert schedule.alpha_bar(999) == pytest.approx(schedule.alpha_bar(998) * 0.001, rel=1e-12)


def test_notebooks_schedule_clamps_below_as_well() -> None:
    f = [math.cos((t / 1000 + 0.008) / 1.008 * math.pi / 2) ** 2 for t in range(1001)]
    product, expected = 1.0, []
    for before, after in itertools.pairwise(f):
        product *= 1 - min(max(1 - after / before, 0.0001), 0.999)
        expected.append(product)
    built = NoiseSchedule.build(NOTEBOOK_DIFFUSION)
    np.testing.assert_allclose(built.alphas_cumprod, expected, rtol=1e-12)
    assert cosine_betas(NOTEBOOK_DIFFUSION)[0] == 0.0001
    assert cosine_betas(DiffusionConfig())[0] < 0.0001


def test_the_schedule_falls_from_clean_to_noise() -> None:
    schedule = NoiseSchedule.build(DiffusionConfig())
    assert schedule.alpha_bar(-1) == 1.0
    assert schedule.alphas_cumprod.dtype == np.float64
    assert (np.diff(schedule.alphas_cumprod) < 0).all()
    assert schedule.alpha_bar(0) > 0.9999
    assert schedule.alpha_bar(999) < 1e-6


@given(st.integers(2, 2000), st.data())
def test_spaced_timesteps_descend_from_the_top(total: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(1, total))
    steps = spaced_timesteps(total, count)
    assert len(steps) == count
    assert steps[0] == total - 1
    assert steps[-1] >= 0
    assert all(a > b for a, b in itertools.pairwise(steps))


def test_all_steps_are_all_timesteps() -> None:
    assert spaced_timesteps(1000, 1000) == tuple(range(999, -1, -1))


@pytest.mark.parametrize("strength", [0.9, 0.5, 0.13])
def test_strength_keeps_the_timesteps_below_it(strength: float) -> None:
    every = spaced_timesteps(1000, 50)
    kept = spaced_timesteps(1000, 50, strength)
    assert kept == tuple(step for step in every if step < strength * 1000)
    assert kept[0] == pytest.approx(strength * 1000, abs=20)


def test_the_least_strength_keeps_one_step() -> None:
    assert spaced_timesteps(1000, 10, 1e-6) == (99,)


@pytest.mark.parametrize(
    ("count", "strength"), [(0, 1.0), (1001, 1.0), (-3, 1.0), (10, 0.0), (10, 1.01), (10, math.nan)]
)
def test_impossible_timesteps(count: int, strength: float) -> None:
    with pytest.raises(ConfigError):
        spaced_timesteps(1000, count, strength)
