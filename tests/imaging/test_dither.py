"""Ordered dithering against its definition."""

from __future__ import annotations

import numpy as np
import pytest

from pixelforge.imaging.dither import bayer
from pixelforge.imaging.palette import PaletteRule, recolour, snap
from pixelforge.oklab import to_oklab

BLACK_WHITE = [(0, 0, 0), (255, 255, 255)]


def flat(value: int, side: int = 8) -> np.ndarray:
    return np.full((1, side, side, 4), (value, value, value, 255), np.uint8)


def test_the_patterns_are_bayers() -> None:
    np.testing.assert_array_equal(4 * bayer(2) - 0.5, [[0, 2], [3, 1]])
    expected = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]
    np.testing.assert_array_equal(16 * bayer(4) - 0.5, expected)


@pytest.mark.parametrize("side", [2, 4])
def test_colours_of_the_palette_stay_as_they_are(side) -> None:
    for value in (0, 255):
        np.testing.assert_array_equal(snap(flat(value), BLACK_WHITE, side), flat(value))


@pytest.mark.parametrize("side", [2, 4])
def test_what_lies_between_becomes_a_regular_pattern(side) -> None:
    lighter = [snap(flat(value), BLACK_WHITE, side)[..., 0].mean() for value in range(0, 256, 15)]
    assert lighter == sorted(lighter)
    assert len(set(lighter)) > side
    picture = snap(flat(99), BLACK_WHITE, side)[0, ..., 0]
    assert 0 < picture.mean() < 255
    np.testing.assert_array_equal(picture, np.tile(picture[:side, :side], (8 // side, 8 // side)))


def test_without_it_every_pixel_of_a_colour_is_alike() -> None:
    assert len(np.unique(snap(flat(99), BLACK_WHITE)[..., 0])) == 1


def test_a_sprite_comes_out_alone_as_in_a_batch() -> None:
    rng = np.random.default_rng(0)
    sprites = rng.integers(0, 256, (3, 16, 16, 4), np.uint8)
    sprites[..., 3] = 255 * (rng.random((3, 16, 16)) < 0.7)
    rule = PaletteRule(colours=("#000000", "#ff0000", "#00ff00", "#ffffff"), dither=4)
    together = recolour(sprites, rule)
    np.testing.assert_array_equal(together[1:2], recolour(sprites[1:2], rule))
    np.testing.assert_array_equal(together[..., 3], sprites[..., 3])
    np.testing.assert_array_equal(together[together[..., 3] == 0], sprites[sprites[..., 3] == 0])
    colours = {tuple(colour) for colour in together[together[..., 3] > 0][:, :3].tolist()}
    assert colours <= {(0, 0, 0), (255, 0, 0), (0, 255, 0), (255, 255, 255)}


def test_the_mix_is_nearer_to_the_colour_than_the_nearest_alone() -> None:
    target = to_oklab(np.array([[120, 120, 120]], np.uint8))[0]
    errors = [
        np.linalg.norm(to_oklab(snap(flat(120), BLACK_WHITE, side)[0, ..., :3]).mean(axis=(0, 1)) - target)
        for side in (0, 4)
    ]
    assert errors[1] < errors[0]
