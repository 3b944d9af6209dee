from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from pixelforge.core.colours import choices
from pixelforge.core.config import DiffusionConfig
from pixelforge.core.diffusion import (
    coloured,
    colours_from_logits,
    most_likely_colours,
    palette_colours,
    predict_x0_from_eps,
    predict_x0_from_v,
    q_sample,
    v_target,
)
from pixelforge.core.sampler import posterior
from pixelforge.core.schedule import NoiseSchedule, cosine_betas
from training.learning import tensors

TIMESTEPS = [0, 1, 250, 500, 900, 999]
Doubles = NDArray[np.float64]


@pytest.fixture
def x_0() -> Doubles:
    return np.random.default_rng(0).standard_normal((6, 4, 8, 8))


@pytest.fixture
def noise() -> Doubles:
    return np.random.default_rng(1).standard_normal((6, 4, 8, 8))


@pytest.fixture
def alpha_bar(schedule: NoiseSchedule) -> Doubles:
    return schedule.alphas_cumprod[TIMESTEPS]


def test_q_sample_has_the_marginals(x_0: Doubles, schedule: NoiseSchedule) -> None:
    bar = np.full(20_000, schedule.alphas_cumprod[400])
    noise = np.random.default_rng(5).standard_normal((20_000, 1, 1, 1))
    x_t = q_sample(np.full_like(noise, 0.7), noise, bar)
    assert x_t.mean() == pytest.approx(0.7 * math.sqrt(bar[0]), abs=0.02)
    assert x_t.var() == pytest.approx(1 - bar[0], rel=0.03)


def test_eps_gives_x0_back(x_0: Doubles, noise: Doubles, alpha_bar: Doubles) -> None:
    x_t = q_sample(x_0, noise, alpha_bar)
    np.testing.assert_allclose(predict_x0_from_eps(x_t, noise, alpha_bar), x_0, rtol=1e-8, atol=1e-8)


def test_v_gives_x0_back(x_0: Doubles, noise: Doubles, alpha_bar: Doubles) -> None:
    x_t, v = q_sample(x_0, noise, alpha_bar), v_target(x_0, noise, alpha_bar)
    np.testing.assert_allclose(predict_x0_from_v(x_t, v, alpha_bar), x_0, rtol=1e-12, atol=1e-12)


def test_v_is_the_derivative_by_the_angle(x_0: Doubles, noise: Doubles, alpha_bar: Doubles) -> None:
    """x_phi = cos(phi) x_0 + sin(phi) noise has d x_phi / d phi = v; Salimans & Ho 2022, appendix D."""
    phi, small = np.arccos(np.minimum(np.sqrt(alpha_bar), 1)), 1e-6

    def x_at(angle: Doubles) -> Doubles:
        return np.cos(angle)[:, None, None, None] * x_0 + np.sin(angle)[:, None, None, None] * noise

    derivative = (x_at(phi + small) - x_at(phi - small)) / (2 * small)
    np.testing.assert_allclose(v_target(x_0, noise, alpha_bar), derivative, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("equation", [q_sample, v_target, predict_x0_from_eps, predict_x0_from_v])
def test_training_has_the_same_equations_for_tensors(
    equation: Any, x_0: Doubles, noise: Doubles, alpha_bar: Doubles
) -> None:
    given = (torch.from_numpy(part) for part in (x_0, noise, alpha_bar))
    np.testing.assert_allclose(equation(*given).numpy(), equation(x_0, noise, alpha_bar), rtol=1e-12)


def test_coefficients_are_taken_in_float64_and_cast(x_0: Doubles, noise: Doubles, alpha_bar: Doubles) -> None:
    given: list[Any] = [x_0.astype(np.float32), noise.astype(np.float32), alpha_bar]
    x_t = q_sample(*given)
    assert x_t.dtype == np.float32
    np.testing.assert_allclose(x_t, q_sample(x_0, noise, alpha_bar), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("t", [1, 2, 10, 500, 998, 999])
def test_posterior_of_neighbours_is_equation_7(t: int, schedule: NoiseSchedule) -> None:
    """Ho et al. 2020, eq. 6 and 7, from the betas."""
    beta = cosine_betas(DiffusionConfig())[t]
    bar_t, bar_before = schedule.alpha_bar(t), schedule.alpha_bar(t - 1)
    of_x0 = math.sqrt(bar_before) * beta / (1 - bar_t)
    of_xt = math.sqrt(1 - beta) * (1 - bar_before) / (1 - bar_t)
    beta_tilde = (1 - bar_before) / (1 - bar_t) * beta
    assert posterior(bar_t, bar_before) == pytest.approx((of_x0, of_xt, beta_tilde), rel=1e-9)


@pytest.mark.parametrize(("t", "s"), [(999, 979), (500, 3), (20, 0), (700, 350)])
def test_posterior_of_a_strided_pair_is_the_product_of_gaussians(t: int, s: int, schedule: NoiseSchedule) -> None:
    """q(x_s | x_0) q(x_t | x_s), as functions of x_s: precisions add up, means are weighted by them."""
    bar_t, bar_s = schedule.alpha_bar(t), schedule.alpha_bar(s)
    x_0, x_t = 0.3, -1.2
    alpha = math.prod(1 - b for b in cosine_betas(DiffusionConfig())[s + 1 : t + 1].tolist())
    prior_precision = 1 / (1 - bar_s)
    likelihood_precision = alpha / (1 - alpha)  # x_t = sqrt(alpha) x_s + sqrt(1 - alpha) noise
    precision = prior_precision + likelihood_precision
    mean = (prior_precision * math.sqrt(bar_s) * x_0 + likelihood_precision * x_t / math.sqrt(alpha)) / precision
    of_x0, of_xt, variance = posterior(bar_t, bar_s)
    assert of_x0 * x_0 + of_xt * x_t == pytest.approx(mean, rel=1e-9)
    assert variance == pytest.approx(1 / precision, rel=1e-9)


def test_posterior_of_the_clean_picture_is_x0(schedule: NoiseSchedule) -> None:
    assert posterior(schedule.alpha_bar(0), 1.0) == pytest.approx((1.0, 0.0, 0.0))


def test_palette_colours() -> None:
    palette = ((0, 0, 0), (255, 255, 255), (51, 102, 204))
    rgba = palette_colours(palette, 4)
    assert rgba[:3].tolist() == [[-1, -1, -1, -1], [-1, -1, -1, 1], [1, 1, 1, 1]]
    np.testing.assert_allclose(rgba[3], [-0.6, -0.2, 0.6, 1.0], rtol=1e-6)
    assert palette_colours(palette, 3).shape == (3, 3)
    assert palette_colours((), 4).shape == (1, 4)
    assert palette_colours((), 3).shape == (0, 3)


def test_colours_from_logits_is_the_mean_under_the_softmax() -> None:
    rng = np.random.default_rng(0)
    logits = rng.standard_normal((2, 5, 3, 4)).astype(np.float32)
    for colours in (rng.uniform(-1, 1, (5, 4)), rng.uniform(-1, 1, (2, 5, 4))):
        each = np.broadcast_to(colours, (2, 5, 4))
        expected = np.einsum("bkhw,bkc->bchw", np.exp(logits) / np.exp(logits).sum(1, keepdims=True), each)
        np.testing.assert_allclose(colours_from_logits(logits, colours.astype(np.float32)), expected, atol=1e-6)


def test_training_has_the_same_colours_for_tensors() -> None:
    """And so has the ideal that students learn from."""
    rng = np.random.default_rng(1)
    logits, colours = (rng.standard_normal(shape).astype(np.float32) for shape in ((2, 6, 3, 4), (2, 5, 4)))
    whole = choices(colours)
    np.testing.assert_array_equal(tensors.choices(torch.from_numpy(colours)).numpy(), whole)
    both = torch.from_numpy(logits), torch.from_numpy(whole)
    np.testing.assert_allclose(
        tensors.colours_from_logits(*both).numpy(), colours_from_logits(logits, whole), atol=1e-6
    )
    for one in (whole, whole[0]):
        indices = logits.argmax(1)
        made = tensors.coloured(torch.from_numpy(indices), torch.from_numpy(one))
        np.testing.assert_array_equal(made.numpy(), coloured(indices, one))


def test_no_logit_is_too_large() -> None:
    logits = np.array([1e4, -np.inf, -1e9, 1e4], np.float32).reshape(1, 4, 1, 1)
    colours = np.array([[1, 0, 0, 1], [0, 1, 0, 1], [0, 1, 0, 1], [0, 0, 1, 1]], np.float32)
    assert colours_from_logits(logits, colours)[0, :, 0, 0].tolist() == [0.5, 0, 0.5, 1]


def test_most_likely_colours() -> None:
    colours = np.array([[-1, -1, -1, -1], [1, 0, 0, 1], [0, 1, 0, 1]], np.float32)
    logits = np.array([[0.1, 3.0], [0.3, -1.0], [0.2, 2.9]], np.float32).reshape(1, 3, 1, 2)
    picked = most_likely_colours(logits, colours)
    assert picked.shape == (1, 4, 1, 2)
    assert picked[0, :, 0, 0].tolist() == [1, 0, 0, 1]
    assert picked[0, :, 0, 1].tolist() == [-1, -1, -1, -1]
