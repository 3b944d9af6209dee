"""A part made anew: what is asked for, what stays of the sprite in it, and the ways there are to choose from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QObject, Signal

from pixelforge.core.start import Keep
from pixelforge.imaging.drawing import Box
from pixelforge.imaging.pixels import Pixels


class Fillings(QObject):
    """Observable. What is to stay holds for all sprites that are mended, until it is changed."""

    changed = Signal()
    keep_changed = Signal()
    requested = Signal(object, object)  # the picture, and the mask (H, W) of what is to be made anew

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pictures: tuple[Pixels, ...] = ()
        self._keep = Keep()

    @property
    def pictures(self) -> tuple[Pixels, ...]:
        """Those to choose from, in which the part was made anew."""
        return self._pictures

    @property
    def keep(self) -> Keep:
        """What stays of the sprite in the part that is made anew."""
        return self._keep

    def set_keep(self, keep: Keep) -> None:
        """Have this stay from now on."""
        if keep != self._keep:
            self._keep = keep
            self.keep_changed.emit()

    def offer(self, pictures: Sequence[Pixels]) -> None:
        """Have these to choose from."""
        self._pictures = tuple(pictures)
        self.changed.emit()

    def ask(self, picture: Pixels, box: Box | None) -> None:
        """Have what is marked made anew, or everything that is not transparent."""
        mask = picture[..., 3] > 0
        if box is not None:
            left, top, right, bottom = box
            mask = np.zeros_like(mask)
            mask[top:bottom, left:right] = True
        if mask.any():
            self.requested.emit(picture, mask)
