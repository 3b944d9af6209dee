"""The history as a list for Qt's views: only what is looked at is read and decoded."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from pixelforge.errors import HistoryError
from pixelforge.gui.history.entry_words import describe_entry
from pixelforge.gui.shared.mime import MIME_TYPE, to_mime
from pixelforge.gui.shared.plain import plain
from pixelforge.gui.shared.sprite_delegate import GATHERED_ROLE, READY_ROLE, SPRITE_ROLE, STARRED_ROLE
from pixelforge.services.batches import MadeBatch
from pixelforge.services.history import Entry, History, HistoryFilter
from pixelforge.services.sprites import Sprite

PAGE = 2  # rows that are read together; a view reads as many pages a frame as there is time for
CACHED = 2048  # entries that are kept decoded

AnyIndex = QModelIndex | QPersistentModelIndex
T = TypeVar("T")
U = TypeVar("U")


class HistoryModel(QAbstractListModel):
    """The sprites of a History that pass the filter, newest first. HistoryErrors come out as `failed`."""

    failed = Signal(str)
    starred_changed = Signal(object)  # the ids, list[int]
    filters_changed = Signal()  # there may be other classes or models to choose from
    counted = Signal(int)  # rows, whenever their number may have changed
    changed_elsewhere = Signal()  # another window has written into the file

    def __init__(self, history: History, drag_folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history = history
        self._drag_folder = drag_folder
        self._filter = HistoryFilter()
        self._cache: OrderedDict[int, Entry] = OrderedDict()
        self._ids: list[int] = []
        self._gathered: frozenset[bytes] = frozenset()
        self.reload()

    @property
    def filter(self) -> HistoryFilter:
        """Which sprites are listed."""
        return self._filter

    def set_filter(self, chosen: HistoryFilter) -> None:
        """List other sprites."""
        if chosen != self._filter:
            self._filter = chosen
            self.reload()

    def reload(self) -> None:
        """Read the list anew."""
        self.beginResetModel()
        self._ids = self._listed()
        self.endResetModel()
        self.counted.emit(len(self._ids))

    def refresh_if_changed(self) -> None:
        """Show what another window has put into the same history, or taken out."""
        try:
            changed = self._history.changed_elsewhere()
        except HistoryError:
            return  # said when the user next does something with it, and not every time this looks
        if changed:
            self._cache.clear()
            self._update()
            self._repaint(range(len(self._ids)))
            self.changed_elsewhere.emit()

    def bin(self) -> HistoryModel:
        """What was deleted, as a list of its own."""
        binned = HistoryModel(self._history, self._drag_folder)
        binned.set_filter(HistoryFilter(binned=True))
        return binned

    def empty_bin(self) -> None:
        """Remove for good what was deleted."""
        self._tried(self._history.empty_bin, None)

    def set_gathered(self, fingerprints: frozenset[bytes]) -> None:
        """Mark the sprites of these fingerprints: those in the shown set."""
        self._gathered = fingerprints
        if self._filter.in_set:
            self._update()
        self._repaint(range(len(self._ids)))

    def add(self, sprites: Sequence[Sprite]) -> tuple[int, ...]:
        """Keep sprites; their ids, none if they could not be kept."""
        ids = self._tried(lambda: self._history.add(sprites), ())
        if ids:
            self._update()
        return ids

    def replace(self, id_: int, sprite: Sprite) -> int | None:
        """Keep a sprite in place of another, or as a new one where that is gone; its id, None where it failed."""
        try:
            if not self._history.replace(id_, sprite):
                return next(iter(self.add([sprite])), None)
        except HistoryError as error:
            self.failed.emit(str(error))
            return None
        self._forget([id_])
        self._repaint([row for row in (self.row_of(id_),) if row >= 0])
        return id_

    def entry(self, row: int) -> Entry | None:
        """The sprite in a row; None if it is gone."""
        if not 0 <= row < len(self._ids):
            return None
        id_ = self._ids[row]
        if id_ not in self._cache:
            first = row // PAGE * PAGE
            self._fetch([i for i in self._ids[first : first + PAGE] if i not in self._cache])
        if id_ in self._cache:
            self._cache.move_to_end(id_)
        return self._cache.get(id_)

    def entries_of(self, ids: Sequence[int]) -> list[Entry]:
        """The sprites of these ids, whatever the filter."""
        return self._tried(lambda: self._history.entries(ids, self._filter.table), [])

    def batches(self) -> list[MadeBatch]:
        """What passes the filter, by the batches that it was made in, the newest first."""
        return self._tried(lambda: self._history.batches(self._filter), [])

    def find(self, sprite: Sprite) -> int | None:
        """The id of a sprite, whatever the filter; None where it is not there any more."""
        return self._tried(lambda: self._history.find(sprite), None)

    def ids_of(self, rows: Sequence[int]) -> list[int]:
        """The ids of the sprites in these rows."""
        return [self._ids[row] for row in rows]

    def row_of(self, id_: int) -> int:
        """The row of a sprite; -1 where it is not listed."""
        return self._ids.index(id_) if id_ in self._ids else -1

    def set_starred(self, ids: Sequence[int], starred: bool) -> None:
        """Star sprites, or take their stars away."""
        try:
            self._history.set_starred(ids, starred)
        except HistoryError as error:
            self.failed.emit(str(error))
            return
        self._forget(ids)
        self.starred_changed.emit(list(ids))
        self._update()
        self._repaint([row for id_ in ids if (row := self.row_of(id_)) >= 0])

    def delete(self, ids: Sequence[int]) -> tuple[int, ...]:
        """Put sprites into the bin; the ids of those that are there now, none if it failed."""
        gone = self._tried(lambda: self._history.delete(ids), None)
        if gone is None:
            return ()
        self._forget(ids)
        self._update()
        return gone

    def restore(self, ids: Sequence[int]) -> tuple[int, ...]:
        """Bring sprites back from the bin; the ids of those that are back."""
        back = self._tried(lambda: self._history.restore(ids), None)
        if back is None:
            return ()
        self._update()
        return back

    def unstarred(self) -> list[int]:
        """The ids of the sprites without a star that pass the filter."""
        return self._tried(lambda: self._history.unstarred(self._filter), [])

    def choices(self) -> tuple[list[str], list[str]]:
        """The classes and the models that there are sprites of."""
        try:
            return self._history.class_names(), self._history.models()
        except HistoryError:
            return [], []

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        """How many sprites are listed."""
        return 0 if parent is not None and parent.isValid() else len(self._ids)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A sprite, its star, or what it is in words."""
        if role == READY_ROLE:
            return 0 <= index.row() < len(self._ids) and self._ids[index.row()] in self._cache
        wanted = (
            SPRITE_ROLE,
            STARRED_ROLE,
            GATHERED_ROLE,
            Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.AccessibleTextRole,
            Qt.ItemDataRole.AccessibleDescriptionRole,
        )
        if not index.isValid() or role not in wanted:
            return None
        entry = self.entry(index.row())
        if entry is None:
            return None
        if role == SPRITE_ROLE:
            return entry.sprite
        gathered = entry.sprite.fingerprint in self._gathered
        if role == GATHERED_ROLE:
            return gathered
        if role == STARRED_ROLE:
            return entry.starred
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return "in the set" if gathered else ""
        return plain(describe_entry(entry)) if role == Qt.ItemDataRole.ToolTipRole else describe_entry(entry)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Rows can be chosen and dragged."""
        flag = Qt.ItemFlag
        return flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsDragEnabled | flag.ItemNeverHasChildren

    def mimeTypes(self) -> list[str]:
        """What a drag carries."""
        return [MIME_TYPE, "text/uri-list"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The sprites of these rows, as files as well."""
        entries = [self.entry(row) for row in sorted(index.row() for index in indexes)]
        sprites = [entry.sprite for entry in entries if entry is not None]
        try:
            return to_mime(sprites, self._drag_folder)
        except OSError:
            return to_mime(sprites)  # no files can be written, but the set needs none

    def _tried(self, ask: Callable[[], T], otherwise: U) -> T | U:
        """What the history answers; where it cannot, that is said."""
        try:
            return ask()
        except HistoryError as error:
            self.failed.emit(str(error))
            return otherwise

    def _listed(self) -> list[int]:
        return self._tried(lambda: self._history.ids(self._filter), [])

    def _update(self) -> None:
        """Bring the rows up to date, so that what is selected and scrolled to stays."""
        now = self._listed()
        wanted = set(now)
        for first, last in reversed(_runs([row for row, id_ in enumerate(self._ids) if id_ not in wanted])):
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._ids[first : last + 1]
            self.endRemoveRows()
        known = set(self._ids)
        for first, last in _runs([row for row, id_ in enumerate(now) if id_ not in known]):
            self.beginInsertRows(QModelIndex(), first, last)
            self._ids[first:first] = now[first : last + 1]
            self.endInsertRows()
        self.counted.emit(len(self._ids))
        self.filters_changed.emit()

    def _repaint(self, rows: Sequence[int]) -> None:
        if rows:
            self.dataChanged.emit(self.index(min(rows)), self.index(max(rows)))

    def _fetch(self, ids: Sequence[int]) -> None:
        for entry in self.entries_of(ids):
            self._cache[entry.id] = entry
        while len(self._cache) > CACHED:
            self._cache.popitem(last=False)

    def _forget(self, ids: Sequence[int]) -> None:
        for id_ in ids:
            self._cache.pop(id_, None)


def _runs(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending rows as ranges of neighbours, both ends included."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs
