"""Many sprites in one picture."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from pixelforge.imaging.pixels import Pixels


def grid_columns(count: int) -> int:
    """Columns of the most nearly square grid that is not taller than wide."""
    return max(1, math.ceil(math.sqrt(count)))


def lay_out(sprites: Pixels, columns: int | None = None) -> Pixels:
    """Sprites (N, H, W, 4) row by row in a grid, (rows H, columns W, 4); the cells left over are transparent."""
    count, height, width, channels = sprites.shape
    columns = columns or grid_columns(count)
    rows = math.ceil(count / columns)
    cells = np.zeros((rows * columns, height, width, channels), np.uint8)
    cells[:count] = sprites
    grid = cells.reshape(rows, columns, height, width, channels).swapaxes(1, 2)
    return np.ascontiguousarray(grid.reshape(rows * height, columns * width, channels))


def lay_out_any(sprites: Sequence[Pixels], columns: int | None = None, padding: int = 0) -> Pixels:
    """Sprites (H, W, 4) of any sizes in a grid of equal cells, `padding` transparent pixels between them.

    A cell is as large as the largest sprite; a smaller one lies in its top left corner.
    """
    side = max(max(sprite.shape[:2]) for sprite in sprites)
    cells = np.zeros((len(sprites), side + padding, side + padding, 4), np.uint8)
    for cell, sprite in zip(cells, sprites, strict=True):
        height, width = sprite.shape[:2]
        cell[:height, :width] = sprite
    grid = lay_out(cells, columns)
    return np.ascontiguousarray(grid[: grid.shape[0] - padding, : grid.shape[1] - padding])
