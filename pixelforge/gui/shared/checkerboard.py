"""What lies behind the sprites: a checkerboard that shows their transparency, or one colour."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtGui import QColor, QImage, QPalette

from pixelforge.gui.shared.qimage import to_qimage

SQUARE = 8  # logical pixels a side
LIGHT = (QColor(0xFF, 0xFF, 0xFF), QColor(0xE4, 0xE4, 0xE8))
DARK = (QColor(0x5C, 0x5C, 0x62), QColor(0x6A, 0x6A, 0x70))  # bright enough for sprites with black outlines


def checkerboard(side: int, square: int, palette: QPalette) -> QImage:
    """Side x side device pixels in squares of `square`, in the colours that suit a light or dark window.

    The picture is shared: copy it before painting on it.
    """
    return _paint(side, square, palette.color(QPalette.ColorRole.Base).lightness() < 128)


@lru_cache(maxsize=16)
def _paint(side: int, square: int, dark: bool) -> QImage:
    colours = DARK if dark else LIGHT
    index = np.arange(side) // square
    odd = (index[:, None] + index[None, :]) % 2
    return to_qimage(np.array([colour.getRgb() for colour in colours], np.uint8)[odd])


def plain_square(side: int, colour: QColor) -> QImage:
    """Side x side device pixels of one colour."""
    picture = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(colour)
    return picture
