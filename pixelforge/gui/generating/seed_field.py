"""The seed: a number that may need more than 31 bits, its lock and its dice."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from pixelforge.gui.generating.states import MAX_TYPED_SEED
from pixelforge.gui.shared.pixel_button import COPY, DICE, LOCKED, UNLOCKED, PixelButton

TOOLTIP = "The number that the noise is drawn from: the same seed with the same settings gives the same sprites."


class SeedField(QWidget):
    """Shows a seed; says when the user types another, locks it, or asks for a new one."""

    seed_changed = Signal(object)  # int; Qt's own would be cut to 31 bits and a sign
    lock_changed = Signal(bool)
    roll_requested = Signal()
    copy_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._seed = 0
        self.edit = QLineEdit("0")
        self.edit.setValidator(_SeedValidator(lambda: self._seed, self.edit))
        self.edit.setAccessibleName("Seed")
        self.edit.setToolTip(TOOLTIP)
        self.edit.textEdited.connect(self._on_edited)
        self.edit.editingFinished.connect(self._show_seed)  # 007 becomes 7
        self.lock = PixelButton("Lock the seed", UNLOCKED, LOCKED)
        self.lock.setToolTip("Keep this seed for the next sprites; unlocked, every Generate draws a new one.")
        self.lock.toggled.connect(self.lock_changed)
        self.dice = PixelButton("Draw a new seed", DICE)
        self.dice.setToolTip("Draw a new seed now.")
        self.dice.clicked.connect(self.roll_requested)
        self.copy = PixelButton("Copy the seed", COPY)
        self.copy.setToolTip("Copy the seed.")
        self.copy.clicked.connect(self.copy_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.edit, 1)
        row.addWidget(self.lock)
        row.addWidget(self.dice)
        row.addWidget(self.copy)
        self.setFocusProxy(self.edit)

    def set_seed(self, seed: int) -> None:
        """Show this seed; what the user is typing is left alone while it means the same."""
        if seed != self._seed:
            self._seed = seed
            self._show_seed()

    def set_locked(self, locked: bool) -> None:
        """Show whether the seed is locked."""
        self.lock.setChecked(locked)

    def _on_edited(self, text: str) -> None:
        if text:
            self._seed = int(text)
            self.seed_changed.emit(self._seed)

    def _show_seed(self) -> None:
        self.edit.setText(str(self._seed))


class _SeedValidator(QValidator):
    """Whole numbers from 0 to the largest seed, which is more than Qt's own integer validator can hold.

    A field that is left empty gets the seed back that `current` tells.
    """

    def __init__(self, current: Callable[[], int], parent: QObject) -> None:
        super().__init__(parent)
        self._current = current

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        if not text:
            return QValidator.State.Intermediate, text, position
        valid = text.isascii() and text.isdigit() and len(text) <= 20 and int(text) <= MAX_TYPED_SEED
        return (QValidator.State.Acceptable if valid else QValidator.State.Invalid), text, position

    def fixup(self, text: str) -> str:
        return text or str(self._current())
