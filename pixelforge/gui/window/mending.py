"""From a chosen sprite to the desk, and from there into the history and back onto the stage."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal

from pixelforge.core.header import ModelHeader
from pixelforge.core.start import Start
from pixelforge.errors import RequestError
from pixelforge.gui.desk.desk_keys import FILLINGS
from pixelforge.gui.desk.desk_model import DeskModel
from pixelforge.gui.desk.film import Film
from pixelforge.gui.generating.generation_model import GenerationModel
from pixelforge.gui.generating.states import Batch
from pixelforge.gui.history.history_model import HistoryModel
from pixelforge.gui.shared.messages import Messages
from pixelforge.gui.stage.stage_model import StageCell, StageModel
from pixelforge.hex_colours import to_colour
from pixelforge.imaging.drawing import Ink, Mask
from pixelforge.imaging.pixels import Pixels
from pixelforge.services.recipe import Recipe
from pixelforge.services.sprites import Drawn, Sprite

BLANK = "drawn"  # the class of a sprite that was begun with nothing


class Mending(QObject):
    """A mended sprite is a new one that keeps what it was made from; it lies in the history after every stroke."""

    begun = Signal()
    ended = Signal()

    def __init__(
        self,
        desk: DeskModel,
        stage: StageModel,
        history: HistoryModel,
        generation: GenerationModel,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.desk = desk
        self._stage = stage
        self._history = history
        self._generation = generation
        self._messages = messages
        self._from: StageCell | None = None  # what is mended; None: nothing is
        self._sprite: Sprite | None = None  # as it is now, and its row in the history; None before the first stroke
        self._id: int | None = None
        self._redone: Start | None = None  # what fillings were asked for last; None: no part of this sprite
        desk.stroke_done.connect(self._keep)
        desk.fillings.requested.connect(self._redo)
        generation.batch_finished.connect(self._offer)

    def begin(self, cell: StageCell) -> None:
        """Lay a sprite on the desk."""
        self.end()
        self._from = cell
        self.desk.open_film(Film.of(cell.sprite), colours_of_style(cell.sprite.made_from, self._generation.header))
        self.begun.emit()

    def begin_blank(self) -> None:
        """Lay a sprite on the desk that is transparent all over."""
        header = self._generation.header
        side = 16 if header is None else header.model.image_size
        self.begin(StageCell(Sprite(np.zeros((side, side, 4), np.uint8), Drawn(BLANK)), None))

    def end(self) -> None:
        """Back to the stage; what was drawn stands there beside what it was made from."""
        source, sprite, id_ = self._from, self._sprite, self._id
        self._from = self._sprite = self._id = self._redone = None
        if source is None:
            return
        if sprite is not None:
            self._stage.put_beside([(source, StageCell(sprite, id_))])
        self.ended.emit()

    def _redo(self, picture: Pixels, mask: Mask) -> None:
        header = self._generation.header
        if header is None:
            return
        side, (height, width) = header.model.image_size, picture.shape[:2]
        if (height, width) != (side, side):
            self._messages.warn(
                f"The model makes sprites of {side} x {side} pixels; a part of one of {width} x {height} it cannot."
            )
            return
        start = Start(picture=picture, mask=mask, strength=1.0, keep=self.desk.fillings.keep)
        try:
            start.check_keep()
        except RequestError as error:
            self._messages.warn(str(error))
            return
        self._redone = start
        self._generation.redo(self._redone, FILLINGS)

    def _offer(self, batch: Batch) -> None:
        """Show the fillings that were asked for, if the sprite still lies on the desk."""
        if batch.for_desk and batch.request.start is self._redone:
            self.desk.fillings.offer(list(batch.sprites))

    def _keep(self) -> None:
        if self._from is None:
            return
        before, film = self._from.sprite, self.desk.film
        pixels = film.pictures[0].copy()
        pixels.setflags(write=False)
        drawn = Sprite(pixels, Drawn(before.class_name, before.made_from), before.name)
        self._sprite = drawn.acting(film.frames())
        if self._id is None:
            self._id = next(iter(self._history.add([self._sprite])), None)
        else:
            self._id = self._history.replace(self._id, self._sprite) or self._id


def colours_of_style(recipe: Recipe | None, header: ModelHeader | None) -> tuple[Ink, ...]:
    """The colours that a sprite could have been drawn in."""
    asked = None if recipe is None else recipe.request.conditions[0]
    if asked is not None and asked.drawn_in:
        return tuple((*to_colour(text), 255) for text in asked.drawn_in)
    if header is None:
        return ()
    styles = header.words.styles if header.words is not None else ()
    style = next((style.palette for style in styles if asked is not None and style.name == asked.style), None)
    return tuple((*colour, 255) for colour in style or header.model.palette)
