"""Painting what has to be read first, a little at a time."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QAbstractScrollArea

READ_FOR = 0.003  # seconds of a turn, by the clock: with painting it stays within a frame on a slow machine, too


class InTurns(QObject):
    """Lets a view read a while in each turn of the event loop; what it could not show then, it shows in the next ones.

    A screenful of sprites takes several frames to be read, and scrolling must not wait for it.
    """

    def __init__(self, view: QAbstractScrollArea) -> None:
        super().__init__(view)
        self._view = view
        self._until: float | None = None  # when reading ends in this turn; None: none was begun
        self._postponed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_turn)

    def may_read(self) -> bool:
        """Whether it is time to; else the view is painted once more."""
        if self._until is None:
            self._until = time.monotonic() + READ_FOR
            self._timer.start()
        elif time.monotonic() >= self._until:
            self._postponed = True
            return False
        return True

    def _on_turn(self) -> None:
        self._until = None
        if self._postponed:
            self._postponed = False
            self._view.viewport().update()
