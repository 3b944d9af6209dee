"""A picture of sprites, as large as there is room."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from pixelforge.gui.shared.checkerboard import SQUARE, checkerboard
from pixelforge.gui.shared.qimage import to_qimage
from pixelforge.imaging.pixels import Pixels, enlarge


class SheetPicture(QWidget):
    """A picture as large as there is room, by a whole factor, over a checkerboard; cut off where it is too large."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheet: Pixels | None = None

    def set_sheet(self, sheet: Pixels | None) -> None:
        """Show this picture, (H, W, 4); None shows nothing."""
        self._sheet = sheet
        self.update()

    def scale(self) -> tuple[int, int, int]:
        """Device pixels a side of a pixel, and of the room at its left and above it; 1, 0, 0 for no picture."""
        if self._sheet is None:
            return 1, 0, 0
        ratio = self.devicePixelRatioF()
        width, height = int(self.width() * ratio), int(self.height() * ratio)
        rows, columns = self._sheet.shape[:2]
        factor = max(1, min(width // columns, height // rows))
        return factor, max(0, width - columns * factor) // 2, max(0, height - rows * factor) // 2

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is seen of it, in device pixels, so that no screen scale factor can blur it."""
        if self._sheet is None:
            return
        ratio = self.devicePixelRatioF()
        factor, left, top = self.scale()
        square = max(1, round(SQUARE * ratio))
        above, board = max(0, int(event.rect().top() * ratio) - top) // factor, 2 * square
        first = above // board * board  # so that the checkerboard begins as it does at the top
        end = -(-(int((event.rect().bottom() + 1) * ratio) - top) // factor) + 1
        seen = self._sheet[first : max(first, end), : int(self.width() * ratio) // factor + 1]
        if not len(seen):
            return
        picture = to_qimage(enlarge(seen, factor))
        side = max(picture.width(), picture.height())
        behind = checkerboard(side, square, self.palette()).copy(picture.rect())
        over = QPainter(behind)
        over.drawImage(0, 0, picture)
        over.end()
        behind.setDevicePixelRatio(ratio)
        painter = QPainter(self)
        to_device = painter.deviceTransform()
        at = to_device.map(QPointF(0, 0))
        corner = QPointF(round(at.x()) + left, round(at.y()) + top + first * factor)
        painter.drawImage(to_device.inverted()[0].map(corner), behind)
        painter.end()
