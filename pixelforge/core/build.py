"""The network that a configuration describes."""

from __future__ import annotations

import torch

from pixelforge.core.config import ModelConfig
from pixelforge.core.copy_unet import CopyUNet
from pixelforge.core.network import Network
from pixelforge.core.notebook_unet import NotebookUNet
from pixelforge.core.pointer_unet import PointerUNet
from pixelforge.core.unet import ContextUNet


def build_network(config: ModelConfig) -> Network:
    """An untrained network."""
    if config.architecture == "notebook":
        return NotebookUNet(config)
    if config.prediction == "copy":
        return CopyUNet(config)
    return PointerUNet(config) if config.prediction == "pointer" else ContextUNet(config)


def count_weights(config: ModelConfig) -> int:
    """How many numbers that network has, found without the memory for them."""
    with torch.device("meta"):
        return sum(weight.numel() for weight in build_network(config).state_dict().values())
