"""The one tiny network of all tests, and random weights for it.

A test whose model must be otherwise says in what: `replace(TINY, num_classes=3)`.
"""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor, nn

from pixelforge.core.build import build_network
from pixelforge.core.config import ModelConfig

COLOURS = ((20, 12, 28), (210, 69, 73), (109, 170, 44), (89, 125, 207))
TINY = ModelConfig(
    num_classes=2,
    image_size=8,
    base_width=8,
    multipliers=(1, 2),
    blocks_per_level=1,
    attention_levels=(1,),
    num_heads=2,
    pointer_width=8,
    palette=COLOURS,
)
"""The smallest network with every part: two levels, attention, a palette."""


def random_weights(config: ModelConfig, scale: float) -> dict[str, Tensor]:
    """Normal weights of a standard deviation, the same every time, by their names."""
    return {name: weight.clone() for name, weight in _drawn(config, scale).items()}


@cache
def _drawn(config: ModelConfig, scale: float) -> dict[str, Tensor]:
    """Drawn once a config: building a network takes longer than most tests that want its weights."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return {name: scale * torch.randn_like(weight) for name, weight in build_network(config).state_dict().items()}


def randomised(network: nn.Module) -> nn.Module:
    """Makes every weight of a network random: as built, the last layers are zero and hide what stands before them."""
    generator = torch.Generator().manual_seed(1)
    for parameter in network.parameters():
        scale = parameter[0].numel() ** -0.5 if parameter.ndim > 1 else 0.1
        noise = scale * torch.randn(parameter.shape, generator=generator)
        parameter.data = noise if parameter.ndim > 1 else parameter.data + noise
    return network.eval()
