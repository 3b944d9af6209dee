"""Pictures on a grey ground with a number under each, for people to talk about them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pixelforge.imaging.pixels import Pixels, enlarge

GROUND = (95, 95, 105)  # neither light nor dark, so that black and white outlines are both seen
INK = (255, 255, 255)
SIDE_GAP, TOP_GAP, UNDER_GAP = 7, 4, 4  # screen pixels around a picture
DIGIT_SCALE = 2
GLYPHS = (  # three pixels by five, a row of pixels a number in binary
    (7, 5, 5, 5, 7),
    (2, 6, 2, 2, 7),
    (7, 1, 7, 4, 7),
    (7, 1, 7, 1, 7),
    (5, 5, 7, 1, 1),
    (7, 4, 7, 1, 7),
    (7, 4, 7, 5, 7),
    (7, 1, 1, 2, 2),
    (7, 5, 7, 5, 7),
    (7, 5, 7, 1, 7),
)
GLYPH_HEIGHT, GLYPH_WIDTH = 5, 3


def numbered(pictures: Pixels, columns: int, scale: int) -> Pixels:
    """Pictures (N, H, W, 4) row by row, every pixel a square of `scale`, with the numbers 0 … N - 1 under them."""
    count, height, width, _ = pictures.shape
    cell_height = height * scale + TOP_GAP + 2 * UNDER_GAP + GLYPH_HEIGHT * DIGIT_SCALE
    cell_width = width * scale + 2 * SIDE_GAP
    rows = -(-count // columns)
    sheet = np.empty((rows * cell_height, columns * cell_width, 4), np.uint8)
    sheet[:] = (*GROUND, 255)
    for index, picture in enumerate(pictures):
        top, left = index // columns * cell_height, index % columns * cell_width
        _put(sheet, enlarge(picture, scale), top + TOP_GAP, left + SIDE_GAP)
        number = enlarge(_number(index), DIGIT_SCALE)
        under = top + TOP_GAP + height * scale + UNDER_GAP
        _put(sheet, number, under, left + (cell_width - number.shape[1]) // 2)
    return sheet


def _put(sheet: Pixels, picture: Pixels, top: int, left: int) -> None:
    """Lay a picture on a sheet, whose ground shows where the picture is transparent."""
    there = sheet[top : top + picture.shape[0], left : left + picture.shape[1]]
    opaque = picture[..., 3] > 0
    there[opaque] = picture[opaque]


def _number(value: int) -> Pixels:
    """(5, W, 4): a number in digits of three pixels by five."""
    digits: Sequence[int] = [int(letter) for letter in str(value)]
    number = np.zeros((GLYPH_HEIGHT, len(digits) * (GLYPH_WIDTH + 1) - 1, 4), np.uint8)
    for place, digit in enumerate(digits):
        bits = (np.array(GLYPHS[digit])[:, None] >> np.arange(GLYPH_WIDTH)[::-1]) & 1
        number[:, place * (GLYPH_WIDTH + 1) : place * (GLYPH_WIDTH + 1) + GLYPH_WIDTH][bits == 1] = (*INK, 255)
    return number
