"""A line in which something is renamed where it stands."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QValidator
from PySide6.QtWidgets import QLineEdit, QWidget

from pixelforge.errors import RequestError

Check = Callable[[str], object]
"""Raises RequestError for a name that cannot be."""


class NameEdit(QLineEdit):
    """Enter takes no name that `check` refuses; Esc, which stops a run elsewhere, gives up."""

    refused = Signal(str)  # why, when Enter is pressed or the line left
    given_up = Signal()
    left = Signal()  # the keyboard is elsewhere

    def __init__(self, check: Check, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Name")
        validator = _Validator(check, self)
        validator.refused.connect(self.refused)
        self.setValidator(validator)

    def event(self, event: QEvent) -> bool:
        """Esc is the line's own while it stands."""
        if event.type() is QEvent.Type.ShortcutOverride and _is_escape(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc gives up."""
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that the line is left, unless its own menu or another window has the keyboard."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.left.emit()


class _Validator(QValidator):
    refused = Signal(str)

    def __init__(self, check: Check, parent: QObject) -> None:
        super().__init__(parent)
        self._check = check

    def validate(self, text: str, at: int) -> tuple[QValidator.State, str, int]:
        return (QValidator.State.Intermediate if self._problem(text) else QValidator.State.Acceptable), text, at

    def fixup(self, text: str) -> str:
        """Qt asks for it where Enter is pressed on a name that cannot be."""
        self.refused.emit(self._problem(text))
        return text

    def _problem(self, text: str) -> str:
        try:
            self._check(text)
        except RequestError as error:
            return str(error)
        return ""


def _is_escape(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
