"""The network that a configuration describes."""

from __future__ import annotations

from pixelforge.core.config import ModelConfig
from pixelforge.core.network import Network
from pixelforge.core.notebook_unet import NotebookUNet
from pixelforge.core.unet import ContextUNet


def build_network(config: ModelConfig) -> Network:
    """An untrained network."""
    return NotebookUNet(config) if config.architecture == "notebook" else ContextUNet(config)
