"""What the actions on sprites work on."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget

from pixelforge.gui.history.history_strip import HistoryStrip
from pixelforge.gui.stage.stage_model import StageCell, StageModel
from pixelforge.gui.window.studio import cell_of


class ActivePane(QObject):
    """The stage, or the history where that had the keyboard last."""

    changed = Signal()

    def __init__(self, stage: QWidget, model: StageModel, history: HistoryStrip, parent: QObject) -> None:
        super().__init__(parent)
        self._stage = stage
        self._model = model
        self._history = history
        self._active: QWidget = stage
        QApplication.instance().focusChanged.connect(self._on_focus)  # type: ignore[union-attr]  # one stands by now

    def chosen(self) -> tuple[StageCell, ...]:
        """The sprites that are chosen there."""
        if self._active is self._history:
            return tuple(cell_of(entry) for entry in self._history.selected_entries())
        return self._model.chosen()

    def shown(self) -> tuple[StageCell, ...]:
        """The same sprites in the colours that they are seen in."""
        chosen = self.chosen()
        return chosen if self._active is self._history else self._model.as_shown(chosen)

    def _on_focus(self, before: QWidget | None, now: QWidget | None) -> None:
        for pane in (self._stage, self._history):
            if now is not None and (now is pane or pane.isAncestorOf(now)):
                self._active = pane
                self.changed.emit()
