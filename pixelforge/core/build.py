"""The network that a configuration describes."""

from __future__ import annotations

from torch import nn

from pixelforge.core.config import ModelConfig
from pixelforge.core.legacy import NotebookUNet
from pixelforge.core.unet import ContextUNet


def build_network(config: ModelConfig) -> nn.Module:
    """An untrained network: (x_t, t, labels) to (B, config.out_channels, H, W)."""
    return NotebookUNet(config) if config.architecture == "notebook" else ContextUNet(config)
