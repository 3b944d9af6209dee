from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from pixelforge.core.build import build_network
from pixelforge.core.checkpoint import Checkpoint, save_checkpoint
from pixelforge.core.deferred import Deferred
from pixelforge.core.header import ModelHeader
from pixelforge.core.network import Network
from pixelforge.core.pipeline import Model
from pixelforge.core.torch_backend import TorchBackend
from tests.tiny import COLOURS, TINY, randomised

CONFIG = replace(TINY, num_classes=3, palette=(*COLOURS, (222, 238, 214)))

LoadedWith = Callable[..., Model]


@pytest.fixture
def loaded_with() -> LoadedWith:
    """A model whose config is CONFIG with changes and whose weights are random, none of them zero as built."""

    def loaded(**changes: object) -> Model:
        config = replace(CONFIG, **changes)
        with torch.random.fork_rng():
            # Else the biases, and so the sprites, would be others in another order of tests. Of seeds 0 to 5, 0 alone
            # has a pixel, one in 64 sprites, that torch and ONNX Runtime round to different colours.
            torch.manual_seed(1)
            network = randomised(build_network(config))
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
    assert isinstance(model.backend, Deferred)
    assert isinstance(model.backend.made, TorchBackend)
    return model.backend.made.network
