"""The models that sprites can be made with, and the chosen one, observable."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from pixelforge.core.header import ModelHeader
from pixelforge.gui.shared.messages import Messages
from pixelforge.services.model_library import ModelEntry
from pixelforge.services.paths import DEFAULT_MODEL


class Library(QObject):
    """At first the bundled model is chosen, or another where that cannot be read.

    entries: the models to choose from.
    """

    entries_changed = Signal()
    entry_changed = Signal()

    def __init__(self, entries: Sequence[ModelEntry], messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries = tuple(entries)
        self._messages = messages
        self._entry = self._usual()
        problems = [entry.problem for entry in self._entries if entry.header is None]
        if self._entry is None:
            missing = "There is no model to make sprites with: install PixelForge again, or train one."
            messages.complain("\n".join([*problems, missing]))
        elif problems:
            messages.warn("\n".join(problems))

    @property
    def entries(self) -> tuple[ModelEntry, ...]:
        """The models there are."""
        return self._entries

    @property
    def entry(self) -> ModelEntry | None:
        """The chosen model; None where there is none that can be read."""
        return self._entry

    @property
    def header(self) -> ModelHeader | None:
        """The chosen model's header."""
        return self._entry.header if self._entry else None

    def choose(self, entry: ModelEntry) -> None:
        """Take another model; one that cannot be read is complained of, and the one in use stays."""
        if entry == self._entry:
            return
        if entry.header is None:
            self._messages.complain(entry.problem)
            self.entries_changed.emit()  # the list of models goes back to the one that is in use
            return
        self._entry = entry
        self.entry_changed.emit()

    def add(self, entry: ModelEntry) -> None:
        """Have a model that can be chosen from now on; it takes the place of one of the same file."""
        self._entries = (*(known for known in self._entries if known.path != entry.path), entry)
        self.entries_changed.emit()

    def remove(self, entry: ModelEntry) -> None:
        """Forget a model that is there no longer; if it was the chosen one, the bundled one takes its place."""
        self._entries = tuple(known for known in self._entries if known.path != entry.path)
        if self._entry is not None and self._entry.path == entry.path:
            self._entry = None
            if (other := self._usual()) is not None:
                self.choose(other)
        self.entries_changed.emit()

    def _usual(self) -> ModelEntry | None:
        readable = [entry for entry in self._entries if entry.header is not None]
        return next((entry for entry in readable if entry.name == DEFAULT_MODEL), readable[0] if readable else None)
