"""The colours at hand, as squares to click on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from pixelforge.gui.shared.focus_frame import draw_focus
from pixelforge.imaging.drawing import Ink

SIDE, COLUMNS = 22, 8  # logical pixels of a square; squares a row


class Swatches(QWidget):
    """Shows colours and which of them is in the hand; says which one the user takes."""

    chosen = Signal(object)  # Ink

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inks: tuple[Ink, ...] = ()
        self._ink: Ink | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Colours")
        self.setToolTip("The sprite's colours, then those of its style. The arrows go from one to the next.")

    def sizeHint(self) -> QSize:
        """A row for eight colours each."""
        rows = max(1, -(-len(self._inks) // COLUMNS))
        return QSize(COLUMNS * SIDE + 1, rows * SIDE + 1)

    def set_inks(self, inks: Sequence[Ink], ink: Ink) -> None:
        """Show these, and this one as in the hand."""
        self._inks, self._ink = tuple(inks), ink
        self.setAccessibleDescription("#{:02x}{:02x}{:02x}".format(*ink[:3]))
        self.setFixedSize(self.sizeHint())
        self.update()

    def place_of(self, index: int) -> QRect:
        """Where a colour lies."""
        return QRect(index % COLUMNS * SIDE, index // COLUMNS * SIDE, SIDE, SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the squares, a frame around the one in the hand."""
        painter = QPainter(self)
        for index, ink in enumerate(self._inks):
            place = self.place_of(index)
            painter.fillRect(place.adjusted(2, 2, -1, -1), QColor(*ink))
            painter.setPen(self.palette().color(QPalette.ColorRole.Mid))
            painter.drawRect(place.adjusted(1, 1, -1, -1))
            if ink == self._ink:
                painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 3))
                painter.drawRect(place.adjusted(1, 1, -1, -1))
                if self.hasFocus():
                    draw_focus(painter, place)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the colour below the mouse."""
        at = event.position().toPoint()
        for index, ink in enumerate(self._inks):
            if self.place_of(index).contains(at):
                self.chosen.emit(ink)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows go from one colour to the next."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -COLUMNS, Qt.Key.Key_Down: COLUMNS}
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self._inks:
            super().keyPressEvent(event)
            return
        index = self._inks.index(self._ink) + step if self._ink in self._inks else 0
        if 0 <= index < len(self._inks):
            self.chosen.emit(self._inks[index])
