"""How many sprites to make at once."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from pixelforge.services.settings import COUNTS


class CountBox(QComboBox):
    """Shows a count; says which one the user chooses."""

    value_changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        for count in COUNTS:
            self.addItem(str(count), count)
        self.setAccessibleName("Count")
        self.setToolTip("How many sprites to make at once.")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.activated.connect(lambda row: self.value_changed.emit(self.itemData(row)))

    def set_value(self, count: int) -> None:
        """Show this count."""
        self.setCurrentIndex(self.findData(count))
