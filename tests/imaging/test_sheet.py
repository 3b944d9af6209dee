from __future__ import annotations

import numpy as np
import pytest

from pixelforge.imaging.sheet import lay_out
from pixelforge.imaging.sheet_plan import grid_columns


@pytest.mark.parametrize(("count", "columns"), [(1, 1), (2, 2), (3, 2), (4, 2), (5, 3), (16, 4), (17, 5), (64, 8)])
def test_the_grid_is_the_most_nearly_square(count: int, columns: int) -> None:
    assert grid_columns(count) == columns


@pytest.mark.parametrize(("count", "columns"), [(1, None), (5, None), (6, 3), (7, 2), (3, 9)])
def test_sprites_stand_row_by_row(count: int, columns: int | None) -> None:
    sprites = np.random.default_rng(0).integers(1, 256, (count, 4, 6, 4), np.uint8)
    sheet = lay_out(sprites, columns)
    across = columns or grid_columns(count)
    down = -(-count // across)
    assert sheet.shape == (down * 4, across * 6, 4)
    for cell in range(down * across):
        top, left = cell // across * 4, cell % across * 6
        expected = sprites[cell] if cell < count else np.zeros((4, 6, 4))
        np.testing.assert_array_equal(sheet[top : top + 4, left : left + 6], expected)
