"""Pictures of a palette: one index a pixel, 0 for transparent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pixelforge.errors import PaletteError
from pixelforge.hex_colours import Colour
from pixelforge.imaging.palette import MAX_COLOURS
from pixelforge.imaging.pixels import Pixels


def to_indexed(picture: Pixels, order: Sequence[Colour] = ()) -> tuple[Pixels, tuple[Colour, ...]]:
    """(H, W, 4) as indices (H, W) and the colours of the indices from 1 on; index 0 is transparent.

    order: colours that keep their place; the picture's others follow, most used first. Raises PaletteError if there
    are more than 255.
    """
    opaque = picture[..., 3] > 0
    codes = picture[..., :3].astype(np.int64) @ (1 << 16, 1 << 8, 1)
    used, counts = np.unique(codes[opaque], return_counts=True)
    given = [(r << 16) + (g << 8) + b for r, g, b in dict.fromkeys(order)]
    others = [int(code) for code in used[np.argsort(-counts, kind="stable")] if int(code) not in set(given)]
    table = np.array([*given, *others], np.int64)
    if len(table) >= MAX_COLOURS:
        raise PaletteError(
            f"An indexed PNG has room for {MAX_COLOURS - 1} colours and transparent, but there are {len(table)}: "
            "reduce the colours, or write RGBA."
        )
    sorter = np.argsort(table, kind="stable")
    indices = np.zeros(opaque.shape, np.uint8)
    indices[opaque] = 1 + sorter[np.searchsorted(table, codes[opaque], sorter=sorter)]
    return indices, tuple((code >> 16, code >> 8 & 255, code & 255) for code in table.tolist())
