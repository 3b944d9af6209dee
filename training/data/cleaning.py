"""Pictures made sprites: brought back to their own pixels, with a true transparent ground."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pixelforge.imaging.pixels import Pixels

FLAT_BORDER = 0.6  # share of the border that must be of one colour for it to count as the ground


def shrink_exactly(pixels: Pixels, side: int) -> Pixels:
    """A picture that is an exact blow-up, brought back by the largest whole factor that leaves it no smaller than side.

    Others come back as they are.
    """
    height, width = pixels.shape[:2]
    for factor in range(max(height, width) // side, 1, -1):
        if height % factor == 0 and width % factor == 0:
            small = pixels[::factor, ::factor]
            if np.array_equal(small.repeat(factor, axis=0).repeat(factor, axis=1), pixels):
                return small.copy()  # and not a view, which would keep all of the large one
    return pixels


def thinned(pixels: Pixels, side: int) -> Pixels:
    """A picture with so many rows and columns left out, evenly, that it has at most `side` of each."""
    step = -(-max(pixels.shape[:2]) // side)
    rows, columns = (slice(min(step // 2, length - 1), None, step) for length in pixels.shape[:2])
    return pixels if step == 1 else pixels[rows, columns].copy()


def clear_background(pixels: Pixels) -> Pixels:
    """An opaque picture with its flat ground made transparent from the borders inwards; others as they are.

    The ground is a colour that all four corners and most of the border have. A picture of nothing else stays.
    """
    colours = pixels[..., :3].astype(np.int32) @ (1 << 16, 1 << 8, 1)
    if (pixels[..., 3] == 0).any() or len({colours[y, x] for y in (0, -1) for x in (0, -1)}) > 1:
        return pixels
    same = colours == colours[0, 0]
    border = np.concatenate([same[0], same[-1], same[1:-1, 0], same[1:-1, -1]])
    if border.mean() < FLAT_BORDER or same.all():
        return pixels
    result = pixels.copy()
    result[_reached_from_border(same)] = 0
    return result


def _reached_from_border(same: NDArray[np.bool_]) -> NDArray[np.bool_]:
    reached = np.zeros_like(same)
    reached[[0, -1]], reached[:, [0, -1]] = same[[0, -1]], same[:, [0, -1]]
    while True:
        grown = reached.copy()
        grown[1:] |= reached[:-1]
        grown[:-1] |= reached[1:]
        grown[:, 1:] |= reached[:, :-1]
        grown[:, :-1] |= reached[:, 1:]
        grown &= same
        if (grown == reached).all():
            return reached
        reached = grown
