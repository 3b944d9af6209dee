from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from pixelforge.core.backend import Answer
from pixelforge.core.build import build_network
from pixelforge.core.condition import Cue
from pixelforge.core.config import ModelConfig
from pixelforge.core.denoiser import NetworkDenoiser
from pixelforge.core.diffusion import palette_colours
from pixelforge.core.guidance import guided
from pixelforge.core.network import Network
from pixelforge.core.schedule import NoiseSchedule
from pixelforge.core.torch_backend import TorchBackend
from pixelforge.core.weights import Floats

Randomise = Callable[[Network], Network]

CUES = [Cue((0,)), Cue((2,)), Cue((1,))]
WEAK = [Cue((3,))] * 3
STEP = 600


class LinearToy:
    """A backend whose output of a row is its x_t mapped to the channels wanted, plus a number for its row, plus t."""

    device = "cpu"

    def __init__(self, config: ModelConfig) -> None:
        rng = np.random.default_rng(0)
        self.matrix = rng.standard_normal((config.out_channels, config.channels))
        self.of_row = rng.standard_normal((config.num_classes + 1, config.out_channels))
        self.prepared: list[list[Cue]] = []
        self.answers = 0

    def prepare(self, cues: Sequence[Cue], timesteps: Sequence[int]) -> Answer:
        self.prepared.append(list(cues))

        def answer(x_t: Floats, timestep: int) -> Floats:
            self.answers += 1
            return self.output(x_t.astype(np.float64), timestep, cues).astype(np.float32)

        return answer

    def output(self, x: Floats, timestep: int, cues: Sequence[Cue]) -> Floats:
        linear = np.einsum("oc,bchw->bohw", self.matrix, x)
        return linear + self.of_row[[cue.rows[0] for cue in cues]][:, :, None, None] + timestep / 1000

    def is_out_of_memory(self, error: Exception) -> bool:
        return False


@pytest.fixture
def x_t() -> Floats:
    return np.random.default_rng(1).standard_normal((3, 4, 8, 8)).astype(np.float32)


@pytest.fixture(params=["eps", "v", "palette"])
def config(request: pytest.FixtureRequest, tiny: ModelConfig) -> ModelConfig:
    return replace(tiny, prediction=request.param)


def by_hand(config: ModelConfig, toy: LinearToy, schedule: NoiseSchedule, x_t: Floats, w: float) -> Floats:
    """pred_x0 from two forwards, in float64."""
    x = x_t.astype(np.float64)
    conditional, unconditional = toy.output(x, STEP, CUES), toy.output(x, STEP, WEAK)
    output = (1 - w) * unconditional + w * conditional
    bar = schedule.alpha_bar(STEP)
    if config.prediction == "eps":
        return np.clip((x - (1 - bar) ** 0.5 * output) / bar**0.5, -1, 1)
    if config.prediction == "v":
        return np.clip(bar**0.5 * x - (1 - bar) ** 0.5 * output, -1, 1)
    log_probability = (1 - w) * log_softmax(unconditional, axis=1) + w * log_softmax(conditional, axis=1)
    colours = palette_colours(config.palette, config.channels)
    return np.einsum("bkhw,kc->bchw", softmax(log_probability, axis=1), colours)


@pytest.fixture
def toy(config: ModelConfig) -> LinearToy:
    return LinearToy(config)


def denoiser_of(toy: LinearToy, config: ModelConfig, schedule: NoiseSchedule, w: float) -> NetworkDenoiser:
    return NetworkDenoiser(guided(toy, CUES, WEAK, w, (STEP,)), config, schedule)


@pytest.mark.parametrize("w", [1.0, 1.5, 2.0, 7.5, 15.0])
def test_guidance_is_the_formula(
    w: float, config: ModelConfig, toy: LinearToy, schedule: NoiseSchedule, x_t: Floats
) -> None:
    expected = by_hand(config, toy, schedule, x_t, w)
    denoiser = denoiser_of(toy, config, schedule, w)
    np.testing.assert_allclose(denoiser(x_t, STEP), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("w", "cues"), [(1.0, CUES), (3.0, [*CUES, *WEAK])])
def test_guidance_runs_both_halves_in_one_forward_and_is_off_at_1(
    w: float, cues: list[Cue], config: ModelConfig, toy: LinearToy, schedule: NoiseSchedule, x_t: Floats
) -> None:
    denoiser_of(toy, config, schedule, w)(x_t, STEP)
    assert toy.prepared == [cues]
    assert toy.answers == 1


@pytest.mark.parametrize("w", [1.0, 15.0])
@pytest.mark.parametrize("timestep", [0, 19, STEP, 999])
def test_pred_x0_stays_between_minus_one_and_one(
    w: float, timestep: int, config: ModelConfig, toy: LinearToy, schedule: NoiseSchedule, x_t: Floats
) -> None:
    pred_x0 = denoiser_of(toy, config, schedule, w)(x_t, timestep)
    assert pred_x0.shape == x_t.shape
    assert pred_x0.dtype == np.float32
    assert np.abs(pred_x0).max() <= 1 + 1e-6


@pytest.mark.parametrize("channels", [3, 4])
def test_the_last_decision_is_a_colour_of_the_palette(
    channels: Literal[3, 4], tiny: ModelConfig, schedule: NoiseSchedule, x_t: Floats
) -> None:
    config = replace(tiny, channels=channels)
    x_t = x_t[:, :channels]
    denoiser = denoiser_of(LinearToy(config), config, schedule, 3.0)
    colours = palette_colours(config.palette, channels)

    def off_palette(pred_x0: Floats) -> float:
        pixels = pred_x0.transpose(0, 2, 3, 1).reshape(-1, 1, channels)
        return np.abs(pixels - colours).max(2).min(1).max()

    assert off_palette(denoiser(x_t, STEP, final=True)) == 0
    assert off_palette(denoiser(x_t, STEP)) > 0.01


@pytest.mark.parametrize(("w", "rows"), [(1.0, 3), (2.5, 6)])
def test_the_real_network_runs_once_a_step(
    w: float,
    rows: int,
    tiny: ModelConfig,
    schedule: NoiseSchedule,
    x_t: Floats,
    randomise: Callable[[Network], Network],
) -> None:
    network = randomise(build_network(tiny))
    seen: list[int] = []
    network.get_submodule("init_conv").register_forward_pre_hook(lambda _, given: seen.append(len(given[0])))
    timesteps = (STEP, 500, 19)
    denoiser = NetworkDenoiser(guided(TorchBackend(network), CUES, WEAK, w, timesteps), tiny, schedule)
    for timestep in timesteps:
        denoiser(x_t, timestep)
    assert seen == [rows] * 3
