"""How sprites formed from noise, as an animation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pixelforge.errors import OutputError, RequestError
from pixelforge.files import check_writable, replacing
from pixelforge.imaging.animation import FORMATS, encode_animation
from pixelforge.imaging.pixels import Pixels, enlarge
from pixelforge.imaging.sheet import lay_out
from pixelforge.services.requests import GenerationRequest

MAX_SPRITES = 64
SCALE = 4  # screen pixels a pixel, where nobody says


def is_animation(target: Path) -> bool:
    """Whether a target's suffix asks for one."""
    return target.suffix.lower() in FORMATS


def write_animation(target: Path, frames: Sequence[Pixels], scale: int = SCALE) -> None:
    """Write pictures of sprites as they form, (N, H, W, 4) each and at least one, as a .gif or .apng of the grid.

    Raises OutputError or RequestError.
    """
    suffix = target.suffix.lower()
    if suffix not in FORMATS:
        raise RequestError(f"{target}: animations are written as {' or '.join(FORMATS)}.")
    pictures = [enlarge(lay_out(sprites), scale) for sprites in frames]
    with replacing(target) as part:
        part.write_bytes(encode_animation(pictures, suffix))


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
        self._frames.append(self._sprites.copy())

    def add(self, first: int, sprites: Pixels) -> None:
        """Take finished sprites."""
        self.preview(first, sprites)

    def close(self) -> None:
        """Write the file. Raises OutputError."""
        write_animation(self._target, self._frames, self._scale)
        self.written = (self._target,)
