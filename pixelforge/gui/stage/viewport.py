"""How far the stage is zoomed, and where it is panned to; without Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pixelforge.gui.stage.grid_layout import GridLayout

MAX_FACTOR = 64  # device pixels a sprite pixel


@dataclass(frozen=True)
class View:
    """As large as there is room where `factor` is None; else so many device pixels a sprite pixel."""

    factor: int | None = None
    left: int = 0  # of the grid, in device pixels, as far as the area allows it
    top: int = 0

    @property
    def zoomed(self) -> bool:
        """Whether the user has zoomed."""
        return self.factor is not None

    def layout(
        self, count: int, side: int, size: tuple[int, int], margin: int, gap: int, columns: int | None = None
    ) -> GridLayout:
        """Where the grid lies in an area of `size`. A grid that is larger can be panned, but not out of sight."""
        if self.factor is None:
            return GridLayout.fit(count, side, *size, margin, gap, columns)
        grid = GridLayout.scaled(count, side, self.factor, gap, columns)
        return grid.placed(_kept(self.left, grid.width, size[0], margin), _kept(self.top, grid.height, size[1], margin))

    def panned(self, across: int, down: int) -> View:
        """Moved by device pixels; what fits into the area stays in its middle."""
        return replace(self, left=self.left + across, top=self.top + down)

    def zoomed_by(self, steps: int, shown: GridLayout, at: tuple[int, int], size: tuple[int, int]) -> View:
        """Larger or smaller by whole factors, the sprite pixel at a point of the area staying there.

        shown: the grid as it lies now.
        """
        factor = shown.factor
        for _ in range(abs(steps)):
            stride = max(1, factor // 6)
            factor += stride if steps > 0 else -stride
        factor = min(max(factor, 1), MAX_FACTOR)
        if factor == shown.factor:
            return View(factor, shown.left, shown.top)
        gap = 0 if shown.gap == shown.factor else shown.gap
        larger = GridLayout.scaled(shown.count, shown.side, factor, gap, shown.columns)
        across = _kept_point(at[0] - shown.left, shown, larger)
        down = _kept_point(at[1] - shown.top, shown, larger)
        return View(factor, at[0] - across, at[1] - down)


def _kept_point(distance: int, before: GridLayout, after: GridLayout) -> int:
    """How far from the grid's corner the sprite pixel lies afterwards that lies at `distance` before."""
    pitch_before, pitch_after = before.cell + before.gap, after.cell + after.gap
    cell, within = divmod(distance, pitch_before)
    return cell * pitch_after + min(within, before.cell) * after.factor // before.factor


def _kept(begin: int, extent: int, area: int, margin: int) -> int:
    if extent <= area - 2 * margin:
        return (area - extent) // 2
    return min(max(begin, area - margin - extent), margin)
