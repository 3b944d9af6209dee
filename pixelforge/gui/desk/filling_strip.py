"""The ways in which a part was made anew, side by side, to choose from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from pixelforge.gui.shared.sheet_picture import SheetPicture
from pixelforge.imaging.pixels import Pixels

SIDE, COLUMNS = 42, 4  # logical pixels of a picture; pictures a row


class FillingStrip(QWidget):
    """Shows pictures; says which one is clicked. Hidden while there are none."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures: list[_Filling] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(2)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Ways to make the part anew")
        self.hide()

    def set_pictures(self, pictures: Sequence[Pixels]) -> None:
        """Show these."""
        while len(self.pictures) < len(pictures):
            index = len(self.pictures)
            filling = _Filling(index)
            filling.clicked.connect(self.chosen)
            self._grid.addWidget(filling, index // COLUMNS, index % COLUMNS)
            self.pictures.append(filling)
        for index, filling in enumerate(self.pictures):
            filling.set_sheet(pictures[index] if index < len(pictures) else None)
        self.setVisible(bool(pictures))


class _Filling(SheetPicture):
    clicked = Signal(int)

    def __init__(self, index: int) -> None:
        super().__init__()
        self._index = index
        self.setFixedSize(SIDE, SIDE)
        self.setAccessibleName(f"Filling {index + 1}")
        self.setToolTip(f"Take this one ({index + 1}).")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.clicked.emit(self._index)
