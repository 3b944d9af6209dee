"""A look at a sprite of the history on the stage, and the way back to the batch that lay there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from pixelforge.gui.history.history_model import HistoryModel
from pixelforge.gui.stage.stage_model import StageCell, StageModel


class Visit(QObject):
    """Remembers the batch, however many sprites of the history are looked at in between."""

    changed = Signal()  # there is a way back, or none any more

    def __init__(self, stage: StageModel, history: HistoryModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stage = stage
        self._history = history
        self._home: tuple[StageCell, ...] = ()

    @property
    def home(self) -> tuple[StageCell, ...]:
        """The batch that one came from; empty where nothing is looked at, or nothing lay there."""
        return self._home

    def begin(self, cells: Sequence[StageCell]) -> None:
        """Look at these."""
        self._home = self._home or self._stage.cells
        self._stage.show_finished(cells)
        self.changed.emit()

    def end(self) -> bool:
        """Go back to the batch, less what was deleted in the meantime; whether there was one."""
        if not self._home:
            return False
        kept = {entry.id: entry for entry in self._history.entries_of([c.id for c in self._home if c.id is not None])}
        cells = [
            cell if cell.id is None else replace(cell, starred=kept[cell.id].starred)
            for cell in self._home
            if cell.id is None or cell.id in kept
        ]
        self.forget()
        self._stage.show_finished(cells)
        return True

    def forget(self) -> None:
        """A new batch lies on the stage: there is nothing to go back to."""
        self._home = ()
        self.changed.emit()
