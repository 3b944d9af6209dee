"""Pictures of a palette."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from pixelforge.errors import PaletteError
from pixelforge.imaging.indexed import to_indexed
from pixelforge.imaging.png import encode_indexed_png

ORDER = [(0, 0, 0), (255, 255, 255), (255, 0, 0)]


def picture() -> np.ndarray:
    pixels = np.zeros((4, 4, 4), np.uint8)
    pixels[:2] = (255, 0, 0, 255)
    pixels[2, :3] = (0, 128, 0, 255)
    pixels[2, 3] = (0, 0, 0, 255)
    return pixels


def test_the_palettes_order_is_kept_and_others_follow() -> None:
    indices, colours = to_indexed(picture(), ORDER)
    assert colours == (*ORDER, (0, 128, 0))
    np.testing.assert_array_equal(indices, [[3] * 4, [3] * 4, [4, 4, 4, 1], [0] * 4])


def test_without_a_palette_the_most_used_comes_first() -> None:
    assert to_indexed(picture())[1] == ((255, 0, 0), (0, 128, 0), (0, 0, 0))


def test_another_program_reads_it_back() -> None:
    data = encode_indexed_png(*to_indexed(picture(), ORDER))
    with Image.open(io.BytesIO(data)) as image:
        assert image.mode == "P"
        assert image.info["transparency"] == 0
        assert image.getpalette()[3:12] == [value for colour in ORDER for value in colour]
        np.testing.assert_array_equal(np.asarray(image.convert("RGBA")), picture())


def test_255_colours_fit_and_256_do_not() -> None:
    pixels = np.zeros((16, 16, 4), np.uint8)
    pixels[..., 0] = np.arange(256).reshape(16, 16)
    pixels[..., 3] = 255
    with pytest.raises(PaletteError, match="256"):
        to_indexed(pixels)
    pixels[0, 0] = 0
    indices, colours = to_indexed(pixels)
    assert len(colours) == 255
    assert indices[0, 0] == 0
    assert indices.max() == 255
