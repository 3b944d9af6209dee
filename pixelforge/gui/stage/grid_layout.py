"""Where the sprites of a batch lie on the screen, in device pixels; without Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pixelforge.imaging.sheet_plan import grid_columns


@dataclass(frozen=True)
class GridLayout:
    """A grid of square cells; every sprite pixel is `factor` device pixels a side."""

    count: int
    side: int  # of a sprite, in its own pixels
    columns: int
    factor: int
    gap: int  # device pixels between cells
    left: int  # of the grid; negative where it is larger than the area and begins outside
    top: int

    @classmethod
    def fit(
        cls, count: int, side: int, width: int, height: int, margin: int, min_gap: int = 0, columns: int | None = None
    ) -> GridLayout:
        """The largest whole factor, at least 1, that fits `count` sprites centred into an area, margin all round.

        columns: sprites a row; None: the most nearly square grid.
        """
        factor = max(1, (width - 2 * margin) // ((columns or grid_columns(count)) * side))
        layout = cls.scaled(count, side, factor, min_gap, columns)
        while factor > 1 and (layout.width > width - 2 * margin or layout.height > height - 2 * margin):
            factor -= 1
            layout = cls.scaled(count, side, factor, min_gap, columns)
        return layout.placed((width - layout.width) // 2, (height - layout.height) // 2)

    @classmethod
    def scaled(cls, count: int, side: int, factor: int, min_gap: int = 0, columns: int | None = None) -> GridLayout:
        """The grid at a factor, its corner at the origin. Cells are a sprite pixel apart, and `min_gap` or more."""
        return cls(count, side, columns or grid_columns(count), factor, max(factor, min_gap), 0, 0)

    def placed(self, left: int, top: int) -> GridLayout:
        """The same grid with its corner there."""
        return GridLayout(self.count, self.side, self.columns, self.factor, self.gap, left, top)

    @property
    def rows(self) -> int:
        """How many rows the grid has; the last may be short."""
        return math.ceil(self.count / self.columns)

    @property
    def width(self) -> int:
        """The whole grid's width, without a gap around it."""
        return self.columns * self._pitch - self.gap

    @property
    def height(self) -> int:
        """The whole grid's height, without a gap around it."""
        return self.rows * self._pitch - self.gap

    @property
    def cell(self) -> int:
        """The side of one sprite."""
        return self.side * self.factor

    def position(self, index: int) -> tuple[int, int]:
        """Left and top of sprite `index`, from the grid's own corner."""
        return index % self.columns * self._pitch, index // self.columns * self._pitch

    def index_at(self, x: int, y: int) -> int | None:
        """The sprite at a point of the area; None between and beside them."""
        column, across = divmod(x - self.left, self._pitch)
        row, down = divmod(y - self.top, self._pitch)
        index = row * self.columns + column
        inside = 0 <= column < self.columns and row >= 0 and across < self.cell and down < self.cell
        return index if inside and index < self.count else None

    def touched(self, left: int, top: int, right: int, bottom: int) -> frozenset[int]:
        """The sprites that a frame of the area touches, its edges included."""
        columns = _crossed(left - self.left, right - self.left, self._pitch, self.cell)
        rows = _crossed(top - self.top, bottom - self.top, self._pitch, self.cell)
        places = (row * self.columns + column for row in rows for column in columns if 0 <= column < self.columns)
        return frozenset(index for index in places if 0 <= index < self.count)

    @property
    def _pitch(self) -> int:
        return self.cell + self.gap


def _crossed(first: int, last: int, pitch: int, cell: int) -> range:
    """Which cells, `cell` long and `pitch` apart, lie between two points or at them."""
    begin = first // pitch + (first % pitch >= cell)  # in the gap behind a cell: the next one
    return range(begin, last // pitch + 1)
