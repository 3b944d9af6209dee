"""The stage: the batch as a grid of sprites over a checkerboard, every pixel a crisp square."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from pixelforge.gui.grid_layout import GridLayout
from pixelforge.gui.qimage import to_qimage
from pixelforge.imaging.pixels import Pixels, enlarge

MARGIN = 12  # logical pixels around the grid, at the least
CHECKER = 8  # logical pixels a side of a checkerboard square
LIGHT_CHECKER = (QColor(0xFF, 0xFF, 0xFF), QColor(0xE4, 0xE4, 0xE8))
DARK_CHECKER = (QColor(0x5C, 0x5C, 0x62), QColor(0x6A, 0x6A, 0x70))  # bright enough for sprites with black outlines


class Canvas(QWidget):
    """Shows sprites, the larger the more room there is, always by a whole number of device pixels.

    The grid is composed in device pixels and painted one to one, so that no screen scale factor can blur it.
    """

    def __init__(self, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hint = hint
        self._sprites: Pixels | None = None
        self._picture: QImage | None = None  # the composed grid; None when it must be composed anew
        self._composed_for: tuple[object, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 160)
        self.setAccessibleName("Sprites")
        self.setAccessibleDescription(hint)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for a grid of 64 sprites, four screen pixels a pixel."""
        return QSize(640, 600)

    def set_sprites(self, sprites: Pixels | None) -> None:
        """Show these, (N, H, W, 4); None shows the hint."""
        if sprites is not self._sprites:
            self._sprites = sprites
            self._picture = None
            shown = "none" if sprites is None else str(len(sprites))
            self.setAccessibleName(f"Sprites: {shown}")
            self.update()

    def layout_in_device_pixels(self) -> GridLayout | None:
        """Where the sprites lie in the widget now; None where there are none."""
        if self._sprites is None:
            return None
        ratio = self.devicePixelRatioF()
        count, side = self._sprites.shape[:2]
        width, height = int(self.width() * ratio), int(self.height() * ratio)
        return GridLayout.fit(count, side, width, height, round(MARGIN * ratio))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the grid, or the hint."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), self.palette().color(QPalette.ColorRole.Base))
        layout = self.layout_in_device_pixels()
        if layout is None:
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            area = self.rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._hint)
        else:
            self._paint_grid(painter, layout)
        painter.end()

    def _paint_grid(self, painter: QPainter, layout: GridLayout) -> None:
        ratio = self.devicePixelRatioF()
        colours = self._checker_colours()
        wanted = (layout, ratio, colours[0].rgb())
        if self._picture is None or self._composed_for != wanted:
            assert self._sprites is not None
            self._picture = _compose(
                self._sprites, layout, _checker(layout.cell, max(1, round(CHECKER * ratio)), colours)
            )
            self._picture.setDevicePixelRatio(ratio)
            self._composed_for = wanted
        # At a fractional scale factor this widget may begin between two device pixels; the picture must not.
        to_device = painter.deviceTransform()
        origin = to_device.map(QPointF(0, 0))
        corner = QPointF(round(origin.x()) + layout.left, round(origin.y()) + layout.top)
        painter.drawImage(to_device.inverted()[0].map(corner), self._picture)

    def _checker_colours(self) -> tuple[QColor, QColor]:
        dark = self.palette().color(QPalette.ColorRole.Base).lightness() < 128
        return DARK_CHECKER if dark else LIGHT_CHECKER


def _compose(sprites: Pixels, layout: GridLayout, checker: QImage) -> QImage:
    picture = QImage(layout.width, layout.height, QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    for index, sprite in enumerate(sprites):
        corner = QPoint(*layout.position(index))
        painter.drawImage(corner, checker)
        painter.drawImage(corner, to_qimage(enlarge(sprite, layout.factor)))
    painter.end()
    return picture


def _checker(side: int, square: int, colours: tuple[QColor, QColor]) -> QImage:
    """A checkerboard, side x side, the first colour in its corner."""
    index = np.arange(side) // square
    odd = (index[:, None] + index[None, :]) % 2
    pixels = np.array([colour.getRgb() for colour in colours], np.uint8)[odd]
    return to_qimage(pixels)
