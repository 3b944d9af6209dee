from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import pytest
import torch
from torch import Tensor, nn

from pixelforge.core.build import build_network
from pixelforge.core.config import ModelConfig
from pixelforge.core.diffusion import palette_colours
from pixelforge.core.guidance import GuidedDenoiser
from pixelforge.core.schedule import NoiseSchedule

LABELS = torch.tensor([0, 2, 1])
STEP, LAST = 600, 19


class LinearToy(nn.Module):
    """Output of a row: its x_t mapped to the channels wanted, plus a number for its label, plus t / 1000."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(0)
        self.matrix = torch.randn(config.out_channels, config.channels, generator=generator)
        self.of_label = torch.randn(config.num_classes + 1, config.out_channels, generator=generator)
        self.calls: list[Tensor] = []

    def forward(self, x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        self.calls.append(labels.clone())
        linear = torch.einsum("oc,bchw->bohw", self.matrix, x)
        return linear + self.of_label[labels][:, :, None, None] + t[:, None, None, None] / 1000


Guided = Callable[..., Tensor]


@pytest.fixture
def x_t() -> Tensor:
    return torch.randn(3, 4, 8, 8, generator=torch.Generator().manual_seed(1))


@pytest.fixture(params=["eps", "v", "palette"])
def config(request: pytest.FixtureRequest, tiny: ModelConfig) -> ModelConfig:
    return replace(tiny, prediction=request.param)


def by_hand(config: ModelConfig, toy: LinearToy, schedule: NoiseSchedule, x_t: Tensor, w: float) -> Tensor:
    """pred_x0 from two forwards, in float64."""
    x, t = x_t.double(), torch.full((3,), STEP)
    conditional = toy.double()(x, t, LABELS)
    unconditional = toy(x, t, torch.full((3,), config.num_classes))
    output = (1 - w) * unconditional + w * conditional
    bar = schedule.alpha_bar(STEP)
    if config.prediction == "eps":
        return ((x - (1 - bar) ** 0.5 * output) / bar**0.5).clamp(-1, 1)
    if config.prediction == "v":
        return (bar**0.5 * x - (1 - bar) ** 0.5 * output).clamp(-1, 1)
    log_probability = (1 - w) * unconditional.log_softmax(1) + w * conditional.log_softmax(1)
    colours = palette_colours(config.palette, config.channels).double()
    return torch.einsum("bkhw,kc->bchw", log_probability.softmax(1), colours)


@pytest.fixture
def toy(config: ModelConfig) -> LinearToy:
    toy = LinearToy(config)
    toy.matrix, toy.of_label = toy.matrix.double(), toy.of_label.double()
    return toy


class Single(nn.Module):
    """A float64 network, asked in float32."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        output: Tensor = self.network(x.double(), t, labels)
        return output


@pytest.mark.parametrize("w", [1.0, 1.5, 2.0, 7.5, 15.0])
def test_guidance_is_the_formula(
    w: float, config: ModelConfig, toy: LinearToy, schedule: NoiseSchedule, x_t: Tensor
) -> None:
    denoiser = GuidedDenoiser(Single(toy), config, schedule, LABELS, w, (STEP, LAST))
    expected = by_hand(config, toy, schedule, x_t, w)
    torch.testing.assert_close(denoiser(x_t, STEP), expected.float(), rtol=1e-4, atol=1e-4)


def test_guidance_of_1_runs_the_conditional_rows_alone(
    config: ModelConfig, toy: LinearToy, schedule: NoiseSchedule, x_t: Tensor
) -> None:
    GuidedDenoiser(Single(toy), config, schedule, LABELS, 1.0, (STEP, LAST))(x_t, STEP)
    assert [labels.tolist() for labels in toy.calls] == [[0, 2, 1]]


def test_guidance_runs_both_in_one_forward(
    config: ModelConfig, toy: LinearToy, schedule: NoiseSchedule, x_t: Tensor
) -> None:
    GuidedDenoiser(Single(toy), config, schedule, LABELS, 3.0, (STEP, LAST))(x_t, STEP)
    assert [labels.tolist() for labels in toy.calls] == [[0, 2, 1, 3, 3, 3]]


@pytest.mark.parametrize("w", [1.0, 15.0])
@pytest.mark.parametrize("timestep", [0, LAST, STEP, 999])
def test_pred_x0_stays_between_minus_one_and_one(
    w: float, timestep: int, config: ModelConfig, toy: LinearToy, schedule: NoiseSchedule, x_t: Tensor
) -> None:
    pred_x0 = GuidedDenoiser(Single(toy), config, schedule, LABELS, w, (STEP, LAST))(x_t, timestep)
    assert pred_x0.shape == x_t.shape
    assert pred_x0.dtype == torch.float32
    assert pred_x0.abs().max() <= 1 + 1e-6


@pytest.mark.parametrize("channels", [3, 4])
def test_the_last_decision_is_a_colour_of_the_palette(
    channels: Literal[3, 4], tiny: ModelConfig, schedule: NoiseSchedule, x_t: Tensor
) -> None:
    config = replace(tiny, channels=channels)
    toy, x_t = LinearToy(config), x_t[:, :channels]
    denoiser = GuidedDenoiser(toy, config, schedule, LABELS, 3.0, (STEP, LAST))
    colours = palette_colours(config.palette, channels)

    def off_palette(pred_x0: Tensor) -> float:
        pixels = pred_x0.permute(0, 2, 3, 1).reshape(-1, 1, channels)
        return (pixels - colours).abs().amax(2).amin(1).max().item()

    assert off_palette(denoiser(x_t, LAST)) == 0
    assert off_palette(denoiser(x_t, STEP)) > 0.01


def test_one_row_is_run_as_two_and_answered_as_one(
    config: ModelConfig, toy: LinearToy, schedule: NoiseSchedule, x_t: Tensor
) -> None:
    denoiser = GuidedDenoiser(Single(toy), config, schedule, LABELS[:1], 1.0, (STEP, LAST))
    alone = denoiser(x_t[:1], STEP)
    together = GuidedDenoiser(Single(toy), config, schedule, LABELS, 1.0, (STEP, LAST))(x_t, STEP)
    assert alone.shape == (1, 4, 8, 8)
    torch.testing.assert_close(alone, together[:1])


@pytest.mark.parametrize(("w", "rows"), [(1.0, 3), (2.5, 6)])
def test_the_real_network_runs_once_a_step(
    w: float, rows: int, tiny: ModelConfig, schedule: NoiseSchedule, x_t: Tensor, randomise: Callable[..., nn.Module]
) -> None:
    network = randomise(build_network(tiny))
    seen: list[int] = []
    network.get_submodule("init_conv").register_forward_pre_hook(lambda _, given: seen.append(len(given[0])))
    denoiser = GuidedDenoiser(network, tiny, schedule, LABELS, w, (STEP, 500, LAST))
    with torch.inference_mode():
        for timestep in (STEP, 500, LAST):
            denoiser(x_t, timestep)
    assert seen == [rows] * 3
