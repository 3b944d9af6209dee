"""How sprites formed from noise, as an animation."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pixelforge.errors import OutputError, RequestError
from pixelforge.files import check_writable, replacing
from pixelforge.imaging.animation import FORMATS, encode_animation
from pixelforge.imaging.pixels import Pixels, enlarge
from pixelforge.imaging.sheet import lay_out
from pixelforge.services.requests import GenerationRequest

MAX_SPRITES = 64


def is_animation(target: Path) -> bool:
    """Whether a target's suffix asks for one."""
    return target.suffix.lower() in FORMATS


class AnimationWriter:
    """Takes a request's previews and sprites; writes them on `close` as one animation of the whole grid.

    Raises RequestError for more than 64 sprites, and OutputError if the target cannot be written or, unless `force`, is
    there already.
    """

    def __init__(self, target: Path, request: GenerationRequest, side: int, scale: int, force: bool) -> None:
        if request.count > MAX_SPRITES:
            raise RequestError(f"An animation shows at most {MAX_SPRITES} sprites, not {request.count}.")
        if target.is_dir():
            raise OutputError(f"{target} is a folder: name a file.")
        if target.exists() and not force:
            raise OutputError(f"{target} is there already: give --force to replace it.")
        check_writable(target.parent)
        self.written: tuple[Path, ...] = ()
        self._target = target
        self._scale = scale
        self._sprites = np.zeros((request.count, side, side, 4), np.uint8)
        self._frames: list[Pixels] = []

    def preview(self, first: int, sprites: Pixels) -> None:
        """Take sprites as they are now, from index `first` on."""
        self._sprites[first : first + len(sprites)] = sprites
        self._frames.append(enlarge(lay_out(self._sprites), self._scale))

    def add(self, first: int, sprites: Pixels) -> None:
        """Take finished sprites."""
        self.preview(first, sprites)

    def close(self) -> None:
        """Write the file. Raises OutputError."""
        with replacing(self._target) as part:
            part.write_bytes(encode_animation(self._frames, self._target.suffix.lower()))
        self.written = (self._target,)
