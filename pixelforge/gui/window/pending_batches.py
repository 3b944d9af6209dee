"""Keeps the queue and the batch that is being made for the next start, and brings them back then."""

from __future__ import annotations

from PySide6.QtCore import QObject

from pixelforge.errors import HistoryError, RequestError
from pixelforge.gui.generating.generation_model import GenerationModel
from pixelforge.gui.generating.states import Waiting
from pixelforge.gui.shared.messages import MessageAction, Messages
from pixelforge.services.pending import Pending, PendingStore
from pixelforge.words import counted


class PendingBatches(QObject):
    """Writes what is not made yet whenever that changes."""

    def __init__(
        self, generation: GenerationModel, store: PendingStore, messages: Messages, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._generation = generation
        self._store = store
        self._messages = messages

    def restore(self) -> None:
        """Let the batches of last time wait until the user wants them; from now on keep what waits."""
        try:
            kept = self._store.read()
        except HistoryError as error:
            self._messages.warn(str(error))
            kept = ()
        possible = [batch for one in kept if (batch := self._batch(one)) is not None]
        self._generation.restore_queue(possible)
        self._generation.pending_changed.connect(self._keep)
        self._keep()
        if left_out := len(kept) - len(possible):
            self._messages.warn(f"{counted(left_out, 'waiting batch')} cannot be made: the model is gone or changed.")
        elif possible:
            was = "was" if len(possible) == 1 else "were"
            self._messages.inform(
                f"{counted(len(possible), 'batch')} of last time {was} not finished.",
                MessageAction("Go on", self._generation.go_on),
            )

    def _batch(self, one: Pending) -> Waiting | None:
        """None for one whose model is not there, or cannot make it any more."""
        entries = self._generation.library.entries
        entry = next((entry for entry in entries if entry.name == one.model and entry.header is not None), None)
        if entry is None or entry.header is None:
            return None
        try:
            one.request.check(entry.header)
        except RequestError:
            return None
        return Waiting(entry, one.request, set_name=one.set_name, sprite_names=one.sprite_names)

    def _keep(self) -> None:
        batches = [
            Pending(
                model=batch.entry.name,
                request=batch.request,
                set_name=batch.set_name,
                sprite_names=batch.sprite_names,
            )
            for batch in self._generation.pending
        ]
        try:
            self._store.keep(batches)
        except HistoryError as error:
            self._messages.warn(str(error))
