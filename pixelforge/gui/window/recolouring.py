"""The colours in use on the stage: shown as swatches, pointed out, and changed in the chosen sprites."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from pixelforge.gui.generating.used_field import UsedField
from pixelforge.gui.shared.system_dialogs import AskColour
from pixelforge.gui.stage.stage_model import StageCell
from pixelforge.gui.window.studio import Studio
from pixelforge.gui.window.undo import ExchangeSprites
from pixelforge.hex_colours import Colour, to_text
from pixelforge.imaging.pixels import Pixels
from pixelforge.imaging.used_colours import exchanged, used_colours
from pixelforge.services.sprites import Drawn, Sprite
from pixelforge.words import counted


class Recolouring(QObject):
    """A recoloured sprite is a new one that keeps what it was made from; the history keeps both."""

    def __init__(self, studio: Studio, field: UsedField, ask_colour: AskColour, window: QWidget) -> None:
        super().__init__(window)
        self._studio = studio
        self._field = field
        self._ask_colour = ask_colour
        self._window = window
        field.pointed.connect(studio.stage.point_out)
        field.change_requested.connect(self._ask)
        studio.stage.changed.connect(self._show)
        studio.stage.selection_changed.connect(self._show)
        self._show()

    def change(self, old: Colour, new: Colour) -> None:
        """Give another colour to what has this one, in the chosen sprites, or in all where none is chosen."""
        pairs = []
        for cell, shown in self._pairs():
            if any(used.colour == old for used in used_colours(shown.sprite.pictures)):
                pairs.append((cell, _recoloured(shown.sprite, old, new)))
        if not pairs or old == new:
            return
        text = f"Change {to_text(old)} to {to_text(new)}"
        self._studio.undo.push(ExchangeSprites(text, self._studio.history, self._studio.stage, pairs))
        count = counted(len(pairs), "sprite")
        self._studio.say_undoable(f"{to_text(old)} is {to_text(new)} in {count} now; the history keeps the old.")

    def _ask(self, colour: Colour) -> None:
        chosen = self._ask_colour(self._window, QColor(*colour))
        if chosen is not None:
            self.change(colour, (chosen.red(), chosen.green(), chosen.blue()))

    def _show(self) -> None:
        stage = self._studio.stage
        used = used_colours([picture for _, shown in self._pairs() for picture in shown.sprite.pictures])
        if stage.pointed is not None and stage.pointed not in {one.colour for one in used}:
            stage.point_out(None)  # which comes back here
            return
        self._field.set_used(used)
        self._field.set_pointed(stage.pointed)

    def _pairs(self) -> list[tuple[StageCell, StageCell]]:
        """The chosen sprites, or all, and each in the colours that it is seen in."""
        stage = self._studio.stage
        chosen = {cell.key for cell in stage.chosen()}
        pairs = zip(stage.cells, stage.shown, strict=True)
        return [(cell, shown) for cell, shown in pairs if not chosen or cell.key in chosen]


def _recoloured(sprite: Sprite, old: Colour, new: Colour) -> Sprite:
    def how(pictures: Pixels) -> Pixels:
        return exchanged(pictures, old, new)

    return replace(sprite.repainted(how), origin=Drawn(sprite.class_name, sprite.made_from))
