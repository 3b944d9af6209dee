"""Sprites that a run learns from beside those that it makes, class by class, as large as there is room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from pixelforge.gui.shared.combo import name_box
from pixelforge.gui.shared.sheet_picture import SheetPicture
from pixelforge.imaging.pixels import Pixels
from pixelforge.imaging.sheet import lay_out

ALL = "All classes"
GAP = 1  # pixels of the sprites between two classes


@dataclass(frozen=True)
class Arrangement:
    """How the sprites of each class stand: `columns` in a row, and the whole factor that this makes possible."""

    columns: int
    factor: int


def arrange(classes: int, count: int, side: int, width: int, height: int) -> Arrangement:
    """Where `count` sprites of `side` pixels a class are the largest in `width` x `height`; the fewest rows, alike."""
    found = []
    for columns in range(1, count + 1):
        wanted = columns * side, classes * (ceil(count / columns) * side + GAP)
        found.append(Arrangement(columns, max(1, min(width // wanted[0], height // wanted[1]))))
    return max(found, key=lambda each: (each.factor, -ceil(count / each.columns), -each.columns))


class Comparison(QWidget):
    """Two pictures of one arrangement; a class that is chosen is shown alone, and larger."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._sheets: tuple[Pixels | None, Pixels | None] = (None, None)  # own, and made
        self.own, self.made = SheetPicture(), SheetPicture()
        self.own.setAccessibleName("Your sprites")
        self.made.setAccessibleName("Samples, of the same seeds at every step")
        self.class_box = QComboBox()
        name_box(self.class_box, "Class that is shown", "Compare the sprites of this class.")
        self.class_box.currentIndexChanged.connect(lambda _: self._show())
        row = QHBoxLayout()
        row.setSpacing(12)
        for title, picture in (("Yours", self.own), ("Made by the model", self.made)):
            picture.setMinimumSize(160, 120)
            column = QVBoxLayout()
            column.addWidget(QLabel(title), 0, Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(picture, 1)
            row.addLayout(column, 1)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.class_box, 0, Qt.AlignmentFlag.AlignHCenter)
        page.addLayout(row, 1)
        self._show()

    def set_classes(self, names: Sequence[str]) -> None:
        """The classes, a row of either sheet each."""
        if tuple(names) != self._names:
            self._names = tuple(names)
            self.class_box.clear()
            self.class_box.addItems([ALL, *names])
            self._show()

    def set_sheets(self, own: Pixels | None, made: Pixels | None) -> None:
        """A picture (H, W, 4) of sprites that are learnt from, and one of samples; None for what is not there."""
        self._sheets = own, made
        self._show()

    def resizeEvent(self, event: object) -> None:
        """Arrange them anew."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._show()

    def _show(self) -> None:
        self.class_box.setVisible(len(self._names) > 1)
        chosen = self.class_box.currentIndex() - 1
        for picture, sheet in zip((self.own, self.made), self._sheets, strict=True):
            picture.set_sheet(None if sheet is None else self._arranged(sheet, chosen))

    def _arranged(self, sheet: Pixels, chosen: int) -> Pixels:
        """The sprites of a sheet of a class a row, those of the chosen one or of all (-1)."""
        classes = len(self._names)
        if not classes or len(sheet) % classes or sheet.shape[1] % (side := len(sheet) // classes):
            return sheet  # of a run of before, whose classes are not told
        rows = sheet.reshape(classes, side, -1, side, 4).swapaxes(1, 2)  # (class, sprite, side, side, 4)
        rows = rows if chosen < 0 else rows[chosen : chosen + 1]
        ratio = self.devicePixelRatioF()
        room = int(self.made.width() * ratio), int(self.made.height() * ratio)
        columns = arrange(len(rows), rows.shape[1], side, *room).columns
        blocks = [np.pad(lay_out(row, columns), ((0, GAP), (0, 0), (0, 0))) for row in rows]
        return np.concatenate(blocks)
