"""The shown set as a list for Qt's views: its sprites in their order, and how its sheet is laid out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from pixelforge.errors import RequestError
from pixelforge.gui.shared.mime import MIME_TYPE, from_mime, to_mime
from pixelforge.gui.shared.plain import plain
from pixelforge.gui.shared.sprite_delegate import SPRITE_ROLE
from pixelforge.gui.tray.sets_model import SetsModel
from pixelforge.imaging.palette import PaletteRule
from pixelforge.imaging.pixels import Pixels
from pixelforge.imaging.sheet_plan import SheetOptions
from pixelforge.services.export import recoloured_alone, sheet_picture
from pixelforge.services.naming import DEFAULT_PATTERN, check_name, sprite_names
from pixelforge.services.sprites import Sprite
from pixelforge.words import counted

ROWS_TYPE = "application/x-pixelforge-tray-rows"  # space-separated: the set's own rows, on their way within it
NAMED_ROLE = Qt.ItemDataRole.UserRole + 10  # bool: whether the name is the sprite's own

AnyIndex = QModelIndex | QPersistentModelIndex


class TrayModel(QAbstractListModel):
    """Sprites in order, each of them once, under names that are unlike. Every change can be undone."""

    sheet_changed = Signal()
    refused = Signal(str)  # why something was not done, or not all of it

    def __init__(self, sets: SetsModel, drag_folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.sets = sets
        self._drag_folder = drag_folder
        self._options = SheetOptions()
        self._sprites: tuple[Sprite, ...] = ()
        self._shown: tuple[Sprite, ...] = ()  # the sprites in the palette that is tried on
        self._tried: PaletteRule | None = None
        self._names: list[str] = []
        sets.changed.connect(self._show)
        self._show()

    @property
    def sprites(self) -> tuple[Sprite, ...]:
        """The sprites in their order."""
        return self._sprites

    @property
    def names(self) -> list[str]:
        """The names that they are exported by: their own, else class and number."""
        return self._names

    @property
    def options(self) -> SheetOptions:
        """How the sheet is laid out."""
        return self._options

    def sheet(self) -> Pixels | None:
        """The picture that export writes, (H, W, 4), in a palette that is tried on; None while the set is empty."""
        return sheet_picture(self._shown, self._options) if self._shown else None

    def try_on(self, rule: PaletteRule | None) -> None:
        """Show the sprites under a palette; they themselves stay as they are. None: as they are."""
        if rule != self._tried:
            self._tried = rule
            self._show_as_tried()

    def recolour(self, rule: PaletteRule) -> None:
        """Put all sprites under a palette; of those that come to look alike the first stays."""
        self.sets.put_sprites(_unlike(recoloured_alone(self._sprites, rule)), "Recolour the set")

    def set_columns(self, columns: int | None) -> None:
        """So many sprites a row; None for the most nearly square grid."""
        self._set_options(replace(self._options, columns=columns))

    def set_padding(self, padding: int) -> None:
        """Transparent pixels between the sprites."""
        self._set_options(replace(self._options, padding=padding))

    def add(self, sprites: Sequence[Sprite], at: int | None = None) -> None:
        """Put sprites in before row `at`; None: at the end. Those that are in already stay where they are."""
        at = len(self._sprites) if at is None else at
        there = {sprite.fingerprint for sprite in self._sprites}
        fresh: dict[bytes, Sprite] = {}
        for sprite in sprites:
            if sprite.fingerprint not in there:
                fresh.setdefault(sprite.fingerprint, sprite)
        if fresh:
            now = (*self._sprites[:at], *fresh.values(), *self._sprites[at:])
            self.sets.put_sprites(now, f"Add {_count(len(fresh))} to the set")
        if len(fresh) < len(sprites):
            self.refused.emit(self._left_out(sprites, len(fresh)))

    def begin_set(self, name: str, sprites: Sequence[Sprite]) -> None:
        """Put sprites into a new set of this name, and show it; those that look alike are in it once."""
        unlike = _unlike(sprites)
        self.sets.begin(name, unlike)
        if left_out := len(sprites) - len(unlike):
            self.refused.emit(
                f"{counted(left_out, 'sprite')} of the list came out like another and is in the set once."
            )

    def remove(self, rows: Sequence[int]) -> None:
        """Take rows out."""
        gone = set(rows)
        if gone:
            now = tuple(sprite for row, sprite in enumerate(self._sprites) if row not in gone)
            self.sets.put_sprites(now, f"Remove {_count(len(gone))} from the set")

    def move(self, rows: Sequence[int], to: int) -> None:
        """Put rows before row `to`, in the order that they have now."""
        moved = sorted(set(rows))
        rest = [row for row in range(len(self._sprites)) if row not in set(moved)]
        before = sum(row < to for row in rest)
        order = [*rest[:before], *moved, *rest[before:]]
        if order != sorted(order):
            self.sets.put_sprites(tuple(self._sprites[row] for row in order), "Reorder the set")

    def clear(self) -> None:
        """Take everything out."""
        self.remove(range(len(self._sprites)))

    def check_name(self, row: int, name: str) -> str:
        """A name that the sprite of a row can have; empty for none of its own. Raises RequestError."""
        others = [other for at, other in enumerate(self._names) if at != row]
        return check_name(name, others) if name.strip() else ""

    def rename(self, row: int, name: str) -> None:
        """Call a sprite by a name; an empty one takes its name away. Raises RequestError."""
        name = self.check_name(row, name)
        sprite = self._sprites[row]
        if name not in (sprite.name, self._names[row]):
            text = f"Rename {self._names[row]} to {name}" if name else f"Take the name {sprite.name} away"
            renamed = replace(sprite, name=name)
            self.sets.put_sprites((*self._sprites[:row], renamed, *self._sprites[row + 1 :]), text)

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        """How many sprites are in the set."""
        return 0 if parent is not None and parent.isValid() else len(self._sprites)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A sprite, its name, or what it is in words."""
        if not index.isValid() or index.row() >= len(self._sprites):
            return None
        sprite, name = self._sprites[index.row()], self._names[index.row()]
        if role == SPRITE_ROLE:
            return self._shown[index.row()]
        if role == NAMED_ROLE:
            return bool(sprite.name)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return name
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            words = f"{index.row() + 1}: {name}, {sprite.class_name}, seed {sprite.seed}"
            return plain(words) if role == Qt.ItemDataRole.ToolTipRole else words
        return None

    def setData(self, index: AnyIndex, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Rename a sprite, as an editor in the list does it."""
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        try:
            self.rename(index.row(), str(value))
        except RequestError as error:
            self.refused.emit(str(error))
            return False
        return True

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Sprites can be dragged, renamed, and dropped between others."""
        flag = Qt.ItemFlag
        if not index.isValid():
            return flag.ItemIsDropEnabled
        able = flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsDragEnabled | flag.ItemIsEditable
        return able | flag.ItemNeverHasChildren

    def supportedDropActions(self) -> Qt.DropAction:
        """Sprites from elsewhere are copied; the set's own are moved, which `dropMimeData` does itself."""
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
        """Take in sprites from elsewhere, or reorder the set's own."""
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

    def _show(self) -> None:
        now = self.sets.current.sprites
        if now == self._sprites:
            return  # it is a set's name that has changed
        names = sprite_names(DEFAULT_PATTERN, now)
        if [sprite.fingerprint for sprite in now] == [sprite.fingerprint for sprite in self._sprites]:
            self._sprites, self._names = now, names  # what is selected stays
        else:
            self.beginResetModel()
            self._sprites, self._shown, self._names = now, now, names
            self.endResetModel()
        self._show_as_tried()

    def _show_as_tried(self) -> None:
        self._shown = tuple(recoloured_alone(self._sprites, self._tried))
        if self._shown:
            self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1))
        self.sheet_changed.emit()

    def _left_out(self, sprites: Sequence[Sprite], added: int) -> str:
        count = len(sprites) - added
        if len(sprites) > 1:
            which = f"{count:,} of the {len(sprites):,} sprites" if added else f"All {count:,} sprites"
            return f"{which} {'is' if count == 1 else 'are'} in the set already."
        name = next(
            name
            for name, sprite in zip(self._names, self._sprites, strict=True)
            if sprite.fingerprint == sprites[0].fingerprint
        )
        return f"The sprite is in the set already, as {name}."


def _unlike(sprites: Sequence[Sprite]) -> tuple[Sprite, ...]:
    """Each of them once."""
    unlike: dict[bytes, Sprite] = {}
    for sprite in sprites:
        unlike.setdefault(sprite.fingerprint, sprite)
    return tuple(unlike.values())


def _count(sprites: int) -> str:
    return counted(sprites, "sprite")
