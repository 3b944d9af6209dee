"""What is asked for and no other control shows, in words; hidden while there is nothing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from pixelforge.core.condition import Condition
from pixelforge.services.asking import SINGLE
from pixelforge.words import counted

TOOLTIP = "What a recipe asks for as well. Press to drop it."


class WordsField(QPushButton):
    """Shows the words of conditions that no other control shows; pressed, they are dropped."""

    removed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Also asked for")
        self.setToolTip(TOOLTIP)
        self.clicked.connect(self.removed)
        self.hide()

    def set_value(self, conditions: Sequence[Condition]) -> None:
        """Show what they ask for."""
        parts = dict.fromkeys(word for condition in conditions for word in _words(condition))
        self.setText(f"Also {', '.join(parts)}  \N{MULTIPLICATION SIGN}".replace("&", "&&"))
        self.setVisible(bool(parts))

    def minimumSizeHint(self) -> QSize:
        """Long words are cut: they must not widen the panel."""
        return QSize(40, super().minimumSizeHint().height())


def _words(condition: Condition) -> list[str]:
    told = {part: getattr(condition, part) for part in ("kind", *SINGLE)}
    words = [f"{part} {word}" for part, word in told.items() if word is not None]
    if condition.drawn_in:
        words.append(f"in {counted(len(condition.drawn_in), 'colour')}")
    return words
