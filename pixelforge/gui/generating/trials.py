"""What the settings make, fast and few, shown while one looks for what to ask for: nothing of it is kept unasked."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from pixelforge.gui.generating.batch_queue import BatchQueue
from pixelforge.gui.generating.states import Batch, Waiting, trial_of
from pixelforge.gui.shared.library import Library
from pixelforge.imaging.pixels import Pixels

PATIENCE = 0.3  # seconds of a moving hand after which a trial is let come to its end, so that there is something to see


class Trials(BatchQueue):
    """The queue, and the trial that is made while nothing of it is. The newest wins: one that is overtaken is dropped.

    clock: seconds. library, draw_seed: as SettingsModel takes them.
    """

    forming_changed = Signal()
    batch_finished = Signal(object)  # Batch

    def __init__(
        self,
        library: Library,
        draw_seed: Callable[[], int],
        clock: Callable[[], float],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(library, draw_seed, parent)
        self._clock = clock
        self._making: Batch | None = None  # the current run: its request, its model, its sprites as they stand
        self._tried: Batch | None = None  # a finished trial, as long as it is to be seen
        self._outdated = False  # whether the settings have changed since the trial began
        self._keeps = False  # whether the trial is kept as it is, once it is made
        self._seen_at = 0.0  # when there was a whole trial to be seen, or none was made yet
        self._shown: Pixels | None = None  # what was made last, which the next is like

    @property
    def trying(self) -> bool:
        """Whether a trial is being made or is to be seen."""
        return self._tried is not None or (self._current is not None and self._current.trial)

    def try_out(self) -> None:
        """Show at once, made fast and few, what the settings make; a trial that goes on is given up for it.

        Where one after another is given up, one of them is let come to its end now and then. Nothing happens while
        anything else is made.
        """
        if self.entry is None or self.entry.header is None or self._settings is None:
            return
        if self._current is not None and not self._current.trial:
            return
        self._keeps = False
        request = trial_of(self._coloured(self._settings.request), self.entry.header)
        if self._current is None:
            self._seen_at = self._clock()
        elif request == self._current.request and self.entry == self._current.entry:
            self._outdated = False
            return
        elif self._clock() - self._seen_at > PATIENCE:
            self._outdated = True
            return
        self._outdated = False
        self._tried = self._making or self._tried
        self._begin(Waiting(self.entry, request, trial=True))

    def keep_tried(self) -> None:
        """Make what was tried, with its seeds, as well as the settings say."""
        if self.entry is not None and self._settings is not None:
            self._submit(Waiting(self.entry, self._coloured(self._settings.request)))

    def keep_shown(self) -> None:
        """Keep what is tried as it is to be seen, once it is made."""
        if self._current is not None:
            self._keeps = self._current.trial
        elif self._tried is not None:
            kept, self._tried = self._tried, None
            self.batch_finished.emit(kept)

    def _submit(self, batch: Waiting, *, first: bool = False) -> None:
        """As in the base class; a trial that goes on makes room, and what is seen of it stays."""
        if self._current is not None and self._current.trial:
            self._give_up()
            self._tried = self._making
            self._making = self._current = None
            self._outdated = self._keeps = False
        super()._submit(batch, first=first)

    def _end_trial(self, made: Batch | None, *, whole: bool) -> None:
        """The trial has ended; whole: it came to its end."""
        again, keeps = self._outdated and whole, self._keeps and whole
        self._outdated = self._keeps = False
        if made is not None and whole:
            self._tried, self._shown, self._seen_at = made, made.sprites, self._clock()
        self._current = None
        self._show_end(whole)
        if again:
            self.try_out()
            self._keeps = keeps
        elif keeps:
            self.keep_shown()
        elif self._tried is None:
            self.forming_changed.emit()

    @abstractmethod
    def _give_up(self) -> None:
        """Have the worker stop; what it still reports belongs to nobody."""

    @abstractmethod
    def _show_end(self, whole: bool) -> None:
        """Say that nothing is made any more."""
