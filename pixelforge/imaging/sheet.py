"""Many sprites in one picture."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from pixelforge.imaging.pixels import Pixels, enlarge
from pixelforge.imaging.sheet_plan import SheetOptions, SheetPlan, grid_columns, plan_sheet


def draw_sheet(sprites: Sequence[Pixels], plan: SheetPlan, options: SheetOptions) -> Pixels:
    """The picture (plan.height, plan.width, 4) of sprites (H, W, 4) at their places."""
    scale, extrude = options.scale, options.extrude
    sheet = np.zeros((-(-plan.height // scale), -(-plan.width // scale), 4), np.uint8)
    for sprite, cell in zip(sprites, plan.cells, strict=True):
        pixels = np.pad(sprite, ((extrude, extrude), (extrude, extrude), (0, 0)), mode="edge") if extrude else sprite
        top, left = cell.y // scale - extrude, cell.x // scale - extrude
        sheet[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
    if options.background is not None:
        sheet[sheet[..., 3] == 0] = (*options.background, 255)
    return np.ascontiguousarray(enlarge(sheet, scale)[: plan.height, : plan.width])


def lay_out(sprites: Pixels, columns: int | None = None) -> Pixels:
    """Sprites (N, H, W, 4) row by row in a grid, (rows H, columns W, 4); the cells left over are transparent."""
    count, height, width, channels = sprites.shape
    columns = columns or grid_columns(count)
    rows = math.ceil(count / columns)
    cells = np.zeros((rows * columns, height, width, channels), np.uint8)
    cells[:count] = sprites
    grid = cells.reshape(rows, columns, height, width, channels).swapaxes(1, 2)
    return np.ascontiguousarray(grid.reshape(rows * height, columns * width, channels))


def lay_out_any(sprites: Sequence[Pixels]) -> Pixels:
    """Sprites (H, W, 4) of any sizes in a grid of equal cells, each in its cell's top left corner."""
    options = SheetOptions()
    plan = plan_sheet([sprite.shape[:2] for sprite in sprites], [""] * len(sprites), options)
    return draw_sheet(sprites, plan, options)
