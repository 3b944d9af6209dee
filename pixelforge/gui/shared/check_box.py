"""A check box whose empty box can be seen on a dark window too."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QCheckBox, QStyle, QStyleOptionButton, QWidget


class CheckBox(QCheckBox):
    """A QCheckBox; Fusion outlines an empty box in a shade darker than the window, so it is outlined once more."""

    def __init__(self, text: str, checked: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setChecked(checked)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A style sheet would do it as well, but keeps the colours that it began with when the theme changes."""
        super().paintEvent(event)
        if self.isChecked() or not self.isEnabled():
            return
        option = QStyleOptionButton()
        self.initStyleOption(option)
        box = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self)
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        painter.drawRect(box.adjusted(1, 1, -2, -2))
        painter.end()
