"""Pictures of a palette: one index a pixel, 0 for transparent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pixelforge.errors import PaletteError
from pixelforge.hex_colours import Colour
from pixelforge.imaging.palette import MAX_COLOURS
from pixelforge.imaging.pixels import Pixels


def to_indexed(picture: Pixels, order: Sequence[Colour] = ()) -> tuple[Pixels, tuple[Colour, ...]]:
    """(H, W, 4) as indices (H, W) and the colours of the indices from 1 on; index 0 is transparent.

    order: as in `ordered_colours`. Raises PaletteError if there are more than 255.
    """
    colours = ordered_colours(picture, order)
    if len(colours) >= MAX_COLOURS:
        raise PaletteError(
            f"An indexed PNG has room for {MAX_COLOURS - 1} colours and transparent, but there are {len(colours)}: "
            "reduce the colours, or write RGBA."
        )
    table = np.array([(r << 16) + (g << 8) + b for r, g, b in colours], np.int64)
    opaque = picture[..., 3] > 0
    sorter = np.argsort(table, kind="stable")
    indices = np.zeros(opaque.shape, np.uint8)
    indices[opaque] = 1 + sorter[np.searchsorted(table, _codes(picture)[opaque], sorter=sorter)]
    return indices, colours


def ordered_colours(picture: Pixels, order: Sequence[Colour] = ()) -> tuple[Colour, ...]:
    """The colours of the opaque pixels of (H, W, 4).

    order: colours that keep their place; the picture's others follow, most used first.
    """
    used, counts = np.unique(_codes(picture)[picture[..., 3] > 0], return_counts=True)
    by_use = [(code >> 16, code >> 8 & 255, code & 255) for code in used[np.argsort(-counts, kind="stable")].tolist()]
    return tuple(dict.fromkeys([*order, *by_use]))


def _codes(picture: Pixels) -> NDArray[np.int64]:
    """A number (H, W) for the colour of each pixel."""
    codes: NDArray[np.int64] = picture[..., :3].astype(np.int64) @ np.array([1 << 16, 1 << 8, 1])
    return codes
