"""Composes the stage's picture in device pixels."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPalette, QPen

from pixelforge.gui.shared.checkerboard import SQUARE, checkerboard, plain_square
from pixelforge.gui.shared.marks import draw_star, draw_tick
from pixelforge.gui.shared.qimage import to_qimage
from pixelforge.gui.stage.grid_layout import GridLayout
from pixelforge.imaging.pixels import Pixels, enlarge

FRAME = 3  # logical pixels of the frame around a selected sprite
MIN_GRID_FACTOR = 10  # device pixels a pixel: below it, the lines make a mesh of a batch
GRID_LINE = QColor(128, 128, 128, 130)  # seen over dark pixels and light ones


@dataclass(frozen=True)
class Look:
    """All but the sprites and where they lie."""

    selected: frozenset[int] = frozenset()
    starred: frozenset[int] = frozenset()
    gathered: frozenset[int] = frozenset()  # in the shown set
    current: int | None = None  # where the keyboard is
    background: QColor | None = None  # None: the checkerboard
    pixel_grid: bool = False

    def marked(
        self, selected: frozenset[int], current: int | None, starred: frozenset[int], gathered: frozenset[int]
    ) -> Look:
        """The painter with other marks."""
        return replace(self, selected=selected, current=current, starred=starred, gathered=gathered)

    def on(self, background: QColor | None) -> Look:
        """The painter with another background."""
        return replace(self, background=background)

    def with_grid(self, shown: bool) -> Look:
        """The painter with or without the pixel grid."""
        return replace(self, pixel_grid=shown)

    def seen(self, alone: int | None, focused: bool) -> Look:
        """As it is shown: without the keyboard's frame where that is elsewhere; one sprite alone with its own marks."""
        if alone is not None:
            starred, gathered = (frozenset({0} if alone in all_ else ()) for all_ in (self.starred, self.gathered))
            return replace(self, selected=frozenset(), current=None, starred=starred, gathered=gathered)
        return self if focused else replace(self, current=None)


def compose(sprites: Pixels, layout: GridLayout, size: QSize, ratio: float, look: Look, palette: QPalette) -> QImage:
    """The picture of the widget's whole area; only what lies within it is drawn."""
    picture = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(Qt.GlobalColor.transparent)
    if look.background is None:
        behind = checkerboard(layout.cell, max(1, round(SQUARE * ratio)), palette)
    else:
        behind = plain_square(layout.cell, look.background)
    painter = QPainter(picture)
    for index, sprite in enumerate(sprites):
        left, top = layout.position(index)
        cell = QRect(layout.left + left, layout.top + top, layout.cell, layout.cell)
        if cell.intersects(picture.rect()):
            painter.drawImage(cell.topLeft(), behind)
            painter.drawImage(cell.topLeft(), to_qimage(enlarge(sprite, layout.factor)))
            _draw_marks(painter, cell, index, layout, ratio, look, palette)
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def _draw_marks(
    painter: QPainter, cell: QRect, index: int, layout: GridLayout, ratio: float, look: Look, palette: QPalette
) -> None:
    if look.pixel_grid and layout.factor >= MIN_GRID_FACTOR:
        for step in range(layout.factor, layout.cell, layout.factor):
            painter.fillRect(cell.left() + step, cell.top(), 1, cell.height(), GRID_LINE)
            painter.fillRect(cell.left(), cell.top() + step, cell.width(), 1, GRID_LINE)
    frame = max(2, round(FRAME * ratio))
    if index in look.selected:
        _draw_frame(painter, cell, frame, palette.color(QPalette.ColorRole.Highlight))
    if index == look.current:
        _draw_dashes(painter, cell, frame)
    unit = max(1, layout.cell // 48)
    if index in look.starred:
        draw_star(painter, cell.right() + 1, cell.top(), unit)
    if index in look.gathered:
        draw_tick(painter, cell.right() + 1, cell.bottom() + 1, unit)


def _draw_frame(painter: QPainter, cell: QRect, width: int, colour: QColor) -> None:
    """Around the cell, in the gap: no pixel of the sprite is hidden."""
    outer = cell.adjusted(-width, -width, width, width)
    painter.fillRect(outer.left(), outer.top(), outer.width(), width, colour)
    painter.fillRect(outer.left(), cell.bottom() + 1, outer.width(), width, colour)
    painter.fillRect(outer.left(), cell.top(), width, cell.height(), colour)
    painter.fillRect(cell.right() + 1, cell.top(), width, cell.height(), colour)


def _draw_dashes(painter: QPainter, cell: QRect, width: int) -> None:
    """Black and white dashes: seen over every colour."""
    box = cell.adjusted(-width, -width, width - 1, width - 1)
    painter.setPen(QPen(QColor("white"), 1))
    painter.drawRect(box)
    painter.setPen(QPen(QColor("black"), 1, Qt.PenStyle.DashLine))
    painter.drawRect(box)
