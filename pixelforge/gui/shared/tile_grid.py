"""A sprite sheet under a grid, whose tiles are clicked on and off."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QWidget

from pixelforge.gui.shared.checkerboard import SQUARE, checkerboard
from pixelforge.gui.shared.qimage import to_qimage
from pixelforge.imaging.pixels import Pixels, enlarge
from training.data.slicing import Grid, unwanted_tiles

SHOWN_TILE = 48  # logical pixels a tile has at the least, where the sheet is small enough for it
MAX_FACTOR = 8
MAX_SHOWN = 4096  # pixels a side of the enlarged sheet
VEIL = 170  # of 255, over a tile that is left out

Position = tuple[int, int]
"""Row and column of a tile."""


class TileGrid(QWidget):
    """Empty and repeated tiles are left out from the start; a click on a tile takes it in or leaves it out."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheet: Pixels | None = None
        self._grid = Grid(16)
        self._factor = 1
        self._unwanted: dict[Position, bool] = {}  # empty or repeated tiles; True for empty ones
        self._clicked: set[Position] = set()  # tiles that the user wants left out
        self.setAccessibleName("The sheet: click on a tile to take it in or to leave it out")

    def set_sheet(self, sheet: Pixels | None, grid: Grid) -> None:
        """Show a sheet (H, W, 4) under a grid, with no tile clicked."""
        self._sheet, self._grid = sheet, grid
        self._clicked = set()
        self._unwanted = {} if sheet is None else unwanted_tiles(sheet, grid)
        if sheet is not None:
            wished = min(MAX_FACTOR, -(-SHOWN_TILE // grid.tile))
            self._factor = max(1, min(wished, MAX_SHOWN // max(sheet.shape[:2])))
        self.setFixedSize(self.sizeHint())
        self.update()
        self.changed.emit()

    @property
    def left_out(self) -> frozenset[Position]:
        """(row, column) of the tiles that the user does not want."""
        return frozenset(self._clicked)

    @property
    def wanted(self) -> int:
        """How many tiles will be sprites."""
        return len(self._rects()) - len(self._clicked) - len(self._unwanted)

    def sizeHint(self) -> QSize:
        """The sheet, enlarged."""
        if self._sheet is None:
            return QSize(SHOWN_TILE, SHOWN_TILE)
        height, width = self._sheet.shape[:2]
        return QSize(width * self._factor, height * self._factor)

    def rect_of(self, place: Position) -> QRect:
        """Where a tile is shown, in logical pixels."""
        return self._rects()[place]

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the tile in, or leave it out."""
        hit = next((place for place, rect in self._rects().items() if rect.contains(event.position().toPoint())), None)
        if hit is not None and hit not in self._unwanted and event.button() == Qt.MouseButton.LeftButton:
            self._clicked ^= {hit}
            self._unwanted = unwanted_tiles(self._sheet, self._grid, self.left_out) if self._sheet is not None else {}
            self.update()
            self.changed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The sheet, the tiles' frames, and a veil over what is left out."""
        if self._sheet is None:
            return
        picture = to_qimage(enlarge(self._sheet, self._factor))
        side = max(picture.width(), picture.height())
        painter = QPainter(self)
        painter.drawImage(0, 0, checkerboard(side, SQUARE, self.palette()).copy(picture.rect()))
        painter.drawImage(0, 0, picture)
        veil = QColor(self.palette().color(QPalette.ColorRole.Window))
        veil.setAlpha(VEIL)
        frame = QPen(self.palette().color(QPalette.ColorRole.Highlight))
        for place, rect in self._rects().items():
            out = place in self._clicked or place in self._unwanted
            if out:
                painter.fillRect(rect, veil)
            painter.setPen(frame)
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
            if place in self._clicked:
                painter.drawLine(rect.topLeft(), rect.bottomRight())
                painter.drawLine(rect.topRight(), rect.bottomLeft())
        painter.end()

    def _rects(self) -> dict[Position, QRect]:
        if self._sheet is None:
            return {}
        height, width = self._sheet.shape[:2]
        side = self._grid.tile * self._factor
        return {
            place: QRect(x * self._factor, y * self._factor, side, side)
            for place, (x, y) in self._grid.places(width, height).items()
        }
