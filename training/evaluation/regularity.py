"""How regular sprites are, in a few numbers: what a network of a thousand sprites does not learn to count."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pixelforge.imaging.pixels import Pixels

NEIGHBOURS = tuple((dy, dx) for dy in (0, 1, 2) for dx in (0, 1, 2) if (dy, dx) != (1, 1))
NUMBERS = 6

Floats = NDArray[np.float64]


def regularity(sprites: Pixels) -> Floats:
    """(N, 6) of sprites (N, S, S, 4) with hard alpha.

    The colours of a sprite; its opaque pixels as a share of the cell; and the shares of those that none of the eight
    around them is like, that the one to the left is like, and the one above, and the one across the vertical axis.
    """
    codes = sprites.astype(np.int64) @ (1 << 24, 1 << 16, 1 << 8, 1)
    opaque = sprites[..., 3] > 0
    padded = np.pad(codes, ((0, 0), (1, 1), (1, 1)), constant_values=-1)
    height, width = codes.shape[1:]
    same = {(dy, dx): (padded[:, dy : dy + height, dx : dx + width] == codes) & opaque for dy, dx in NEIGHBOURS}
    lone = opaque & ~np.any(list(same.values()), axis=0)
    count = opaque.sum(axis=(1, 2))
    flags = (lone, same[1, 0], same[0, 1], (codes == codes[:, :, ::-1]) & opaque)
    shares = [flag.sum(axis=(1, 2)) / count.clip(min=1) for flag in flags]
    colours = [len(np.unique(own[there])) for own, there in zip(codes, opaque, strict=True)]
    return np.stack([colours, count / (height * width), *shares], axis=1)
