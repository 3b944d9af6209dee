"""Which colours pictures are drawn in, and where one of them is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pixelforge.hex_colours import Colour
from pixelforge.imaging.pixels import Pixels

FAINT = 40  # of 255: the alpha of what is not looked for, enough to see what it belongs to


@dataclass(frozen=True)
class UsedColour:
    """A colour, and how many opaque pixels have it."""

    colour: Colour
    pixels: int


def used_colours(pictures: Sequence[Pixels]) -> list[UsedColour]:
    """The opaque colours of pictures (H, W, 4), the most used first; of equals the darkest, so that none jumps."""
    packed = [_packed(picture)[picture[..., 3] > 0] for picture in pictures]
    unique, counts = np.unique(np.concatenate(packed) if packed else np.zeros(0, np.uint32), return_counts=True)
    order = np.lexsort((unique, -counts))
    return [UsedColour(_unpacked(int(unique[at])), int(counts[at])) for at in order]


def pointed_out(pictures: Pixels, colour: Colour) -> Pixels:
    """Pictures (…, H, W, 4) in which all that has another colour is faint."""
    result = pictures.copy()
    other = (_packed(pictures) != _pack(colour)) & (pictures[..., 3] > 0)
    result[other, 3] = FAINT
    return result


def exchanged(pictures: Pixels, old: Colour, new: Colour) -> Pixels:
    """Pictures (…, H, W, 4) with one opaque colour in another's place; alpha stays."""
    result = pictures.copy()
    result[(_packed(pictures) == _pack(old)) & (pictures[..., 3] > 0), :3] = new
    return result


def _packed(pictures: Pixels) -> NDArray[np.uint32]:
    """(…, H, W): red, green and blue in one number each."""
    whole: NDArray[np.uint32] = pictures[..., :3].astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    return whole


def _pack(colour: Colour) -> int:
    red, green, blue = colour
    return red << 16 | green << 8 | blue


def _unpacked(number: int) -> Colour:
    return number >> 16, number >> 8 & 255, number & 255
