"""A tiny model of frames with random weights, for tests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pixelforge.core.checkpoint import save_checkpoint
from pixelforge.core.config import ModelConfig
from pixelforge.core.header import FRAMES, ModelHeader
from tests.tiny import TINY, random_weights

CONFIG = replace(TINY, num_classes=1, embed_width=8, prediction="copy", palette=())


def write_frames_model(path: Path, *names: str, config: ModelConfig = CONFIG) -> Path:
    """The model in a file, of the classes of these names; none: of idle."""
    names = names or ("idle",)
    config = replace(config, num_classes=len(names))
    header = ModelHeader(task=FRAMES, model=config, class_names=names)
    save_checkpoint(path, header, random_weights(config, 1 / 3))
    return path
