"""How alike two sprites look, by shape and colour, as few enough numbers that a whole history is compared at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pixelforge.imaging.pixels import Pixels, resize_nearest
from pixelforge.oklab import to_oklab

SIDE = 16  # pixels that every sprite is brought to
SHAPE, COLOUR = 8, 4  # cells a side of the grids of shape and of colour
COLOUR_WEIGHT = 3.0  # OKLab differs by 0.1 to 0.5 between colours that one tells apart at once, coverage by 1
LENGTH = SHAPE * SHAPE + 3 * COLOUR * COLOUR
STORED = 2 * LENGTH  # bytes of features as they are stored

Features = NDArray[np.float32]
"""(LENGTH,): how much of each cell is covered, then the mean colour of each larger cell, weighed by its cover."""


def features_of(pixels: Pixels) -> Features:
    """The features of a sprite (H, W, 4)."""
    sprite = pixels if pixels.shape[:2] == (SIDE, SIDE) else resize_nearest(_square(pixels), SIDE)
    cover = (sprite[..., 3] > 0).astype(np.float32)
    colour = to_oklab(sprite[..., :3]).astype(np.float32) * cover[..., None]
    shape = _means(cover[..., None], SHAPE)
    return np.concatenate([shape.ravel(), COLOUR_WEIGHT * _means(colour, COLOUR).ravel()]).astype(np.float32)


def encoded(features: Features) -> bytes:
    """Features as they are stored."""
    return features.astype("<f2").tobytes()


def decoded(stored: Sequence[bytes]) -> NDArray[np.float32]:
    """Stored features (N, LENGTH). Raises ValueError for what is none."""
    return np.frombuffer(b"".join(stored), "<f2").reshape(len(stored), LENGTH).astype(np.float32)


def distances(features: Features, others: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far others (N, LENGTH) are from one, (N,); a sprite that looks the other way is as near."""
    both = np.stack([features, _mirrored(features)])
    found: NDArray[np.float32] = np.linalg.norm(others[:, None] - both[None], axis=2).min(axis=1)
    return found


def _mirrored(features: Features) -> Features:
    shape = features[: SHAPE * SHAPE].reshape(SHAPE, SHAPE)[:, ::-1]
    colour = features[SHAPE * SHAPE :].reshape(COLOUR, COLOUR, 3)[:, ::-1]
    return np.concatenate([shape.ravel(), colour.ravel()])


def _means(values: NDArray[np.float32], cells: int) -> NDArray[np.float32]:
    """Means of (SIDE, SIDE, C) over a grid, (cells, cells, C)."""
    part = SIDE // cells
    means: NDArray[np.float32] = values.reshape(cells, part, cells, part, -1).mean(axis=(1, 3))
    return means


def _square(pixels: Pixels) -> Pixels:
    """The picture in the middle of a square."""
    height, width = pixels.shape[:2]
    side = max(height, width)
    square = np.zeros((side, side, 4), np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = pixels
    return square
