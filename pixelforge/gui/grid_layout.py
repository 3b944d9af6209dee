"""Where the sprites of a batch lie on the screen, in device pixels; without Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pixelforge.imaging.sheet import grid_columns


@dataclass(frozen=True)
class GridLayout:
    """A centred grid of square cells, one sprite pixel apart; every sprite pixel is `factor` device pixels a side."""

    count: int
    side: int  # of a sprite, in its own pixels
    columns: int
    rows: int
    factor: int
    left: int  # of the grid; negative where the area is too small for it
    top: int

    @classmethod
    def fit(cls, count: int, side: int, width: int, height: int, margin: int) -> GridLayout:
        """The largest whole factor that fits `count` sprites into an area with a margin all round; at least 1."""
        columns = grid_columns(count)
        rows = math.ceil(count / columns)
        across, down = _units(columns, side), _units(rows, side)
        factor = max(1, min((width - 2 * margin) // across, (height - 2 * margin) // down))
        left, top = (width - across * factor) // 2, (height - down * factor) // 2
        return cls(count, side, columns, rows, factor, left, top)

    @property
    def width(self) -> int:
        """Of the whole grid."""
        return _units(self.columns, self.side) * self.factor

    @property
    def height(self) -> int:
        """Of the whole grid."""
        return _units(self.rows, self.side) * self.factor

    @property
    def cell(self) -> int:
        """The side of one sprite."""
        return self.side * self.factor

    def position(self, index: int) -> tuple[int, int]:
        """Left and top of sprite `index`, from the grid's own corner."""
        pitch = (self.side + 1) * self.factor
        return index % self.columns * pitch, index // self.columns * pitch


def _units(cells: int, side: int) -> int:
    return cells * side + cells - 1
