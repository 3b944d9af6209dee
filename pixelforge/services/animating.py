"""Animations as files: how sprites formed from noise."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pixelforge.errors import OutputError, RequestError
from pixelforge.files import check_writable, replacing
from pixelforge.imaging.animation import FORMATS, encode_animation
from pixelforge.imaging.pixels import Pixels, enlarge
from pixelforge.imaging.sheet import lay_out
from pixelforge.services.requests import Finished

MAX_SPRITES = 64
SCALE = 4  # screen pixels a pixel, where nobody says


def is_animation(target: Path) -> bool:
    """Whether a target's suffix asks for one."""
    return target.suffix.lower() in FORMATS


def write_animation(target: Path, frames: Sequence[Pixels], scale: int = SCALE, fresh: bool = False) -> tuple[Path]:
    """Write pictures of sprites as they form, (N, H, W, 4) each and at least one, as a .gif or .apng of the grid.

    Gives the file. fresh: nothing may stand there yet. Raises OutputError or RequestError.
    """
    suffix = target.suffix.lower()
    if suffix not in FORMATS:
        raise RequestError(f"{target}: animations are written as {' or '.join(FORMATS)}.")
    pictures = [enlarge(lay_out(sprites), scale) for sprites in frames]
    with replacing(target, new=fresh) as part:
        part.write_bytes(encode_animation(pictures, suffix))
    return (target,)


class AnimationWriter:
    """Takes the previews and sprites of a request of `count`; writes them on `close` as one animation of the grid.

    fresh: nothing may stand there yet. Raises RequestError for more than 64 sprites, and OutputError from the start if
    the target cannot be written.
    """

    def __init__(self, target: Path, count: int, scale: int, fresh: bool = False) -> None:
        if count > MAX_SPRITES:
            raise RequestError(f"An animation shows at most {MAX_SPRITES} sprites, not {count}.")
        if target.is_dir():
            raise OutputError(f"{target} is a folder: name a file.")
        check_writable(target.parent)
        self.written: tuple[Path, ...] = ()
        self._target = target
        self._count = count
        self._scale = scale
        self._fresh = fresh
        self._frames: list[Pixels] = []

    def preview(self, first: int, sprites: Pixels) -> None:
        """Take sprites as they are now, from index `first` on."""
        before = self._frames[-1] if self._frames else np.zeros((self._count, *sprites.shape[1:]), np.uint8)
        now = before.copy()
        now[first : first + len(sprites)] = sprites
        self._frames.append(now)

    def add(self, finished: Finished) -> None:
        """Take finished sprites."""
        self.preview(finished.first, finished.sprites)

    def close(self) -> None:
        """Write the file. Raises OutputError."""
        write_animation(self._target, self._frames, self._scale, self._fresh)
        self.written = (self._target,)
