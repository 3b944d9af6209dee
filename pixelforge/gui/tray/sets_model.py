"""The sets, and which of them is shown."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from pixelforge.errors import HistoryError
from pixelforge.services.naming import check_name
from pixelforge.services.sets import SetStore, SpriteSet, merged_set
from pixelforge.services.sprites import Sprite

T = TypeVar("T")


class SetsModel(QObject):
    """At least one set. Every change of one can be undone, and is kept at once; HistoryErrors come out as `failed`."""

    changed = Signal()
    begun = Signal(object, object)  # a new set by its id, and the one that was shown before
    deleted = Signal(object)  # a set by its id, and not by Undo
    failed = Signal(str)

    def __init__(
        self, store: SetStore, undo: QUndoStack, clock: Callable[[], int] = time.time_ns, parent: QObject | None = None
    ) -> None:
        """clock: for the ids of new sets, so that no two windows give the same one."""
        super().__init__(parent)
        self._store = store
        self._undo = undo
        self._clock = clock
        self._sets: tuple[SpriteSet, ...] = ()
        self._current = 0
        self._take(*self._read())
        if not self._sets:
            first = SpriteSet(clock(), self.free_name())
            sets = self._keep(lambda: store.begin(first)) or (first,)
            self._take(sets, sets[0].id)

    @property
    def sets(self) -> tuple[SpriteSet, ...]:
        """The sets in the order in which they were made."""
        return self._sets

    @property
    def current(self) -> SpriteSet:
        """The one that is shown."""
        return next(one for one in self._sets if one.id == self._current)

    def choose(self, id_: int) -> None:
        """Show another set."""
        if id_ != self._current and any(one.id == id_ for one in self._sets):
            self._current = id_
            self._keep(lambda: self._store.choose(id_))
            self.changed.emit()

    def new(self) -> None:
        """Begin an empty set under a name of its own, and show it."""
        before, made = self._current, SpriteSet(self._clock(), self.free_name())
        self._push("New set", None, made)
        self.begun.emit(made.id, before)

    def begin(self, name: str, sprites: tuple[Sprite, ...]) -> None:
        """Begin a set with these under a name, or one like it that is free, and show it."""
        self._push(f"Make the set {name}", None, SpriteSet(self._clock(), self.free_name(name), sprites))

    def lay(self, text: str, values: Sequence[SpriteSet]) -> None:
        """Have sets be as they are told, those that there are not yet among them; one step for Undo.

        The shown set stays the one that is shown.
        """
        by_id, shown = {one.id: one for one in self._sets}, self._current
        self._undo.beginMacro(text)
        for value in values:
            self._undo.push(_Change(text, self, by_id.get(value.id), value))
        self._undo.endMacro()
        self.choose(shown)

    def new_ids(self, count: int) -> range:
        """Ids of sets that there are not yet."""
        first = self._clock()
        return range(first, first + count)

    def check_name(self, name: str) -> str:
        """A name that the shown set can have, without spaces around it. Raises RequestError."""
        return check_name(name, [one.name for one in self._sets if one.id != self._current])

    def rename(self, name: str) -> None:
        """Call the shown set by another name. Raises RequestError."""
        name = self.check_name(name)
        if name != self.current.name:
            self._push(f"Rename the set to {name}", self.current, replace(self.current, name=name))

    def delete(self) -> None:
        """Delete the shown set, if it is not the only one."""
        if len(self._sets) > 1:
            self._push(f"Delete the set {self.current.name}", self.current, None)

    def put_sprites(self, sprites: tuple[Sprite, ...], text: str) -> None:
        """Have the shown set hold these; `text` says what is done, for Undo."""
        self._push(text, self.current, replace(self.current, sprites=sprites))

    def put(self, id_: int, before: SpriteSet | None, value: SpriteSet | None) -> None:
        """Have a set that was as `before` be as it is told, and show it; None: there is none.

        What another window has made of it since stays. For the undo commands alone.
        """
        rest = [one for one in self._sets if one.id != id_]
        if value is not None:
            there = next((one for one in self._sets if one.id == id_), None)
            wanted = value if before is None or there is None else merged_set(before, value, there)
            now, shown = (*rest, self._keep(lambda: self._store.save(wanted)) or wanted), id_
        elif rest:
            left = [one.id for one in rest if one.id < id_]
            now, shown = tuple(rest), left[-1] if left else rest[0].id
            if self._keep(lambda: self._store.delete(id_)) is None:
                self.reload()
                return
        else:
            return  # another window has deleted the others in the meantime
        self._keep(lambda: self._store.choose(shown))
        self._take(now, shown)
        self.changed.emit()

    def reload(self) -> None:
        """Show what another window has made of the sets."""
        sets, _ = self._read()
        if sets and [one.looks for one in sets] != [one.looks for one in self._sets]:
            self._take(sets, self._current)
            self.changed.emit()

    def _read(self) -> tuple[tuple[SpriteSet, ...], int | None]:
        try:
            return self._store.sets(), self._store.chosen()
        except HistoryError as error:
            self.failed.emit(str(error))
            return (), None

    def _take(self, sets: tuple[SpriteSet, ...], shown: int | None) -> None:
        self._sets = tuple(sorted(sets, key=lambda one: one.id))
        known = [one.id for one in self._sets]
        self._current = shown if shown in known else known[0] if known else 0

    def _keep(self, write: Callable[[], T]) -> T | None:
        """What writing gives; None where it failed, which is said."""
        try:
            return write()
        except HistoryError as error:
            self.failed.emit(str(error))
            return None

    def _push(self, text: str, before: SpriteSet | None, now: SpriteSet | None) -> None:
        self._undo.push(_Change(text, self, before, now))

    def free_name(self, wanted: str = "", also: Collection[str] = ()) -> str:
        """A name that no set has, nor is among `also`: this one, or one like it."""
        taken = {name.casefold() for name in (*also, *(one.name for one in self._sets))}
        if wanted and wanted.casefold() not in taken:
            return wanted
        stem, number = wanted or "Set", 2 if wanted else 1
        while f"{stem} {number}".casefold() in taken:
            number += 1
        return f"{stem} {number}"


class _Change(QUndoCommand):
    def __init__(self, text: str, sets: SetsModel, before: SpriteSet | None, now: SpriteSet | None) -> None:
        super().__init__(text)
        self._sets = sets
        self._before, self._now = before, now
        self._id = next(one.id for one in (before, now) if one is not None)

    def redo(self) -> None:
        self._sets.put(self._id, self._before, self._now)
        if self._now is None and all(one.id != self._id for one in self._sets.sets):
            self._sets.deleted.emit(self._id)

    def undo(self) -> None:
        self._sets.put(self._id, self._now, self._before)
