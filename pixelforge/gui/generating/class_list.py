"""The classes to make: one, several, or all."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QWidget

VISIBLE_ROWS = 6
TOOLTIP = "What the sprites show. Ctrl and Shift choose several classes, which share the count; Ctrl+A chooses all."


class ClassList(QListWidget):
    """Shows the classes of a model; says which of them the user chooses, in the model's order, never none."""

    chosen = Signal(object)  # tuple[str, ...]

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setAccessibleName("Classes")
        self.setToolTip(TOOLTIP)
        self.itemSelectionChanged.connect(self._on_changed)

    def names(self) -> tuple[str, ...]:
        """The classes that are chosen."""
        return tuple(self.item(row).text() for row in range(self.count()) if self.item(row).isSelected())

    def set_classes(self, names: tuple[str, ...]) -> None:
        """The classes to choose from."""
        with QSignalBlocker(self):
            self.clear()
            self.addItems(list(names))
        rows = min(max(len(names), 1), VISIBLE_ROWS)
        self.setFixedHeight(rows * max(self.sizeHintForRow(0), 1) + 2 * self.frameWidth() + 2)

    def set_names(self, names: tuple[str, ...]) -> None:
        """Show these as chosen."""
        if names == self.names():
            return
        with QSignalBlocker(self):
            for row in range(self.count()):
                self.item(row).setSelected(self.item(row).text() in names)
            first = next((row for row in range(self.count()) if self.item(row).isSelected()), -1)
            if first >= 0:
                self.setCurrentRow(first, self.selectionModel().SelectionFlag.NoUpdate)

    def sizeHint(self) -> QSize:
        """As high as its rows."""
        return QSize(160, self.height())

    def _on_changed(self) -> None:
        if names := self.names():
            self.chosen.emit(names)
        elif (item := self.currentItem()) is not None:
            item.setSelected(True)  # one class is always chosen
