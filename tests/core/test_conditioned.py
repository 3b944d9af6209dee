from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import nn

from pixelforge.core.build import build_network
from pixelforge.core.conditioned import CHUNK, ConditionedUNet
from pixelforge.core.config import ModelConfig
from pixelforge.core.unet import ContextUNet


@pytest.mark.parametrize("labels", [[1, 1, 3, 3], [2, 0, 3, 1], [0]], ids=str)
@torch.inference_mode()
def test_it_is_the_network(labels: list[int], tiny: ModelConfig, randomise: Callable[[nn.Module], nn.Module]) -> None:
    """At every timestep promised, over several chunks of them, and when one is asked again after others."""
    network = randomise(build_network(replace(tiny, multipliers=(1, 2, 1), blocks_per_level=2)))
    assert isinstance(network, ContextUNet)
    timesteps = range(999, -1, -999 // (2 * CHUNK + 5))
    classes = torch.tensor(labels)
    x = torch.randn(len(labels), 4, 8, 8, generator=torch.Generator().manual_seed(0))
    conditioned = ConditionedUNet(network, classes, timesteps)
    assert len(timesteps) > 2 * CHUNK
    for t in [*timesteps, timesteps[3], timesteps[-1]]:
        torch.testing.assert_close(conditioned(x, t), network(x, torch.full_like(classes, t), classes))
