"""The sprites to train on, side by side; a click leaves one out, another takes it in again."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from pixelforge.gui.shared.sheet_picture import SheetPicture
from pixelforge.imaging.pixels import Pixels

MOST_FACTOR = 4  # logical pixels a pixel: sprites are told apart well enough by then
VEIL = 190  # of 255, over a sprite that is left out
STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}

Names = tuple[tuple[str, ...], ...]
Place = tuple[int, int]
"""Row and column of a sprite."""


class ContactSheet(SheetPicture):
    """Shows names' sprites, a veil over those that are left out; arrows and Space do what the mouse does."""

    toggled = Signal(str)  # the name of the sprite that was clicked
    moved = Signal(QRectF)  # the keyboard came to a sprite, which lies there

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: Names = ()
        self._left_out: frozenset[str] = frozenset()
        self._current: Place = (0, 0)  # where the keyboard is
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Your sprites: Space leaves one out, or takes it in again")

    def set_sprites(self, sheet: Pixels | None, names: Names, left_out: Collection[str]) -> None:
        """Show a sheet (H, W, 4) of equal cells, whose sprites are called so, and which of them are left out."""
        if names != self._names:
            self._current = (0, 0)
        self._names, self._left_out = (names if sheet is not None else ()), frozenset(left_out)
        self.set_sheet(sheet)
        self._fit()
        self._tell()

    def rect_of(self, place: Place) -> QRectF:
        """Where a sprite is shown, in logical pixels."""
        factor, left, top = self.scale()
        side, ratio = self._side() * factor, self.devicePixelRatioF()
        row, column = place
        return QRectF((left + column * side) / ratio, (top + row * side) / ratio, side / ratio, side / ratio)

    def place_at(self, point: QPoint) -> Place | None:
        """The sprite at a point of the widget."""
        factor, left, top = self.scale()
        side, ratio = self._side() * factor, self.devicePixelRatioF()
        place = int((point.y() * ratio - top) // side), int((point.x() * ratio - left) // side)
        return place if self._is_there(place) else None

    def event(self, event: QEvent) -> bool:
        """A sprite under the pointer tells its name."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self.place_at(event.pos())
            QToolTip.showText(event.globalPos(), "" if place is None else self._words(place), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Leave the sprite out, or take it in again."""
        place = self.place_at(event.position().toPoint())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self._current = place
            self._toggle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk over the sprites, and leave one out."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._names:
            self._toggle()
        elif (step := STEPS.get(Qt.Key(event.key()))) is not None:
            there = (self._current[0] + step[0], self._current[1] + step[1])
            if self._is_there(there):
                self._current = there
                self.moved.emit(self.rect_of(there))
                self._tell()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Be as high as the sprites are at this width."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The sprites, with a veil and a cross over those that are left out."""
        super().paintEvent(event)
        painter = QPainter(self)
        veil = QColor(self.palette().color(QPalette.ColorRole.Base))
        veil.setAlpha(VEIL)
        for place in self._places(event.rect()):
            if self._name(place) in self._left_out:
                rect = self.rect_of(place)
                painter.fillRect(rect, veil)
                painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Text), 1))
                painter.drawLine(rect.topLeft(), rect.bottomRight())
                painter.drawLine(rect.topRight(), rect.bottomLeft())
        if self.hasFocus() and self._names:
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 2))
            painter.drawRect(self.rect_of(self._current).adjusted(1, 1, -1, -1))
        painter.end()

    def _toggle(self) -> None:
        self.toggled.emit(self._name(self._current))

    def _tell(self) -> None:
        """Tell the eye, and screen readers."""
        self.setAccessibleDescription(self._words(self._current) if self._names else "")
        self.update()

    def _words(self, place: Place) -> str:
        name = self._name(place)
        return f"{name}, left out" if name in self._left_out else name

    def _name(self, place: Place) -> str:
        return self._names[place[0]][place[1]]

    def _is_there(self, place: Place) -> bool:
        row, column = place
        return 0 <= row < len(self._names) and 0 <= column < len(self._names[row])

    def _places(self, area: QRect) -> list[Place]:
        """Those whose rows reach into an area."""
        height, top = self.rect_of((0, 0)).height(), self.rect_of((0, 0)).top()
        first, end = int((area.top() - top) // height), int((area.bottom() - top) // height) + 1
        rows = range(max(0, first), min(end, len(self._names)))
        return [(row, column) for row in rows for column in range(len(self._names[row]))]

    def _side(self) -> int:
        """Pixels a side of a cell."""
        return len(self._sheet) // len(self._names) if self._sheet is not None and self._names else 1

    def _fit(self) -> None:
        if self._sheet is None:
            self.setMinimumHeight(0)
            return
        rows, columns = self._sheet.shape[:2]
        self.setMinimumHeight(rows * max(1, min(MOST_FACTOR, self.width() // columns)))
