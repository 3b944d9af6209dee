from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from pixelforge.core.build import build_network
from pixelforge.core.checkpoint import Checkpoint, save_checkpoint
from pixelforge.core.config import ModelConfig
from pixelforge.core.header import ModelHeader
from pixelforge.core.network import Network
from pixelforge.core.pipeline import Model
from pixelforge.core.torch_backend import TorchBackend

CONFIG = ModelConfig(
    num_classes=3,
    image_size=8,
    base_width=8,
    multipliers=(1, 2),
    blocks_per_level=1,
    attention_levels=(1,),
    num_heads=2,
    palette=((20, 12, 28), (210, 69, 73), (109, 170, 44), (89, 125, 207), (222, 238, 214)),
)

LoadedWith = Callable[..., Model]


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    """Networks as small as these only wait for each other's threads, most of all on a busy machine."""
    torch.set_num_threads(1)


@pytest.fixture
def loaded_with() -> LoadedWith:
    """A model whose config is CONFIG with changes and whose weights are random, none of them zero as built."""

    def loaded(**changes: object) -> Model:
        config = replace(CONFIG, **changes)
        network = build_network(config).eval()
        generator = torch.Generator().manual_seed(1)
        for parameter in network.parameters():
            scale = parameter[0].numel() ** -0.5 if parameter.ndim > 1 else 0.1
            noise = scale * torch.randn(parameter.shape, generator=generator)
            parameter.data = noise if parameter.ndim > 1 else parameter.data + noise
        header = ModelHeader(model=config, class_names=("beasts", "tools", "plants"))
        return Model.of(Checkpoint.of(header, network))

    return loaded


@pytest.fixture
def model(loaded_with: LoadedWith) -> Model:
    return loaded_with()


@pytest.fixture
def model_file(tmp_path: Path, model: Model) -> Path:
    path = tmp_path / "hero.safetensors"
    save_checkpoint(path, model.header, network_of(model).state_dict())
    return path


def network_of(model: Model) -> Network:
    """The network that a model's backend runs."""
    assert isinstance(model.backend, TorchBackend)
    return model.backend.network
