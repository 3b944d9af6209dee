"""What can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtGui import QUndoCommand

from pixelforge.gui.history.history_model import HistoryModel
from pixelforge.gui.stage.stage_model import StageCell, StageModel
from pixelforge.services.sprites import Sprite
from pixelforge.words import counted


class DeleteSprites(QUndoCommand):
    """Takes sprites from the history into its bin, and from the stage; undone, both are as before."""

    def __init__(
        self, history: HistoryModel, stage: StageModel, cells: Sequence[StageCell], ids: Sequence[int] = ()
    ) -> None:
        """cells: on the stage or shown from the history. ids: of further sprites in the history."""
        self._history = history
        self._stage = stage
        self._ids = [*ids, *(cell.id for cell in cells if cell.id is not None)]
        self._unkept = {id(cell.sprite) for cell in cells if cell.id is None}
        self._before: tuple[StageCell, ...] = ()
        self._after: tuple[StageCell, ...] = ()
        count = len(self._ids) + len(self._unkept)
        super().__init__(f"Delete {counted(count, 'sprite')}")

    def redo(self) -> None:
        """Delete them."""
        self._gone = self._history.delete(self._ids)
        gone = set(self._ids)
        self._before = self._stage.cells
        self._after = tuple(
            cell for cell in self._before if cell.id not in gone and id(cell.sprite) not in self._unkept
        )
        if len(self._after) != len(self._before):
            self._stage.replace_cells(self._after)

    def undo(self) -> None:
        """Bring them back; on the stage only if it still shows the rest."""
        self._history.restore(self._gone)
        kept = [cell.id for cell in self._before if cell.id is not None]
        lost = set(kept) - {entry.id for entry in self._history.entries_of(kept)}  # the bin was emptied since
        if [cell.sprite for cell in self._stage.cells] == [cell.sprite for cell in self._after]:
            self._stage.replace_cells([replace(c, id=None) if c.id in lost else c for c in self._before])


class ExchangeSprites(QUndoCommand):
    """Puts new sprites into the history and, on the stage, into the place of old ones; the history keeps the old."""

    def __init__(
        self, text: str, history: HistoryModel, stage: StageModel, pairs: Sequence[tuple[StageCell, Sprite]]
    ) -> None:
        """pairs: what lies on the stage, and what comes into its place."""
        super().__init__(text)
        self._history = history
        self._stage = stage
        self._old = [cell for cell, _ in pairs]
        self._new = [StageCell(sprite, None) for _, sprite in pairs]
        self._ids: Sequence[int] | None = None  # of the new ones; None before they were ever kept

    def redo(self) -> None:
        """Exchange them."""
        if self._ids is None:
            self._ids = self._history.add([cell.sprite for cell in self._new])
            self._new = [replace(cell, id=id_) for cell, id_ in zip(self._new, self._ids, strict=False)] or self._new
        else:
            self._history.restore(self._ids)
        self._stage.exchange(list(zip(self._old, self._new, strict=True)))

    def undo(self) -> None:
        """Put the old ones back, the new ones into the bin."""
        if self._ids:
            self._history.delete(self._ids)
        self._stage.exchange(list(zip(self._new, self._old, strict=True)))
