from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pixelforge.core.config import ModelConfig
from tests import tiny
from training.data.sprites import SpriteDataset, load_sprites

COLOURS = np.array(tiny.COLOURS, np.uint8)


def write_sprite(path: Path, pixels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def blob(rng: np.random.Generator, side: int = 8) -> np.ndarray:
    """An opaque rectangle of palette colours on a transparent ground."""
    pixels = np.zeros((side, side, 4), np.uint8)
    top, left = rng.integers(0, side // 2, 2)
    height, width = rng.integers(2, side // 2 + 1, 2)
    pixels[top : top + height, left : left + width, :3] = COLOURS[rng.integers(0, 4, (height, width))]
    pixels[top : top + height, left : left + width, 3] = 255
    return pixels


def write_sprites(root: Path) -> Path:
    """Two classes of 8x8 sprites, 24 animations of two frames each in the first, 16 single ones in the second."""
    rng = np.random.default_rng(0)
    for number in range(24):
        for frame in range(2):
            write_sprite(root / "beasts" / f"beast_{number:02}_f{frame}.png", blob(rng))
    for number in range(16):
        write_sprite(root / "tools" / f"tool_{number:02}.png", blob(rng))
    return root


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_sprites(tmp_path / "sprites")


@pytest.fixture
def data(folder: Path) -> SpriteDataset:
    return load_sprites(folder, 8)


@pytest.fixture
def model_config() -> ModelConfig:
    return replace(tiny.TINY, dropout=0.1, augment_dim=5)
