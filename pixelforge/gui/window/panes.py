"""The parts of the window in turn: from one to the next by a key, without a walk through all their fields."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QWidget

from pixelforge.gui.generating.controls import Controls
from pixelforge.gui.history.history_strip import HistoryStrip
from pixelforge.gui.tray.tray import Tray
from pixelforge.gui.window.middle import Middle


class Panes:
    """Controls, stage or desk, history, set: `actions` give the keyboard to the next one and to the one before."""

    def __init__(self, controls: Controls, middle: Middle, history: HistoryStrip, tray: Tray, window: QWidget) -> None:
        self._controls, self._middle, self._history, self._tray = controls, middle, history, tray
        self.actions: list[QAction] = []
        for text, key, step in (("Ne&xt part", "F6", 1), ("P&revious part", "Shift+F6", -1)):
            action = QAction(text, window)
            action.setShortcut(key)
            action.triggered.connect(lambda _, step=step: self._go(step))
            self.actions.append(action)

    def _go(self, step: int) -> None:
        """Parts that are hidden are passed over; from elsewhere it goes to the first."""
        panes = [(part, at) for part, at in self._panes() if at.isVisible()]
        now = QApplication.focusWidget()
        here = [at for at, (part, _) in enumerate(panes) if now is not None and part.isAncestorOf(now)]
        if panes:
            panes[(here[0] + step) % len(panes) if here else 0][1].setFocus()

    def _panes(self) -> list[tuple[QWidget, QWidget]]:
        """Each part, and what in it takes the keyboard now."""
        what = self._controls.what
        room = self._middle.stage if self._middle.stage.isVisible() else self._middle.desk
        return [
            (self._controls, what.search if what.search.isVisible() else what.classes),
            (self._middle, room.canvas),
            (self._history, self._history.shown_list),
            (self._tray, self._tray.view),
        ]
