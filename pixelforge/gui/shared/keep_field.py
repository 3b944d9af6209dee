"""Two switches: what of a sprite stays, whatever is made of it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QWidget

from pixelforge.core.start import Keep
from pixelforge.fields import settings_of
from pixelforge.gui.shared.check_box import CheckBox


class KeepField(QWidget):
    """Shows a Keep."""

    value_changed = Signal(object)  # Keep

    def __init__(self, parent: QWidget | None = None, *, across: bool = False) -> None:
        """across: side by side, not one below the other."""
        super().__init__(parent)
        self._keep = Keep()
        self.boxes: dict[str, CheckBox] = {}
        directions = QBoxLayout.Direction
        line = QBoxLayout(directions.LeftToRight if across else directions.TopToBottom, self)
        line.setContentsMargins(0, 0, 0, 0)
        for name, told in settings_of(Keep).items():
            box = CheckBox(told.label)
            box.setToolTip(f"{told.help}.")
            box.toggled.connect(lambda on, name=name: self._change(name, on))
            line.addWidget(box, 0, Qt.AlignmentFlag.AlignLeft)
            self.boxes[name] = box
        if across:
            line.addStretch(1)

    def set_value(self, keep: Keep) -> None:
        """Show it."""
        self._keep = keep
        for name, box in self.boxes.items():
            with QSignalBlocker(box):
                box.setChecked(getattr(keep, name))

    def leave_keyboard_alone(self) -> None:
        """A click leaves the keyboard where it was; Tab still comes here."""
        for box in self.boxes.values():
            box.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _change(self, name: str, on: bool) -> None:
        self._keep = replace(self._keep, **{name: on})
        self.value_changed.emit(self._keep)
