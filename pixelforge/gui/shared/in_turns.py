"""Painting what has to be read first, a little at a time."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QAbstractScrollArea


class InTurns(QObject):
    """Lets a view read once in each turn of the event loop; what it could not show then, it shows in the next ones.

    A screenful of sprites takes several frames to be read, and scrolling must not wait for it.
    """

    def __init__(self, view: QAbstractScrollArea) -> None:
        super().__init__(view)
        self._view = view
        self._read = False
        self._postponed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_turn)

    def may_read(self) -> bool:
        """Whether it is time to; else the view is painted once more."""
        if self._read:
            self._postponed = True
            return False
        self._read = True
        self._timer.start()
        return True

    def _on_turn(self) -> None:
        self._read = False
        if self._postponed:
            self._postponed = False
            self._view.viewport().update()
