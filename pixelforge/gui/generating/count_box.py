"""How many sprites to make at once, and how many each of them is chosen from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from pixelforge.gui.shared.combo import name_box
from pixelforge.services.settings import BEST_OF, COUNTS


class NumberBox(QComboBox):
    """Shows one of some numbers; says which one the user chooses."""

    value_changed = Signal(int)

    def __init__(self, numbers: Sequence[int], text: str, parent: QWidget | None) -> None:
        """text: of an item, with {} in place of its number."""
        super().__init__(parent)
        for number in numbers:
            self.addItem(text.format(number), number)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.activated.connect(lambda row: self.value_changed.emit(self.itemData(row)))

    def set_value(self, number: int) -> None:
        """Show this number."""
        self.setCurrentIndex(self.findData(number))


class CountBox(NumberBox):
    """Shows a count."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(COUNTS, "{}", parent)
        name_box(self, "Count", "How many sprites to make at once.")


class BestOfBox(NumberBox):
    """Shows how many each sprite is chosen from."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(BEST_OF, "Best of {}", parent)
        name_box(
            self,
            "Best of",
            "For each sprite so many are made, and the one that the model's critic likes best is kept.\n"
            "Twice as many take twice as long.",
        )
