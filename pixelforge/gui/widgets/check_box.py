"""A check box whose empty box can be seen on a dark window too."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QWidget

# Fusion outlines an empty box in a shade darker than the window.
STYLE = """
QCheckBox::indicator:unchecked {
    width: 11px; height: 11px; margin: 1px;
    border: 1px solid palette(placeholder-text); border-radius: 2px; background: palette(base);
}
QCheckBox::indicator:unchecked:hover { border-color: palette(highlight); }
"""


class CheckBox(QCheckBox):
    """A QCheckBox."""

    def __init__(self, text: str, checked: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setStyleSheet(STYLE)
        self.setChecked(checked)
