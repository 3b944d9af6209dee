"""Sprites as Qt's pictures."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

from pixelforge.imaging.pixels import Pixels, harden_alpha


def to_qimage(pixels: Pixels) -> QImage:
    """RGBA (H, W, 4) as a picture that owns its memory, in the format that Qt paints fastest."""
    height, width, _ = pixels.shape
    rows = np.ascontiguousarray(pixels)
    # This one only borrows the array's memory; the conversion makes it independent of the array.
    borrowed = QImage(rows.data, width, height, 4 * width, QImage.Format.Format_RGBA8888)
    return borrowed.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def from_qimage(image: QImage) -> Pixels:
    """A picture of Qt's as a sprite's RGBA (H, W, 4), with hard alpha."""
    rgba = image.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(rgba.constBits(), np.uint8).reshape(rgba.height(), rgba.bytesPerLine())
    return harden_alpha(rows[:, : 4 * rgba.width()].reshape(rgba.height(), rgba.width(), 4))
