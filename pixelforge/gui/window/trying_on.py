"""Palettes tried on: what the pointer is over in their list is seen on the stage and in the set at once."""

from __future__ import annotations

from PySide6.QtCore import QObject

from pixelforge.gui.shared.messages import MessageAction
from pixelforge.gui.shared.palette_field import PaletteField
from pixelforge.gui.window.studio import Studio
from pixelforge.imaging.palette import PaletteRule


class TryingOn(QObject):
    """The one that is chosen stays on the stage; the set, which is finished work, takes it by a button alone."""

    def __init__(self, studio: Studio, field: PaletteField, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        field.palette_tried.connect(self._try_on)
        field.palette_chosen.connect(self._offer)

    def _try_on(self, rule: PaletteRule | None) -> None:
        settings = self._studio.generation.settings
        chosen = None if settings is None else settings.request.palette
        self._studio.stage.set_rule(rule)
        self._studio.tray.try_on(None if rule == chosen else rule)

    def _offer(self, rule: PaletteRule | None) -> None:
        tray = self._studio.tray
        tray.try_on(None)
        if rule is not None and tray.sprites:
            self._studio.messages.inform(
                "The stage is in these colours now, the set as it was.",
                MessageAction("Recolour the set", lambda: tray.recolour(rule)),
            )
