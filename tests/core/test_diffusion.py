from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from pixelforge.core.config import DiffusionConfig
from pixelforge.core.diffusion import (
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

TIMESTEPS = torch.tensor([0, 1, 250, 500, 900, 999])


@pytest.fixture
def x_0() -> Tensor:
    return torch.randn(6, 4, 8, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def noise() -> Tensor:
    return torch.randn(6, 4, 8, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def alpha_bar(schedule: NoiseSchedule) -> Tensor:
    return schedule.alphas_cumprod[TIMESTEPS]


def test_q_sample_has_the_marginals(x_0: Tensor, schedule: NoiseSchedule) -> None:
    bar = schedule.alphas_cumprod[[400]].expand(20_000)
    noise = torch.randn(20_000, 1, 1, 1, dtype=torch.float64, generator=torch.Generator().manual_seed(5))
    x_t = q_sample(torch.full_like(noise, 0.7), noise, bar)
    assert x_t.mean().item() == pytest.approx(0.7 * math.sqrt(bar[0]), abs=0.02)
    assert x_t.var().item() == pytest.approx(1 - bar[0].item(), rel=0.03)


def test_eps_gives_x0_back(x_0: Tensor, noise: Tensor, alpha_bar: Tensor) -> None:
    x_t = q_sample(x_0, noise, alpha_bar)
    torch.testing.assert_close(predict_x0_from_eps(x_t, noise, alpha_bar), x_0, rtol=1e-8, atol=1e-8)


def test_v_gives_x0_back(x_0: Tensor, noise: Tensor, alpha_bar: Tensor) -> None:
    x_t, v = q_sample(x_0, noise, alpha_bar), v_target(x_0, noise, alpha_bar)
    torch.testing.assert_close(predict_x0_from_v(x_t, v, alpha_bar), x_0, rtol=1e-12, atol=1e-12)


def test_v_is_the_derivative_by_the_angle(x_0: Tensor, noise: Tensor, alpha_bar: Tensor) -> None:
    """x_phi = cos(phi) x_0 + sin(phi) noise has d x_phi / d phi = v; Salimans & Ho 2022, appendix D."""
    phi = alpha_bar.sqrt().clamp(max=1).acos().requires_grad_()

    def x_at(angle: Tensor) -> Tensor:
        return angle.cos()[:, None, None, None] * x_0 + angle.sin()[:, None, None, None] * noise

    _, derivative = torch.autograd.functional.jvp(x_at, phi, torch.ones_like(phi))
    torch.testing.assert_close(v_target(x_0, noise, alpha_bar), derivative, rtol=1e-6, atol=1e-6)


def test_coefficients_are_taken_in_float64_and_cast(x_0: Tensor, noise: Tensor, alpha_bar: Tensor) -> None:
    x_t = q_sample(x_0.float(), noise.float(), alpha_bar)
    assert x_t.dtype == torch.float32
    torch.testing.assert_close(x_t.double(), q_sample(x_0, noise, alpha_bar), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("t", [1, 2, 10, 500, 998, 999])
def test_posterior_of_neighbours_is_equation_7(t: int, schedule: NoiseSchedule) -> None:
    """Ho et al. 2020, eq. 6 and 7, from the betas."""
    beta = cosine_betas(DiffusionConfig())[t].item()
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
    torch.testing.assert_close(rgba[3], torch.tensor([-0.6, -0.2, 0.6, 1.0]))
    assert palette_colours(palette, 3).shape == (3, 3)
    assert palette_colours((), 4).shape == (1, 4)
    assert palette_colours((), 3).shape == (0, 3)


def test_colours_from_logits_is_the_mean_under_the_softmax() -> None:
    logits = torch.randn(2, 5, 3, 4, generator=torch.Generator().manual_seed(0))
    colours = torch.rand(5, 4, generator=torch.Generator().manual_seed(1)) * 2 - 1
    expected = torch.einsum("bkhw,kc->bchw", logits.exp() / logits.exp().sum(1, keepdim=True), colours)
    torch.testing.assert_close(colours_from_logits(logits, colours), expected)


def test_most_likely_colours() -> None:
    colours = torch.tensor([[-1.0, -1, -1, -1], [1, 0, 0, 1], [0, 1, 0, 1]])
    logits = torch.tensor([[0.1, 3.0], [0.3, -1.0], [0.2, 2.9]]).view(1, 3, 1, 2)
    picked = most_likely_colours(logits, colours)
    assert picked.shape == (1, 4, 1, 2)
    assert picked[0, :, 0, 0].tolist() == [1, 0, 0, 1]
    assert picked[0, :, 0, 1].tolist() == [-1, -1, -1, -1]
