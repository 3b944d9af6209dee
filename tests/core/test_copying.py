"""Frames as copies: pictures as places in a palette, neighbours, and which colour is the likeliest."""

from __future__ import annotations

import numpy as np

from pixelforge.core.copying import OFFSETS, from_indexed, indexed, likeliest, sources


def random_picture(seed: int, height: int = 6, width: int = 5, colours: int = 4) -> np.ndarray:
    rng = np.random.default_rng(seed)
    palette = rng.integers(0, 256, (colours, 4), dtype=np.uint8)
    palette[:, 3] = 255
    picture = palette[rng.integers(0, colours, (height, width))]
    picture[rng.random((height, width)) < 0.4] = 0
    return picture


def test_a_picture_is_its_palette_and_the_places_in_it() -> None:
    for seed in range(20):
        picture = random_picture(seed)
        indices, palette = indexed(picture)
        np.testing.assert_array_equal(from_indexed(indices, palette), picture)
        uses = [int((indices == place).sum()) for place in range(1, 1 + len(palette))]
        assert uses == sorted(uses, reverse=True)
        assert ((indices == 0) == (picture[..., 3] == 0)).all()
    indices, palette = indexed(np.zeros((3, 3, 4), np.uint8))
    assert palette == ()
    assert not from_indexed(indices, palette).any()


def test_sources_are_what_stands_beside_a_pixel() -> None:
    indices = np.arange(1, 13).reshape(3, 4)
    found = sources(indices)
    assert found.shape == (9, 3, 4)
    assert found[OFFSETS.index((0, 0))].tolist() == indices.tolist()
    assert found[OFFSETS.index((-1, 0))].tolist() == [[0, 0, 0, 0], [1, 2, 3, 4], [5, 6, 7, 8]]  # it moves down
    assert found[OFFSETS.index((1, 1))].tolist() == [[6, 7, 8, 0], [10, 11, 12, 0], [0, 0, 0, 0]]
    np.testing.assert_array_equal(sources(np.stack([indices, 2 * indices]))[1], 2 * found)


def test_sources_that_give_one_colour_are_taken_together() -> None:
    indices = np.array([[0, 1, 0], [1, 2, 3], [0, 0, 0]])
    logits = np.full((9 + 1 + 3, 3, 3), -20, np.float32)
    logits[OFFSETS.index((0, 1)), 1, 1] = np.log(0.4)  # colour 3, the likeliest of the places
    for offset in ((-1, 0), (0, -1)):  # colour 1, twice
        logits[OFFSETS.index(offset), 1, 1] = np.log(0.3)
    assert likeliest(logits, indices, 4)[1, 1] == 1
    logits[9 + 3, 1, 1] = np.log(0.25)  # colour 3 once more, painted
    assert likeliest(logits, indices, 4)[1, 1] == 3
    logits[9, 1, 1] = np.log(0.7)
    assert likeliest(logits, indices, 4)[1, 1] == 0


def test_colours_that_cannot_be_painted_can_be_copied() -> None:
    indices = np.array([[5, 5], [5, 5]])
    logits = np.zeros((9 + 1 + 2, 2, 2), np.float32)
    logits[OFFSETS.index((0, 0))] = 9
    assert (likeliest(logits, indices, 6) == 5).all()
