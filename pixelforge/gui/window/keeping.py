"""Keeps what lies on the stage for the next start, marks there what is in the set, and passes on what the sets say."""

from __future__ import annotations

from PySide6.QtCore import QObject

from pixelforge.errors import HistoryError
from pixelforge.gui.window.studio import Studio, cell_of
from pixelforge.services.sets import SetStore


class Keeping(QObject):
    """Writes the stage whenever it changes, so that a kill loses nothing."""

    def __init__(self, studio: Studio, store: SetStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._store = store
        self._staged: list[int] = []
        studio.stage.changed.connect(self._keep_stage)
        studio.tray.refused.connect(studio.messages.inform)
        studio.tray.sets.failed.connect(studio.messages.warn)
        studio.tray.sets.changed.connect(self._mark)
        studio.history.changed_elsewhere.connect(studio.tray.sets.reload)
        self._mark()

    def restore(self) -> None:
        """Put on the stage what lay there, but for what was deleted."""
        try:
            self._staged = self._store.staged()
        except HistoryError as error:
            self._studio.messages.warn(str(error))
        if entries := self._studio.history.entries_of(self._staged):
            self._studio.stage.show_finished([cell_of(entry) for entry in entries])

    def _keep_stage(self) -> None:
        stage = self._studio.stage
        if stage.sprites is not None and not stage.cells:
            return  # a run forms: until it is done, the batch before it is what a kill must not lose
        batch = self._studio.visit.home or stage.cells  # what is only looked at does not take the batch's place
        now = [cell.id for cell in batch if cell.id is not None]
        if now != self._staged:
            self._staged = now
            try:
                self._store.stage(now)
            except HistoryError as error:
                self._studio.messages.warn(str(error))

    def _mark(self) -> None:
        gathered = frozenset(sprite.fingerprint for sprite in self._studio.tray.sprites)
        self._studio.stage.set_gathered(gathered)
        self._studio.history.set_gathered(gathered)
