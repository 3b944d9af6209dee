"""Many sprites in one picture."""

from __future__ import annotations

import math

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
