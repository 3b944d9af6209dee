"""Colour and size of sprites, against what a person would say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pixelforge.imaging.pixels import Pixels, harden_alpha
from training.data.traits import COLOURS, SIZES, colour_names_of, colour_of, size_of, sizes_of

SEEN = {  # colours that palettes of pixel art have, and what people call them
    "red": ["#d34549", "#b81414", "#ff0000", "#a02828", "#e43b44"],
    "orange": ["#ff8c00", "#ffa500", "#f77622", "#feae34"],
    "brown": ["#864d30", "#6b3e1d", "#8b4513", "#bf7958", "#4a2a16"],
    "yellow": ["#dbd75d", "#ffff00", "#fee761", "#f0d000"],
    "green": ["#6daa2c", "#346524", "#00ff00", "#38d973", "#265c42"],
    "teal": ["#008080", "#20b2aa", "#6dc3cb", "#00e5d0"],
    "blue": ["#0000ff", "#597dcf", "#30346d", "#3cacd7", "#0099db"],
    "purple": ["#800080", "#68386c", "#7f3fbf", "#5a2ca0"],
    "pink": ["#ff69b4", "#ffc0cb", "#f6757a", "#ff93c4"],
    "black": ["#140c1c", "#000000", "#1a1a1a", "#452434"],
    "grey": ["#808080", "#757161", "#8696a2", "#4d494d"],
    "white": ["#ffffff", "#dfefd7", "#eeeecc", "#f0f0f0"],
}


def rgb(text: str) -> tuple[int, int, int, int]:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16), 255


def disc(fill: str, outline: str | None = None) -> Pixels:
    """A disc of a colour on a transparent ground, with an outline or without."""
    y, x = np.mgrid[:16, :16] - 7.5
    away = np.hypot(x, y)
    sprite = np.zeros((16, 16, 4), np.uint8)
    sprite[away < 7] = rgb(outline or fill)
    sprite[away < 6] = rgb(fill)
    return sprite


@pytest.mark.parametrize(("name", "colour"), [(name, colour) for name in SEEN for colour in SEEN[name]])
def test_plain_colours_have_the_names_that_people_give_them(name: str, colour: str) -> None:
    assert colour_of(disc(colour)) == name
    assert name in COLOURS


@pytest.mark.parametrize("outline", ["#000000", "#140c1c", "#3a1a10", "#10305a"])
@pytest.mark.parametrize("name", [name for name in SEEN if name != "black"])
def test_outlines_do_not_count(name: str, outline: str) -> None:
    thin = disc(SEEN[name][0], outline)
    thin[::2, ::2][thin[::2, ::2, 3] > 0] = rgb(outline)  # and the same lines within
    assert colour_of(disc(SEEN[name][0], outline)) == name
    assert colour_of(thin) == name


def test_what_is_nothing_but_dark_is_black() -> None:
    assert colour_of(disc("#101010", "#000000")) == "black"


def test_shades_of_a_thing_are_of_one_colour() -> None:
    fox, barrel = disc("#d37d2c"), disc("#d37d2c")
    fox[:, ::4][fox[:, ::4, 3] > 0] = rgb("#ffb050")
    barrel[:, ::2][barrel[:, ::2, 3] > 0] = rgb("#864d30")
    assert (colour_of(fox), colour_of(barrel)) == ("orange", "brown")


def test_the_robe_counts_and_not_the_face() -> None:
    figure = disc("#3050c0", "#000000")
    figure[2:8, 5:11] = rgb("#d3aa9a")
    assert colour_of(figure) == "blue"


@pytest.mark.parametrize(
    ("pixels", "name"),
    [(0, "tiny"), (63, "tiny"), (64, "small"), (115, "small"), (116, "medium"), (166, "medium"), (167, "large"),
     (256, "large")],
)  # fmt: skip
def test_size_is_the_share_of_the_cell_that_is_covered(pixels: int, name: str) -> None:
    sprite = np.zeros((256, 4), np.uint8)
    sprite[:pixels] = 255
    assert size_of(sprite.reshape(16, 16, 4)) == name
    assert size_of(sprite.reshape(16, 16, 4).repeat(2, axis=0).repeat(2, axis=1)) == name


def test_nothing_is_tiny_and_black() -> None:
    empty = np.zeros((2, 8, 8, 4), np.uint8)
    assert colour_names_of(empty) == ("black", "black")
    assert sizes_of(empty) == ("tiny", "tiny")
    assert colour_names_of(empty[:0]) == sizes_of(empty[:0]) == ()


@given(arrays(np.uint8, (3, 6, 6, 4)), st.booleans())
def test_a_batch_is_as_one_by_one(pixels: Pixels, flat: bool) -> None:
    sprites = harden_alpha(pixels & 0xC0 if flat else pixels)
    colours = colour_names_of(sprites)
    assert colours == tuple(map(colour_of, sprites))
    assert set(colours) <= set(COLOURS)
    assert sizes_of(sprites) == tuple(map(size_of, sprites))
    assert set(sizes_of(sprites)) <= set(SIZES)
    assert sizes_of(sprites[:, :, ::-1]) == sizes_of(sprites)
