"""The batches that the user asks for: one is made, the others wait for their turn."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from pixelforge.gui.generating.settings_model import SettingsModel
from pixelforge.gui.generating.states import Waiting
from pixelforge.gui.shared.library import Library
from pixelforge.services.lists import read_list
from pixelforge.services.model_library import ModelEntry
from pixelforge.services.requests import GenerationRequest, in_palette


class BatchQueue(SettingsModel):
    """The settings, and what is asked for by them, in its order. How a batch is made is the subclass's to say."""

    queue_changed = Signal()
    pending_changed = Signal()

    def __init__(self, library: Library, draw_seed: Callable[[], int], parent: QObject | None = None) -> None:
        super().__init__(library, draw_seed, parent)
        self._queue: tuple[Waiting, ...] = ()
        self._paused = False  # what waits does so until the user wants it
        self._current: Waiting | None = None  # what is being made

    @property
    def queue(self) -> tuple[Waiting, ...]:
        """What is made after the current run, the next one first."""
        return self._queue

    @property
    def paused(self) -> bool:
        """Whether what waits does so until the user wants it."""
        return self._paused and bool(self._queue)

    @property
    def pending(self) -> tuple[Waiting, ...]:
        """What was asked for and comes into the history but is not there yet, the next one first."""
        current = () if self._current is None else (self._current,)
        return tuple(batch for batch in (*current, *self._queue) if batch.kept)

    def generate(self) -> None:
        """Make a batch with the settings as they stand, now or after those that are being made or wait."""
        if self.entry is None or self._settings is None:
            return
        if not self._settings.seed_locked:
            self.roll_seed()
        self._submit(Waiting(self.entry, self._coloured(self._settings.request)))

    def make(self, request: GenerationRequest, entry: ModelEntry | None = None) -> None:
        """Make a batch that is none of the settings', by the chosen model or another; as `generate` does."""
        if (maker := entry or self.entry) is not None:
            self._submit(Waiting(maker, request))

    def make_list(self, path: Path) -> None:
        """Make all that a table asks for, otherwise as the settings stand, into a set of its own; as `generate` does.

        Raises RequestError that says what is wrong with the table.
        """
        if self.entry is None or self._settings is None:
            return
        if not self._settings.seed_locked:
            self.roll_seed()
        now = self._settings.request
        asked = read_list(path, self.offer, now.seed, now.best_of)
        request = self._coloured(replace(asked.request(now.sampling), palette=now.palette, best_of=now.best_of))
        self._submit(Waiting(self.entry, request, set_name=asked.title, sprite_names=asked.names))

    def cancel(self, waiting: Waiting) -> None:
        """Take a batch out of the queue."""
        self._set_queue(tuple(batch for batch in self._queue if batch is not waiting))

    def restore_queue(self, batches: Sequence[Waiting]) -> None:
        """Let batches wait until the user wants them."""
        self._paused = True
        self._set_queue((*batches, *self._queue))

    def go_on(self) -> None:
        """Make what waits, if nothing is being made."""
        self._paused = False
        if self._queue and self._current is None:
            batch, *rest = self._queue
            self._current = batch  # before it leaves the queue: at no moment it is in neither
            self._set_queue(tuple(rest))
            self._begin(batch)

    @abstractmethod
    def _begin(self, batch: Waiting) -> None:
        """Make a batch; while it is made it is `_current`."""

    def _submit(self, batch: Waiting, *, first: bool = False) -> None:
        """Begin a batch, or let it wait while others are made; first: before all that wait, which go on waiting."""
        if self._current is None and (first or not self._queue):
            self._paused = self._paused and first
            self._begin(batch)
        else:
            self._set_queue((batch, *self._queue) if first else (*self._queue, batch))
            self.go_on()

    def _coloured(self, request: GenerationRequest) -> GenerationRequest:
        """A request in its palette: drawn in it by a model that can. One that is reduced is so as it is."""
        rule = request.palette
        if rule is None or rule.reduce_to is not None or self.header is None:
            return request
        return in_palette(replace(request, palette=None), rule, self.header)

    def _set_queue(self, queue: tuple[Waiting, ...]) -> None:
        if queue != self._queue:
            self._queue = queue
            self.queue_changed.emit()
            self.pending_changed.emit()
