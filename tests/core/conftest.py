from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from pixelforge.core.build import build_network
from pixelforge.core.checkpoint import save_checkpoint
from pixelforge.core.config import DiffusionConfig, ModelConfig
from pixelforge.core.header import ModelHeader
from pixelforge.core.schedule import NoiseSchedule
from tests.tiny import COLOURS, TINY, randomised

PALETTE = (*COLOURS, (222, 238, 214))

Randomise = Callable[[nn.Module], nn.Module]


@pytest.fixture
def schedule() -> NoiseSchedule:
    return NoiseSchedule.build(DiffusionConfig())


@pytest.fixture
def tiny() -> ModelConfig:
    return replace(TINY, num_classes=3, palette=PALETTE)


@pytest.fixture
def randomise() -> Randomise:
    return randomised


@pytest.fixture
def header(tiny: ModelConfig) -> ModelHeader:
    return ModelHeader(model=tiny, class_names=("beasts", "tools", "plants"))


@pytest.fixture
def model_file(tmp_path: Path, header: ModelHeader, randomise: Randomise) -> Path:
    path = tmp_path / "hero.safetensors"
    save_checkpoint(path, header, randomise(build_network(header.model)).state_dict())
    return path


class Dataset:
    """A few random pictures and their ideal denoiser, the posterior mean in closed form."""

    def __init__(self, schedule: NoiseSchedule) -> None:
        generator = torch.Generator().manual_seed(3)
        self.members = torch.randint(0, 2, (5, 4, 4, 4), generator=generator).double() * 2 - 1
        self._schedule = schedule

    def denoise(self, x_t: Tensor, timestep: int, final: bool = False) -> Tensor:
        """E[x_0 | x_t] = sum of the members, weighted by softmax(-|x_t - sqrt(bar) member|^2 / (2 (1 - bar)))."""
        bar = self._schedule.alpha_bar(timestep)
        distances = (x_t.double()[:, None] - bar**0.5 * self.members[None]).square().flatten(2).sum(2)
        weights = (-distances / (2 * (1 - bar))).softmax(1)
        return torch.einsum("bn,nchw->bchw", weights, self.members).to(x_t)

    def distance(self, pictures: Tensor) -> Tensor:
        """The largest difference of each picture from the member that is nearest to it."""
        return (pictures.double()[:, None] - self.members[None]).abs().flatten(2).amax(2).amin(1)


@pytest.fixture
def dataset(schedule: NoiseSchedule) -> Dataset:
    return Dataset(schedule)


@pytest.fixture(params=[1, 3], ids=["one thread", "three threads"])
def threads(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The number of threads decides how an engine divides its work, and so in which order numbers are summed."""
    before = torch.get_num_threads()
    monkeypatch.setenv("OMP_NUM_THREADS", str(request.param))
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(before)
