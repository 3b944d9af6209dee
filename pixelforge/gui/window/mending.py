"""From a chosen sprite to the desk, and from there into the history and back onto the stage."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal

from pixelforge.core.header import ModelHeader
from pixelforge.gui.desk.desk_model import DeskModel
from pixelforge.gui.history.history_model import HistoryModel
from pixelforge.gui.shared.library import Library
from pixelforge.gui.stage.stage_model import StageCell, StageModel
from pixelforge.imaging.drawing import Ink
from pixelforge.services.recipe import Recipe
from pixelforge.services.sprites import Drawn, Sprite

BLANK = "drawn"  # the class of a sprite that was begun with nothing


class Mending(QObject):
    """A mended sprite is a new one that keeps what it was made from; it lies in the history after every stroke."""

    begun = Signal()
    ended = Signal()

    def __init__(
        self, desk: DeskModel, stage: StageModel, history: HistoryModel, library: Library, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.desk = desk
        self._stage = stage
        self._history = history
        self._library = library
        self._from: StageCell | None = None  # what is mended; None: nothing is
        self._sprite: Sprite | None = None  # as it is now, and its row in the history; None before the first stroke
        self._id: int | None = None
        desk.stroke_done.connect(self._keep)

    @property
    def going_on(self) -> bool:
        """Whether a sprite lies on the desk."""
        return self._from is not None

    def begin(self, cell: StageCell) -> None:
        """Lay a sprite on the desk."""
        self.end()
        self._from, self._sprite, self._id = cell, None, None
        self.desk.open(cell.sprite.pixels, colours_of_style(cell.sprite.made_from, self._library.header))
        self.begun.emit()

    def begin_blank(self) -> None:
        """Lay a sprite on the desk that is transparent all over."""
        header = self._library.header
        side = 16 if header is None else header.model.image_size
        self.begin(StageCell(Sprite(np.zeros((side, side, 4), np.uint8), Drawn(BLANK)), None))

    def end(self) -> None:
        """Back to the stage; what was drawn stands there beside what it was made from."""
        source, sprite, id_ = self._from, self._sprite, self._id
        self._from = self._sprite = self._id = None
        if source is None:
            return
        if sprite is not None:
            cells = list(self._stage.cells)
            there = next((at for at, cell in enumerate(cells) if _is_same(cell, source)), len(cells) - 1)
            cells.insert(there + 1, StageCell(sprite, id_))
            self._stage.replace_cells(cells)
            self._stage.click(there + 1)
        self.ended.emit()

    def _keep(self) -> None:
        if self._from is None:
            return
        before = self._from.sprite
        pixels = self.desk.picture.copy()
        pixels.setflags(write=False)
        self._sprite = Sprite(pixels, Drawn(before.class_name, before.made_from), before.name)
        if self._id is None:
            self._id = next(iter(self._history.add([self._sprite])), None)
        else:
            self._history.replace(self._id, self._sprite)


def colours_of_style(recipe: Recipe | None, header: ModelHeader | None) -> tuple[Ink, ...]:
    """The colours that a sprite could have been drawn in."""
    asked = None if recipe is None else recipe.request.conditions[0]
    if asked is not None and asked.drawn_in:
        rgb = [bytes.fromhex(text[1:]) for text in asked.drawn_in]
        return tuple((colour[0], colour[1], colour[2], 255) for colour in rgb)
    if header is None:
        return ()
    styles = header.words.styles if header.words is not None else ()
    style = next((style.palette for style in styles if asked is not None and style.name == asked.style), None)
    return tuple((*colour, 255) for colour in style or header.model.palette)


def _is_same(cell: StageCell, source: StageCell) -> bool:
    return cell.id == source.id if source.id is not None else cell.sprite is source.sprite
