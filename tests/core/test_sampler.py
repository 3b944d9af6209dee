"""The samplers against the diffusers schedulers, and with the ideal denoiser of a tiny data set.

Their arithmetic is that of the arrays that come in, so here it is torch's.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import Tensor

from pixelforge.core.config import DiffusionConfig
from pixelforge.core.sampler import CLEAN, SAMPLERS, ddim, ddpm, dpmpp_2m, follow, sample
from pixelforge.core.schedule import NoiseSchedule, cosine_betas, spaced_timesteps
from pixelforge.errors import RequestError

SHAPE = (3, 4, 4, 4)
Draw = Callable[[], Tensor]


def seeded(seed: int) -> tuple[Draw, torch.Generator]:
    generator = torch.Generator().manual_seed(seed)
    return lambda: torch.randn(SHAPE, dtype=torch.float64, generator=generator), generator


def denoise(x: Tensor, timestep: int, final: bool = False) -> Tensor:
    """Anything that is not linear and depends on its pixel, its neighbour and the time."""
    return torch.tanh(1.3 * x + 0.4 * x.roll(1, dims=3) - timestep / 1000)


def oracle(scheduler_name: str, schedule: NoiseSchedule, **options: Any) -> Any:
    """Of diffusers, which is loaded here: in every process that collects the tests it would take five seconds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own, while it is imported
        import diffusers

        scheduler_class = getattr(diffusers, scheduler_name)
    scheduler = scheduler_class(
        num_train_timesteps=1000,
        trained_betas=cosine_betas(DiffusionConfig()),
        prediction_type="sample",
        timestep_spacing="trailing",
        **options,
    )
    scheduler.alphas_cumprod = torch.from_numpy(schedule.alphas_cumprod)  # as computed in float64
    return scheduler


def theirs(scheduler: Any, x_t: Tensor, **options: Any) -> list[Tensor]:
    """The scheduler's own trajectory."""
    trajectory = []
    for timestep in scheduler.timesteps:
        step = scheduler.step(denoise(x_t, int(timestep)), timestep, x_t, **options)
        x_t = step.prev_sample
        trajectory.append(x_t)
    return trajectory


def assert_same(ours: list[Tensor], expected: list[Tensor], tolerance: float = 1e-7) -> None:
    for index, (mine, other) in enumerate(zip(ours, expected, strict=True)):
        torch.testing.assert_close(
            mine, other, rtol=tolerance, atol=tolerance, msg=lambda text, i=index: f"step {i}: {text}"
        )


@pytest.mark.parametrize("count", [1000, 50, 30, 7])
def test_ddpm_is_that_of_diffusers(count: int, schedule: NoiseSchedule) -> None:
    timesteps = spaced_timesteps(1000, count)
    scheduler = oracle("DDPMScheduler", schedule, clip_sample=False, variance_type="fixed_small")
    scheduler.one = torch.tensor(1.0, dtype=torch.float64)
    scheduler.set_timesteps(timesteps=list(timesteps))
    draw, _ = seeded(1)
    ours = [step.x_t for step in follow(ddpm(denoise, schedule, draw), timesteps, draw())]
    draw, generator = seeded(1)
    assert_same(ours, theirs(scheduler, draw(), generator=generator))


@pytest.mark.parametrize("eta", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("count", [10, 50])
def test_ddim_is_that_of_diffusers(count: int, eta: float, schedule: NoiseSchedule) -> None:
    timesteps = spaced_timesteps(1000, count)
    scheduler = oracle("DDIMScheduler", schedule, clip_sample=False)
    scheduler.final_alpha_cumprod = torch.tensor(1.0, dtype=torch.float64)
    scheduler.set_timesteps(count)
    assert tuple(scheduler.timesteps.tolist()) == timesteps
    draw, _ = seeded(2)
    ours = [step.x_t for step in follow(ddim(denoise, schedule, draw, eta), timesteps, draw())]
    draw, generator = seeded(2)
    assert_same(ours, theirs(scheduler, draw(), eta=eta, generator=generator))


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # diffusers on numpy 2
@pytest.mark.parametrize("count", [2, 10, 30, 50])
def test_dpmpp_2m_is_that_of_diffusers(count: int, schedule: NoiseSchedule) -> None:
    timesteps = spaced_timesteps(1000, count)
    scheduler = oracle(
        "DPMSolverMultistepScheduler",
        schedule,
        algorithm_type="dpmsolver++",
        solver_order=2,
        solver_type="midpoint",
        lower_order_final=True,
        final_sigmas_type="zero",
    )
    scheduler.set_timesteps(count)
    assert tuple(scheduler.timesteps.tolist()) == timesteps
    bars = torch.from_numpy(schedule.alphas_cumprod[list(timesteps)])
    scheduler.sigmas = torch.cat([((1 - bars) / bars).sqrt(), torch.zeros(1, dtype=torch.float64)])
    draw, _ = seeded(3)
    ours = [step.x_t for step in follow(dpmpp_2m(denoise, schedule, draw), timesteps, draw())]
    draw, _ = seeded(3)
    assert_same(ours, theirs(scheduler, draw()), tolerance=1e-5)  # theirs is rounded to float32 at every step


def test_ddim_with_eta_1_is_ddpm(schedule: NoiseSchedule) -> None:
    timesteps = spaced_timesteps(1000, 25)
    draw, _ = seeded(4)
    ancestral = [step.x_t for step in follow(ddpm(denoise, schedule, draw), timesteps, draw())]
    draw, _ = seeded(4)
    implicit = [step.x_t for step in follow(ddim(denoise, schedule, draw, eta=1.0), timesteps, draw())]
    assert_same(ancestral, implicit)


@pytest.mark.parametrize(("name", "count"), [("ddpm", 1000), ("ddpm", 60), ("ddim", 40), ("dpm++2m", 30)])
def test_the_ideal_denoiser_leads_to_the_data(name: str, count: int, schedule: NoiseSchedule, dataset: Any) -> None:
    generator = torch.Generator().manual_seed(0)

    def draw() -> Tensor:
        return torch.randn(40, 4, 4, 4, dtype=torch.float64, generator=generator)

    *_, last = sample(name, dataset.denoise, schedule, spaced_timesteps(1000, count), draw(), draw)
    assert dataset.distance(last.x_t).max() < 1e-3
    nearest = (last.x_t[:, None] - dataset.members[None]).abs().flatten(2).sum(2).argmin(1)
    assert len(nearest.unique()) == len(dataset.members)  # and to all of it


@pytest.mark.parametrize("name", SAMPLERS)
def test_steps_tell_where_they_are(name: str, schedule: NoiseSchedule) -> None:
    timesteps = spaced_timesteps(1000, 5)
    seen: list[int] = []
    finals: list[bool] = []

    def watched(x: Tensor, timestep: int, final: bool = False) -> Tensor:
        seen.append(timestep)
        finals.append(final)
        return denoise(x, timestep)

    draw, _ = seeded(5)
    steps = list(sample(name, watched, schedule, timesteps, draw(), draw))
    assert finals == [False] * 4 + [True]
    assert tuple(seen) == timesteps == tuple(step.timestep for step in steps)
    assert [step.index for step in steps] == [0, 1, 2, 3, 4]
    assert {step.total for step in steps} == {5}
    torch.testing.assert_close(steps[-1].x_t, steps[-1].pred_x0)


def test_samplers_compute_a_step_when_it_is_pulled(schedule: NoiseSchedule) -> None:
    calls = []

    def counted(x: Tensor, timestep: int, final: bool = False) -> Tensor:
        calls.append(timestep)
        return x

    draw, _ = seeded(6)
    steps = sample("ddpm", counted, schedule, spaced_timesteps(1000, 1000), draw(), draw)
    assert inspect.isgenerator(steps)
    assert calls == []
    next(steps)
    next(steps)
    assert calls == [999, 998]
    steps.close()


@pytest.mark.parametrize("name", SAMPLERS)
def test_samplers_draw_noise_in_their_steps_if_they_say_so(name: str, schedule: NoiseSchedule) -> None:
    draw, _ = seeded(7)
    drawn: list[Tensor] = []

    def counted() -> Tensor:
        drawn.append(draw())
        return drawn[-1]

    *_, last = sample(name, denoise, schedule, spaced_timesteps(1000, 6), draw(), counted)
    assert torch.isfinite(last.x_t).all()
    assert len(drawn) == (5 if SAMPLERS[name].draws_noise else 0)  # the step onto the clean picture draws none


def heun(denoiser: Any, schedule: NoiseSchedule, draw: Draw) -> Any:
    """Karras et al. 2022, algorithm 1 without churn, in y = x / sqrt(bar): it looks twice a step."""

    def step(x: Any, t: int, s: int) -> tuple[Any, Any]:
        pred_x0 = denoiser(x, t, final=s == CLEAN)
        if s == CLEAN:
            return pred_x0, pred_x0
        (a_t, sigma_t), (a_s, sigma_s) = (
            (bar**0.5, ((1 - bar) / bar) ** 0.5) for bar in (schedule.alpha_bar(t), schedule.alpha_bar(s))
        )
        y = x / a_t
        slope = (y - pred_x0) / sigma_t
        ahead = y + (sigma_s - sigma_t) * slope
        second = (ahead - denoiser(a_s * ahead, s)) / sigma_s
        return a_s * (y + (sigma_s - sigma_t) * (slope + second) / 2), pred_x0

    return step


def test_a_sampler_may_look_twice_in_a_step(schedule: NoiseSchedule, dataset: Any) -> None:
    """Heun's method is of second order: with as many looks it comes nearer to the solution than DDIM does."""
    x_t = torch.randn(8, 4, 4, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))

    def end(begin: Any, stride: int) -> Tensor:
        step, x = begin(dataset.denoise, schedule, None), x_t
        for t, s in pairwise(range(700, 299, -stride)):
            x, _ = step(x, t, s)
        return x

    exact = end(ddim, 1)
    assert (end(heun, 20) - exact).abs().mean() < (end(ddim, 10) - exact).abs().mean() / 2


def test_a_sampler_that_there_is_not_is_an_error(schedule: NoiseSchedule) -> None:
    draw, _ = seeded(8)
    with pytest.raises(RequestError, match="no sampler 'euler'"):
        sample("euler", denoise, schedule, (9,), draw(), draw)
