"""The sheet tray: chosen sprites in their order, and how the sheet is laid out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from pixelforge.gui.shared.mime import MIME_TYPE, from_mime, to_mime
from pixelforge.gui.shared.sprite_delegate import SPRITE_ROLE
from pixelforge.imaging.pixels import Pixels
from pixelforge.imaging.sheet_plan import SheetOptions
from pixelforge.services.export import sheet_picture
from pixelforge.services.sprites import Sprite
from pixelforge.words import counted

ROWS_TYPE = "application/x-pixelforge-tray-rows"  # space-separated: the tray's own rows, on their way within it

AnyIndex = QModelIndex | QPersistentModelIndex


class TrayModel(QAbstractListModel):
    """Sprites in order; the same one may be in twice. Every change of them can be undone."""

    sheet_changed = Signal()

    def __init__(self, undo: QUndoStack, drag_folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._undo = undo
        self._drag_folder = drag_folder
        self._sprites: tuple[Sprite, ...] = ()
        self._options = SheetOptions()

    @property
    def sprites(self) -> tuple[Sprite, ...]:
        """In their order."""
        return self._sprites

    @property
    def options(self) -> SheetOptions:
        """How the sheet is laid out."""
        return self._options

    def sheet(self) -> Pixels | None:
        """The picture that export writes, (H, W, 4); None while the tray is empty."""
        return sheet_picture(self._sprites, self._options) if self._sprites else None

    def set_columns(self, columns: int | None) -> None:
        """So many sprites a row; None for the most nearly square grid."""
        self._set_options(replace(self._options, columns=columns))

    def set_padding(self, padding: int) -> None:
        """Transparent pixels between the sprites."""
        self._set_options(replace(self._options, padding=padding))

    def add(self, sprites: Sequence[Sprite], at: int | None = None) -> None:
        """Put sprites in before row `at`; None: at the end."""
        if sprites:
            at = len(self._sprites) if at is None else at
            now = (*self._sprites[:at], *sprites, *self._sprites[at:])
            self._change(f"Add {_count(len(sprites))} to the tray", now)

    def remove(self, rows: Sequence[int]) -> None:
        """Take rows out."""
        gone = set(rows)
        if gone:
            now = tuple(sprite for row, sprite in enumerate(self._sprites) if row not in gone)
            self._change(f"Remove {_count(len(gone))} from the tray", now)

    def move(self, rows: Sequence[int], to: int) -> None:
        """Put rows before row `to`, in the order that they have now."""
        moved = sorted(set(rows))
        rest = [row for row in range(len(self._sprites)) if row not in set(moved)]
        before = sum(row < to for row in rest)
        order = [*rest[:before], *moved, *rest[before:]]
        if order != sorted(order):
            self._change("Reorder the tray", tuple(self._sprites[row] for row in order))

    def clear(self) -> None:
        """Take everything out."""
        self.remove(range(len(self._sprites)))

    def put(self, sprites: tuple[Sprite, ...]) -> None:
        """Hold these; for the undo commands alone."""
        self.beginResetModel()
        self._sprites = sprites
        self.endResetModel()
        self.sheet_changed.emit()

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        """How many sprites are in the tray."""
        return 0 if parent is not None and parent.isValid() else len(self._sprites)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A sprite, or what it is in words."""
        if not index.isValid() or index.row() >= len(self._sprites):
            return None
        sprite = self._sprites[index.row()]
        if role == SPRITE_ROLE:
            return sprite
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{index.row() + 1}: {sprite.class_name}, seed {sprite.seed}"
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Sprites can be dragged, and dropped between others."""
        flag = Qt.ItemFlag
        if not index.isValid():
            return flag.ItemIsDropEnabled
        return flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsDragEnabled | flag.ItemNeverHasChildren

    def supportedDropActions(self) -> Qt.DropAction:
        """Sprites from elsewhere are copied; the tray's own are moved, which `dropMimeData` does itself."""
        return Qt.DropAction.CopyAction

    def mimeTypes(self) -> list[str]:
        """What can be dropped here."""
        return [MIME_TYPE]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The sprites of these rows, as files as well, with their rows."""
        rows = sorted(index.row() for index in indexes)
        sprites = [self._sprites[row] for row in rows]
        try:
            mime = to_mime(sprites, self._drag_folder)
        except OSError:
            mime = to_mime(sprites)  # no files can be written, but reordering needs none
        mime.setData(ROWS_TYPE, " ".join(map(str, rows)).encode())
        return mime

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: AnyIndex) -> bool:
        """Take in sprites from elsewhere, or reorder the tray's own."""
        to = row if row >= 0 else len(self._sprites)
        if data.hasFormat(ROWS_TYPE):
            self.move([int(text) for text in bytes(data.data(ROWS_TYPE).data()).split()], to)
            return True
        sprites = from_mime(data)
        self.add(sprites, to)
        return bool(sprites)

    def _set_options(self, options: SheetOptions) -> None:
        if options != self._options:
            self._options = options
            self.sheet_changed.emit()

    def _change(self, text: str, now: tuple[Sprite, ...]) -> None:
        self._undo.push(_Change(text, self, now))


class _Change(QUndoCommand):
    def __init__(self, text: str, tray: TrayModel, now: tuple[Sprite, ...]) -> None:
        super().__init__(text)
        self._tray = tray
        self._before, self._now = tray.sprites, now

    def redo(self) -> None:
        self._tray.put(self._now)

    def undo(self) -> None:
        self._tray.put(self._before)


def _count(sprites: int) -> str:
    return counted(sprites, "sprite")
