"""The network that a configuration describes."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

import torch

from pixelforge.core.config import ModelConfig
from pixelforge.core.copy_unet import CopyUNet
from pixelforge.core.network import Network
from pixelforge.core.notebook_unet import NotebookUNet
from pixelforge.core.pointer_unet import PointerUNet
from pixelforge.core.unet import ContextUNet
from pixelforge.core.weights import Floats


def build_network(config: ModelConfig) -> Network:
    """An untrained network."""
    if config.architecture == "notebook":
        return NotebookUNet(config)
    if config.prediction == "copy":
        return CopyUNet(config)
    return PointerUNet(config) if config.prediction == "pointer" else ContextUNet(config)


def built(config: ModelConfig, weights: Mapping[str, Floats]) -> Network:
    """The network of these weights, in evaluation mode on the CPU; it has copies of its own."""
    network = build_network(config)
    network.load_state_dict({name: torch.tensor(weight) for name, weight in weights.items()})
    return network.eval().requires_grad_(False)


def network_shapes(config: ModelConfig) -> dict[str, tuple[int, ...]]:
    """The shape of every weight, found without the memory for them: a header may ask for what no machine can hold."""
    with torch.device("meta"):
        return {name: tuple(weight.shape) for name, weight in build_network(config).state_dict().items()}


def count_weights(config: ModelConfig) -> int:
    """How many numbers that network has, found without the memory for them."""
    return sum(prod(shape) for shape in network_shapes(config).values())
