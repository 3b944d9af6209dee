"""What is asked for beside the class, in words; hidden while there is nothing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from pixelforge.core.condition import Condition
from pixelforge.gui.widgets.pixel_button import CROSS, PixelButton

TOOLTIP = "A kind, style, colour or size that a recipe asks for as well."


class WordsField(QWidget):
    """Shows the words of conditions that no other control shows, and lets them be dropped."""

    removed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = QLabel()
        self.label.setTextFormat(self.label.textFormat().PlainText)
        self.label.setWordWrap(True)
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.label.setAccessibleName("Also asked for")
        self.remove = PixelButton("Ask for the class alone", CROSS)
        self.remove.setToolTip("Ask for the class alone.")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.label, 1)
        row.addWidget(self.remove)
        self.setToolTip(TOOLTIP)
        self.setFocusProxy(self.remove)
        self.remove.clicked.connect(self.removed)

    def set_conditions(self, conditions: Sequence[Condition]) -> bool:
        """Show what they ask for beside the class; whether there is anything."""
        parts = dict.fromkeys(word for condition in conditions for word in _words(condition))
        self.label.setText(", ".join(parts))
        return bool(parts)


def _words(condition: Condition) -> list[str]:
    told = {"kind": condition.kind, "style": condition.style, "colour": condition.colour, "size": condition.size}
    words = [f"{part} {word}" for part, word in told.items() if word is not None]
    return [*words, f"in {len(condition.drawn_in)} colours of its own"] if condition.drawn_in else words
