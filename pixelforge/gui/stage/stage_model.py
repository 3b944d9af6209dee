"""What is on the stage, and which sprites of it are chosen; without widgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QObject, Signal

from pixelforge.hex_colours import Colour
from pixelforge.imaging.frames import Frames
from pixelforge.imaging.palette import PaletteRule
from pixelforge.imaging.pixels import Pixels
from pixelforge.imaging.sheet_plan import grid_columns
from pixelforge.services.export import recoloured_alone
from pixelforge.services.sprites import Sprite


@dataclass(frozen=True, eq=False)
class StageCell:
    """A finished sprite on the stage."""

    sprite: Sprite
    id: int | None  # of its row in the history; None where it is not kept there
    starred: bool = False

    @property
    def key(self) -> tuple[str, int]:
        """What it is known by when it comes again: its row, or where it has none, the very sprite."""
        return ("row", self.id) if self.id is not None else ("sprite", id(self.sprite))


class StageModel(QObject):
    """A run as it forms, where nothing can be chosen, or finished sprites, of which some may be selected."""

    changed = Signal()  # the pictures, or what is known of them
    selection_changed = Signal()
    enlarged_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sprites: Pixels | None = None
        self._cells: tuple[StageCell, ...] = ()
        self._shown: tuple[StageCell, ...] = ()
        self._selected: frozenset[int] = frozenset()
        self._current: int | None = None
        self._anchor = 0
        self._columns: int | None = None
        self._enlarged = False
        self._rule: PaletteRule | None = None
        self._fingerprints: tuple[bytes, ...] = ()  # of the finished sprites as they are shown
        self._in_set: frozenset[bytes] = frozenset()
        self._pointed: Colour | None = None

    @property
    def sprites(self) -> Pixels | None:
        """What to draw, (N, H, W, 4), recoloured where a palette is tried on; None where there is nothing."""
        return self._sprites

    @property
    def cells(self) -> tuple[StageCell, ...]:
        """The finished sprites; none while a run forms."""
        return self._cells

    @property
    def shown(self) -> tuple[StageCell, ...]:
        """The finished sprites in the colours that they are seen in."""
        return self._shown

    @property
    def selected(self) -> frozenset[int]:
        """Which of them are selected."""
        return self._selected

    @property
    def starred(self) -> frozenset[int]:
        """Which of them have a star."""
        return frozenset(index for index, cell in enumerate(self._cells) if cell.starred)

    @property
    def gathered(self) -> frozenset[int]:
        """Which of them are in the shown set, as they look."""
        return frozenset(index for index, look in enumerate(self._fingerprints) if look in self._in_set)

    @property
    def current(self) -> int | None:
        """Where the keyboard is."""
        return self._current

    @property
    def pointed(self) -> Colour | None:
        """The colour that is pointed out; None: none is."""
        return self._pointed

    @property
    def enlarged(self) -> bool:
        """Whether the current sprite is shown alone."""
        return self._enlarged

    def show_forming(self, pixels: Pixels) -> None:
        """Show a run as it stands, (N, H, W, 4)."""
        self._cells, self._shown, self._fingerprints, self._columns = (), (), (), None
        self._sprites = pixels
        self._select(frozenset(), None)
        self.set_enlarged(False)
        self.changed.emit()

    @property
    def columns(self) -> int | None:
        """Sprites a row; None: as many as make the grid most nearly square."""
        return self._columns

    def show_finished(self, cells: Sequence[StageCell], columns: int | None = None) -> None:
        """Show finished sprites, none of them selected. columns: as the property has them."""
        self._columns = columns
        self._put(tuple(cells))
        self._select(frozenset(), None)
        self.set_enlarged(False)
        self.changed.emit()

    def replace_cells(self, cells: Sequence[StageCell]) -> None:
        """Show other sprites; those that stay keep their selection."""
        chosen = {id(self._cells[index].sprite) for index in self._selected}
        self._put(tuple(cells))
        selected = frozenset(i for i, cell in enumerate(self._cells) if id(cell.sprite) in chosen)
        current = min(self._current or 0, len(self._cells) - 1) if self._cells and self._current is not None else None
        self._select(selected, current)
        if current is None:
            self.set_enlarged(False)
        self.changed.emit()

    def put_beside(self, pairs: Sequence[tuple[StageCell, StageCell]]) -> None:
        """Put new cells each beside its source, or at the end where that is not here, and select them.

        Nothing happens while a run forms.
        """
        if self._sprites is not None and not self._cells:
            return
        left = {source.key: new for source, new in pairs}
        cells: list[StageCell] = []
        for cell in self._cells:
            cells += [cell, left.pop(cell.key)] if cell.key in left else [cell]
        self.replace_cells([*cells, *left.values()])
        for number, (_, new) in enumerate(pairs):
            self.click(self._cells.index(new), toggle=number > 0)

    def exchange(self, pairs: Sequence[tuple[StageCell, StageCell]]) -> None:
        """Put new cells into the places of old ones, where those are here; what is selected stays so."""
        new = {old.key: cell for old, cell in pairs}
        if any(cell.key in new for cell in self._cells):
            self._put(tuple(new.get(cell.key, cell) for cell in self._cells))
            self.changed.emit()

    def point_out(self, colour: Colour | None) -> None:
        """Show where this colour is, all else faint; None: as it is."""
        if colour != self._pointed:
            self._pointed = colour
            self.changed.emit()

    def set_rule(self, rule: PaletteRule | None) -> None:
        """Show the finished sprites under a palette; they themselves stay as they are. None: as they are."""
        if rule != self._rule:
            self._rule = rule
            if self._cells:
                self._put(self._cells)
                self.changed.emit()

    def as_shown(self, cells: Sequence[StageCell]) -> tuple[StageCell, ...]:
        """Cells with their sprites under the palette that is shown."""
        shown = recoloured_alone([cell.sprite for cell in cells], self._rule)
        return tuple(replace(cell, sprite=sprite) for cell, sprite in zip(cells, shown, strict=True))

    def frames_of(self, index: int) -> Frames | None:
        """What a finished sprite does, in the colours that it is seen in."""
        if index >= len(self._cells) or self._cells[index].sprite.frames is None:
            return None
        return self.as_shown([self._cells[index]])[0].sprite.frames

    def set_gathered(self, fingerprints: frozenset[bytes]) -> None:
        """Mark the sprites of these fingerprints: those in the shown set."""
        if fingerprints != self._in_set:
            self._in_set = fingerprints
            self.changed.emit()

    def set_starred(self, ids: Sequence[int], starred: bool) -> None:
        """Show the stars of these sprites as they are in the history now."""
        if self._cells and ids:
            wanted = set(ids)
            self._cells = tuple(replace(c, starred=starred) if c.id in wanted else c for c in self._cells)
            self.changed.emit()

    def select(self, indices: frozenset[int]) -> None:
        """Select these finished sprites and no others."""
        if self._cells:
            self._select(indices, max(indices, default=self._current))

    def chosen(self) -> tuple[StageCell, ...]:
        """The selected sprites in order; without any, the one that is shown large."""
        if self._selected:
            return tuple(self._cells[index] for index in sorted(self._selected))
        if self._enlarged and self._current is not None:
            return (self._cells[self._current],)
        return self._cells if len(self._cells) == 1 else ()

    def click(self, index: int | None, *, toggle: bool = False, extend: bool = False) -> None:
        """Select one; toggle: add it or take it away; extend: all from the last click on. None: nothing."""
        if index is None:
            if not toggle and not extend:
                self._select(frozenset(), self._current)
        elif index < len(self._cells):
            if extend:
                first, last = sorted((min(self._anchor, len(self._cells) - 1), index))  # there may be fewer by now
                span = frozenset(range(first, last + 1))
                self._select(self._selected | span if toggle else span, index)
            else:
                self._anchor = index
                self._select(self._selected ^ {index} if toggle else frozenset({index}), index)

    def move(self, across: int, down: int, *, extend: bool = False) -> None:
        """Go to the next sprite in a direction, as far as there are any, and select it."""
        if not self._cells:
            return
        if self._current is None:
            target = 0
        else:
            target = self._current + across + down * (self._columns or grid_columns(len(self._cells)))
            if not 0 <= target < len(self._cells):
                target = self._current
        self.click(target, extend=extend and self._current is not None)

    def select_all(self) -> None:
        """Select every sprite."""
        self._select(frozenset(range(len(self._cells))), self._current)

    def clear_selection(self) -> None:
        """Select none."""
        self._select(frozenset(), self._current)

    def set_enlarged(self, enlarged: bool) -> None:
        """Show the current sprite alone, or all of them."""
        enlarged = enlarged and self._current is not None
        if enlarged != self._enlarged:
            self._enlarged = enlarged
            self.enlarged_changed.emit()

    def _put(self, cells: tuple[StageCell, ...]) -> None:
        self._cells = cells
        side = max((max(cell.sprite.pixels.shape[:2]) for cell in cells), default=0)
        self._sprites = np.zeros((len(cells), side, side, 4), np.uint8) if cells else None
        self._shown = self.as_shown(cells)
        self._fingerprints = tuple(cell.sprite.fingerprint for cell in self._shown)
        for index, cell in enumerate(self._shown):
            height, width = cell.sprite.pixels.shape[:2]
            assert self._sprites is not None
            self._sprites[index, :height, :width] = cell.sprite.pixels

    def _select(self, selected: frozenset[int], current: int | None) -> None:
        if (selected, current) != (self._selected, self._current):
            self._selected, self._current = selected, current
            self.selection_changed.emit()
