from __future__ import annotations

import numpy as np

from pixelforge.imaging.numbered import GLYPHS, GROUND, INK, numbered

DRAWN = """
### .#. ### ### #.# ### ### ### ### ###
#.# ##. ..# ..# #.# #.. #.. ..# #.# #.#
#.# .#. ### ### ### ### ### ..# ### ###
#.# .#. #.. ..# ..# ..# #.# .#. #.# ..#
### ### ### ### ..# ### ### .#. ### ###
"""


def test_digits_are_as_they_are_drawn() -> None:
    rows = [row.split() for row in DRAWN.strip().splitlines()]
    for digit, glyph in enumerate(GLYPHS):
        assert [f"{line:03b}".replace("1", "#").replace("0", ".") for line in glyph] == [row[digit] for row in rows]


def test_pictures_stand_row_by_row_enlarged_over_their_numbers() -> None:
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 255, (12, 8, 17, 4), dtype=np.uint8)
    pictures[..., 3] = np.where(rng.random((12, 8, 17)) < 0.5, 255, 0)
    sheet = numbered(pictures, 5, 3)
    assert (sheet[..., 3] == 255).all()
    cell_height, cell_width = sheet.shape[0] // 3, sheet.shape[1] // 5
    for index, picture in enumerate(pictures):
        top, left = index // 5 * cell_height + 4, index % 5 * cell_width + 7
        there = sheet[top : top + 24 : 3, left : left + 51 : 3, :3]
        ground = np.broadcast_to(np.array(GROUND, np.uint8), there.shape)
        np.testing.assert_array_equal(there, np.where(picture[..., 3:] > 0, picture[..., :3], ground))
        under = sheet[top + 24 : top + cell_height - 4, left : left + 51, :3]
        ink = (under == INK).all(axis=2).sum()
        lit = [sum(line.bit_count() for line in GLYPHS[int(letter)]) for letter in str(index)]
        assert ink == 4 * sum(lit)
    assert (sheet[2 * cell_height :, 2 * cell_width :, :3] == GROUND).all()
