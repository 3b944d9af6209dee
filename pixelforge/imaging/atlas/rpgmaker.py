"""RPG Maker's IconSet.png: sixteen icons a row, of 32 pixels each; icon 0 is none at all.

Window_Base.drawIcon (rpg_windows.js of MV, rmmz_windows.js of MZ) takes icon i from column i % 16 and row i // 16.
"""

from __future__ import annotations

import numpy as np

from pixelforge.errors import RequestError
from pixelforge.imaging.atlas.model import Atlas
from pixelforge.imaging.pixels import enlarge
from pixelforge.imaging.png import encode_png

COLUMNS = 16
SIDE = 32  # pixels of an icon


def encode(atlas: Atlas) -> bytes:
    """The PNG: sprite i is icon i + 1, as large as fits in whole pixels, transparent whatever the sheet is.

    Raises RequestError for sprites that are larger than an icon.
    """
    rows = -(-(len(atlas.frames) + 1) // COLUMNS)
    icons = np.zeros((rows * SIDE, COLUMNS * SIDE, 4), np.uint8)
    for index, frame in enumerate(atlas.frames, 1):
        height, width = frame.pixels.shape[:2]
        if max(height, width) > SIDE:
            raise RequestError(
                f"{frame.name} is {width} x {height} pixels, and RPG Maker's icons are {SIDE}: leave that format out."
            )
        picture = enlarge(frame.pixels, SIDE // max(height, width))
        top = index // COLUMNS * SIDE + (SIDE - picture.shape[0]) // 2
        left = index % COLUMNS * SIDE + (SIDE - picture.shape[1]) // 2
        icons[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return encode_png(icons)
