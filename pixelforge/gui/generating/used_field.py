"""The colours that are in use on the stage, as swatches below the palette."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QLabel, QSizePolicy, QWidget

from pixelforge.hex_colours import Colour, to_text
from pixelforge.imaging.used_colours import UsedColour
from pixelforge.words import counted

SIDE, COLUMNS = 18, 16  # logical pixels of a swatch; swatches a row, as many as the controls are wide
MOST = 2 * COLUMNS
HELP = "Click: where it is. Double click, or Enter: change it in the chosen sprites, or in all where none is chosen."


class UsedField(QWidget):
    """Shows colours, and which of them is pointed out; says what the user wants of one."""

    pointed = Signal(object)  # Colour | None: show where this is
    change_requested = Signal(object)  # Colour

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._used: tuple[UsedColour, ...] = ()
        self.swatches: list[Swatch] = []
        self.more = QLabel()
        self.more.setToolTip("Choose a sprite to see its own colours alone.")
        self.setAccessibleName("Colours in use")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(0)
        self._grid.setColumnStretch(COLUMNS, 1)
        self._grid.addWidget(self.more, 2, 0, 1, COLUMNS + 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for _ in range(MOST):  # now, not when there are colours: Tab comes last to what was put in last
            self._add_swatch()
        self.set_used(())

    def sizeHint(self) -> QSize:
        """One row at the least: while a run forms there are no colours, and nothing moves."""
        return super().sizeHint().expandedTo(QSize(0, SIDE))

    def minimumSizeHint(self) -> QSize:
        """One row at the least, for the same reason."""
        return super().minimumSizeHint().expandedTo(QSize(0, SIDE))

    def set_used(self, used: Sequence[UsedColour]) -> None:
        """Show these, the first ones where there is no room for all."""
        self._used = tuple(used[:MOST])
        for swatch, one in zip(self.swatches, self._used, strict=False):
            swatch.set_used(one)
        for at, swatch in enumerate(self.swatches):
            swatch.setVisible(at < len(self._used))
        rest = len(used) - len(self._used)
        self.more.setText(f"and {counted(rest, 'colour')} more")
        self.more.setVisible(rest > 0)

    def set_pointed(self, colour: Colour | None) -> None:
        """Show which one is pointed out; None: none is."""
        for swatch, one in zip(self.swatches, self._used, strict=False):
            swatch.setChecked(one.colour == colour)

    def _add_swatch(self) -> None:
        swatch, at = Swatch(), len(self.swatches)
        swatch.clicked.connect(lambda on: self.pointed.emit(swatch.colour if on else None))
        swatch.change_requested.connect(lambda: self.change_requested.emit(swatch.colour))
        self._grid.addWidget(swatch, at // COLUMNS, at % COLUMNS)
        self.swatches.append(swatch)


class Swatch(QAbstractButton):
    """One colour. A click points it out or ends that; a double click, or Enter, asks for another colour."""

    change_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.colour: Colour = (0, 0, 0)
        self.setCheckable(True)
        self.setFixedSize(QSize(SIDE, SIDE))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard on the stage

    def set_used(self, used: UsedColour) -> None:
        """Show this colour."""
        self.colour = used.colour
        words = f"{to_text(used.colour)}, {counted(used.pixels, 'pixel')}"
        self.setAccessibleName(words)
        self.setToolTip(f"{words}. {HELP}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the colour; a frame around the one that is pointed out, dots around the one that has the keyboard."""
        painter = QPainter(self)
        roles, box = self.palette(), self.rect().adjusted(1, 1, -2, -2)
        painter.fillRect(box, QColor(*self.colour))
        painter.setPen(roles.color(QPalette.ColorRole.Mid))
        painter.drawRect(box)
        if self.isChecked():
            painter.setPen(QPen(roles.color(QPalette.ColorRole.Highlight), 3))
            painter.drawRect(box)
        if self.hasFocus():
            painter.setPen(QPen(roles.color(QPalette.ColorRole.WindowText), 1, Qt.PenStyle.DotLine))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The first click has pointed it out, where it was not: that stays while one chooses."""
        self.setChecked(True)
        self.change_requested.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter asks for another; the arrows and the space bar are a button's own."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.change_requested.emit()
        else:
            super().keyPressEvent(event)
