"""Palettes of styles: their own colours, or the 64 that stand for them best."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from pixelforge.errors import DatasetError
from pixelforge.imaging.palette import reduce_colours
from pixelforge.imaging.pixels import Pixels
from pixelforge.oklab import to_oklab
from training.data.palettes import colour_counts, nearest_indices, palette_errors, style_palettes
from training.data.sprites import SpriteDataset


def opaque(colours: np.ndarray) -> Pixels:
    """One sprite (1, 1, K, 4) of the given colours."""
    return np.concatenate([colours, np.full((len(colours), 1), 255)], axis=1).astype(np.uint8)[None, None]


def noise(count: int, seed: int = 0) -> Pixels:
    pixels = np.random.default_rng(seed).integers(0, 256, (count, 8, 8, 4), np.uint8)
    pixels[..., 3] = np.where(pixels[..., 3] > 90, 255, 0)
    pixels[pixels[..., 3] == 0] = 0
    return pixels


def test_few_colours_are_the_palette_most_used_first() -> None:
    colours = np.array([[9, 9, 9], [200, 0, 0], [200, 0, 0], [0, 0, 255], [0, 0, 255], [0, 0, 255]])
    sprites = np.concatenate([opaque(colours), opaque(colours[::-1] // 2)])
    sprites[1, 0, 0] = 0
    assert style_palettes(sprites, ["a", "b"]) == {
        "a": ((0, 0, 255), (200, 0, 0), (9, 9, 9)),
        "b": ((0, 0, 127), (100, 0, 0), (4, 4, 4)),
    }


@pytest.mark.parametrize("count", [64, 65])
def test_64_colours_are_kept_and_of_65_the_rarer_of_the_nearest_two_goes(count: int) -> None:
    lattice = np.array(list(itertools.product((0, 85, 170, 255), repeat=3)))
    colours = np.concatenate([lattice.repeat(3, axis=0), np.full((2 * (count - 64), 3), (86, 85, 85))])
    (palette,) = style_palettes(opaque(colours), [""]).values()
    assert set(palette) == {tuple(colour) for colour in lattice.tolist()}


def test_clouds_of_colours_are_stood_for_by_their_middles() -> None:
    rng = np.random.default_rng(0)
    lattice = np.array(list(itertools.product((20, 90, 160, 230), repeat=3)))
    cloud = (lattice[:, None] + rng.integers(-3, 4, (64, 8, 3))).reshape(-1, 3)
    (palette,) = style_palettes(opaque(np.concatenate([cloud, lattice.repeat(20, axis=0)])), [""]).values()
    assert set(palette) == {tuple(colour) for colour in lattice.tolist()}


def test_many_colours_become_64_of_their_own_and_nearer_than_those_of_kmeans() -> None:
    sprites = noise(20)
    palettes = style_palettes(sprites, ["x"] * 20)
    own = {tuple(colour) for colour in sprites[sprites[..., 3] > 0][:, :3].tolist()}
    assert len(set(palettes["x"])) == 64
    assert set(palettes["x"]) <= own
    assert palettes == style_palettes(sprites, ["x"] * 20)
    shown = sprites[..., 3] > 0
    reduced = to_oklab(reduce_colours(sprites, 64)[shown][:, :3]) - to_oklab(sprites[shown][:, :3])
    assert palette_errors(sprites, ["x"] * 20, palettes)["x"] < 100 * np.linalg.norm(reduced, axis=1).mean()


def test_the_error_is_the_mean_distance_of_opaque_pixels() -> None:
    white, grey = to_oklab(np.array([[255, 255, 255], [128, 128, 128]], np.uint8))
    sprites = opaque(np.array([[255, 255, 255]] * 3 + [[128, 128, 128]] * 2))
    sprites[0, 0, 4] = 0
    errors = palette_errors(sprites, ["a"], {"a": ((255, 255, 255),)})
    assert errors["a"] == pytest.approx(100 * np.linalg.norm(white - grey) / 4)
    assert palette_errors(sprites, ["a"], style_palettes(sprites, ["a"])) == {"a": 0}


def test_colours_are_counted_a_style() -> None:
    sprites = np.concatenate([noise(2), opaque(np.zeros((64, 3))).reshape(1, 8, 8, 4)])
    counts = colour_counts(sprites, ["a", "a", ""])
    assert counts == {"a": len({tuple(c) for c in sprites[:2][sprites[:2, ..., 3] > 0].tolist()}), "": 1}


def test_indices_are_of_the_nearest_colour_of_the_sprites_own_style() -> None:
    sprites, styles = noise(12), ("a", "b", "") * 4
    data = SpriteDataset(sprites, np.zeros(12, np.int64), ("c",), tuple("abcdefghijkl"), styles=styles)
    palettes = style_palettes(sprites, styles)
    indices = nearest_indices(data, palettes)
    assert (indices.shape, indices.dtype) == ((12, 8, 8), np.uint8)
    np.testing.assert_array_equal(indices == 0, sprites[..., 3] == 0)
    for number, style in enumerate(styles):
        shown = indices[number] > 0
        lab, targets = to_oklab(sprites[number][shown][:, :3]), to_oklab(np.array(palettes[style], np.uint8))
        nearest = np.linalg.norm(lab[:, None] - targets[None], axis=2).argmin(axis=1)
        np.testing.assert_array_equal(indices[number][shown], 1 + nearest)


def test_a_style_without_a_palette_is_an_error_unless_nothing_is_to_be_seen() -> None:
    data = SpriteDataset(noise(2), np.zeros(2, np.int64), ("c",), ("a", "b"), styles=("old", "new"))
    with pytest.raises(DatasetError, match="style new"):
        nearest_indices(data, {"old": ((0, 0, 0),)})
    with pytest.raises(DatasetError, match="without a style"):
        palette_errors(noise(1), [""], {})
    empty = SpriteDataset(np.zeros((1, 8, 8, 4), np.uint8), np.zeros(1, np.int64), ("c",), ("a",))
    palettes = style_palettes(empty.sprites, empty.styles)
    assert palettes == {"": ()}
    assert palette_errors(empty.sprites, empty.styles, palettes) == {"": 0}
    assert not nearest_indices(empty, palettes).any()
