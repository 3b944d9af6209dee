"""The strokes that were made, to be taken back and made again."""

from __future__ import annotations

from pixelforge.gui.desk.film import Film


class Strokes:
    """Films as they were before each stroke; without end."""

    def __init__(self) -> None:
        self._done: list[Film] = []
        self._undone: list[Film] = []

    @property
    def can_undo(self) -> bool:
        """Whether there is a stroke to undo."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether there is a stroke to make again."""
        return bool(self._undone)

    def add(self, before: Film) -> None:
        """A stroke is made; what was undone is forgotten."""
        self._done.append(before)
        self._undone = []

    def undo(self, now: Film) -> Film:
        """The film before the last stroke."""
        self._undone.append(now)
        return self._done.pop()

    def redo(self, now: Film) -> Film:
        """The film after the stroke that was undone last."""
        self._done.append(now)
        return self._undone.pop()
