"""Words to choose from, each with its picture: the classes of a model, or their kinds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QIcon, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QWidget

from pixelforge.gui.shared.plain import plain
from pixelforge.gui.shared.qimage import to_qimage
from pixelforge.imaging.pixels import Pixels, enlarge

ANY = "any"
PICTURE = 32  # logical pixels a side
# Of a word with its picture, and without: as many a row as there are without a scroll bar.
CELL, BARE_CELL = QSize(67, 54), QSize(89, 22)
FONT = 0.85  # of the usual size, so that most words fit below their pictures


class PictureList(QListWidget):
    """Shows words; says which of them the user chooses, in their order.

    toggling: a click adds a word to the chosen ones or takes it away; else it chooses that one alone, and Ctrl and
    Shift choose several. most_rows: as high as its rows, up to so many; None: as high as there is room.
    """

    value_changed = Signal(object)  # tuple[str, ...]

    def __init__(
        self,
        name: str,
        tooltip: str,
        *,
        toggling: bool = False,
        most_rows: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._most_rows = most_rows
        mode = QAbstractItemView.SelectionMode
        self.setSelectionMode(mode.MultiSelection if toggling else mode.ExtendedSelection)
        self.setViewMode(QListWidget.ViewMode.IconMode)
        self.setMovement(QListWidget.Movement.Static)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setIconSize(QSize(PICTURE, PICTURE))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        font = self.font()
        font.setPointSizeF(FONT * font.pointSizeF())
        self.setFont(font)
        self.setAccessibleName(name)
        self.setToolTip(tooltip)
        self._optional = False
        self._shown: tuple[str, ...] = ()  # as chosen
        self.itemSelectionChanged.connect(self._on_changed)

    def names(self) -> tuple[str, ...]:
        """The words that are chosen."""
        return tuple(item.text() for item in self._items() if item.isSelected() and not _is_any(item))

    def set_words(self, names: Sequence[str], pictures: Mapping[str, Pixels], *, optional: bool) -> None:
        """The words to choose from, none of them chosen yet, and the pictures of some of them.

        optional: that none may be chosen, which is shown as "any".
        """
        self._optional = optional
        with QSignalBlocker(self):
            self.clear()
            self.setGridSize(CELL if pictures else BARE_CELL)
            for name in names:
                item = QListWidgetItem(name)
                item.setToolTip(plain(name))
                item.setSizeHint(self.gridSize())
                if name in pictures:
                    item.setIcon(_icon(pictures[name]))
                self.addItem(item)
            if optional:
                everything = QListWidgetItem(ANY)
                everything.setSizeHint(self.gridSize())
                everything.setData(Qt.ItemDataRole.UserRole, True)
                self.insertItem(0, everything)
        self._show(())
        self._fit()

    def set_value(self, names: Sequence[str]) -> None:
        """Show these as chosen."""
        if tuple(names) != self.names():
            self._show(names)

    def height_of(self, rows: int) -> int:
        """Logical pixels that so many rows take."""
        return rows * self.gridSize().height() + 2 * self.frameWidth() + 2

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may need more rows."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._most_rows is not None:
            columns = max(1, (self.width() - 2 * self.frameWidth()) // self.gridSize().width())
            height = self.height_of(min(self._most_rows, max(1, -(-self.count() // columns))))
            if height != self.height():
                self.setFixedHeight(height)

    def _items(self) -> list[QListWidgetItem]:
        return [self.item(row) for row in range(self.count())]

    def _show(self, names: Sequence[str]) -> None:
        with QSignalBlocker(self):
            for item in self._items():
                item.setSelected(item.text() in names if not _is_any(item) else not names)
            first = next((item for item in self._items() if item.isSelected()), None)
            if first is not None:
                self.setCurrentItem(first, self.selectionModel().SelectionFlag.NoUpdate)
                self.scrollToItem(first)
        self._shown = self.names()

    def _on_changed(self) -> None:
        """Take what the user chose; "any" takes the place of all others, and they of it."""
        names = self.names()
        everything = next((item for item in self._items() if _is_any(item)), None)
        if everything is not None and everything.isSelected() and self._shown:
            names = ()
        elif not names and not self._optional:
            names = self._shown  # one is always chosen
        changed = names != self._shown
        self._show(names)
        if changed:
            self.value_changed.emit(names)


def _is_any(item: QListWidgetItem) -> bool:
    return item.data(Qt.ItemDataRole.UserRole) is True


def _icon(picture: Pixels) -> QIcon:
    """The picture by whole factors, sharp on each of the screens that there are."""
    densest = max(screen.devicePixelRatio() for screen in QGuiApplication.screens())
    icon = QIcon()
    for factor in range(1, math.ceil(densest) + 1):
        pixmap = QPixmap.fromImage(to_qimage(enlarge(picture, max(1, factor * PICTURE // len(picture)))))
        icon.addPixmap(pixmap)
    return icon
