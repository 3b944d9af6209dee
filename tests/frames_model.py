"""A tiny model of frames with random weights, for tests."""

from __future__ import annotations

from pathlib import Path

import torch

from pixelforge.core.build import build_network
from pixelforge.core.checkpoint import save_checkpoint
from pixelforge.core.config import ModelConfig
from pixelforge.core.header import FRAMES, ModelHeader

CONFIG = ModelConfig(
    num_classes=1,
    image_size=8,
    base_width=8,
    multipliers=(1, 2),
    blocks_per_level=1,
    attention_levels=(1,),
    num_heads=2,
    embed_width=8,
    prediction="copy",
    pointer_width=8,
)


def write_frames_model(path: Path, action: str = "idle", config: ModelConfig = CONFIG) -> Path:
    """The model in a file."""
    torch.manual_seed(0)
    weights = {name: torch.randn_like(weight) / 3 for name, weight in build_network(config).state_dict().items()}
    save_checkpoint(path, ModelHeader(task=FRAMES, model=config, class_names=(action,)), weights)
    return path
