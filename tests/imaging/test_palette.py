from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixelforge.errors import PaletteError
from pixelforge.imaging.palette import Palette, PaletteRule, recolour, reduce_colours, rule_of, snap
from pixelforge.oklab import from_oklab, to_oklab

COLOURS = ((0, 0, 0), (255, 255, 255), (200, 30, 40), (30, 60, 200), (90, 90, 90))


def sprites(seed: int, count: int = 3, colours: int = 256) -> np.ndarray:
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, colours, (count, 8, 8, 4)).astype(np.uint8) * (256 // colours)
    pixels[..., 3] = np.where(rng.random((count, 8, 8)) < 0.7, 255, 0)
    return pixels


def opaque_colours(pixels: np.ndarray) -> set:
    return {tuple(int(v) for v in colour) for colour in pixels[pixels[..., 3] > 0][:, :3]}


@pytest.mark.parametrize(
    ("rgb", "lab"),
    [
        ((255, 255, 255), (1.0, 0.0, 0.0)),
        ((0, 0, 0), (0.0, 0.0, 0.0)),
        ((255, 0, 0), (0.62796, 0.22486, 0.12585)),
        ((0, 255, 0), (0.86644, -0.23389, 0.17950)),
        ((0, 0, 255), (0.45201, -0.03246, -0.31153)),
    ],
)
def test_oklab_of_known_colours(rgb, lab) -> None:
    """The primaries' values as Ottosson's own reference code and CSS Color 4 give them."""
    np.testing.assert_allclose(to_oklab(np.array(rgb, np.uint8)), lab, atol=2e-4)


@given(st.integers(0, 10_000))
def test_snap_takes_the_nearest_in_oklab(seed) -> None:
    pixels = sprites(seed)
    result = snap(pixels, COLOURS)
    targets = to_oklab(np.array(COLOURS, np.uint8))
    for before, after in zip(pixels.reshape(-1, 4), result.reshape(-1, 4), strict=True):
        if before[3] == 0:
            np.testing.assert_array_equal(before, after)
        else:
            distances = np.linalg.norm(targets - to_oklab(before[:3]), axis=1)
            assert tuple(after[:3]) == COLOURS[int(distances.argmin())]
            assert after[3] == 255
    np.testing.assert_array_equal(snap(result, COLOURS), result)


@given(st.integers(0, 10_000), st.integers(2, 12))
def test_reduced_sprites_keep_colours_of_their_own(seed, count) -> None:
    pixels = sprites(seed, colours=8)
    result = reduce_colours(pixels, count)
    assert len(opaque_colours(result)) <= count
    assert opaque_colours(result) <= opaque_colours(pixels)
    np.testing.assert_array_equal(result[..., 3], pixels[..., 3])
    np.testing.assert_array_equal(result[pixels[..., 3] == 0], pixels[pixels[..., 3] == 0])
    np.testing.assert_array_equal(reduce_colours(result, count), result)


def test_few_colours_stay_as_they_are() -> None:
    pixels = snap(sprites(1), COLOURS)
    assert reduce_colours(pixels, 5) is pixels


def test_two_clear_groups_are_found() -> None:
    pixels = np.zeros((1, 4, 4, 4), np.uint8)
    pixels[..., 3] = 255
    pixels[0, :2, :, 0] = [[250, 251, 252, 251], [251, 251, 251, 251]]
    pixels[0, 2:, :, 2] = [[200, 201, 202, 201], [201, 201, 201, 201]]
    result = reduce_colours(pixels, 2)
    assert opaque_colours(result) == {(251, 0, 0), (0, 0, 201)}


def test_a_transparent_sprite_stays_so() -> None:
    empty = np.zeros((2, 8, 8, 4), np.uint8)
    np.testing.assert_array_equal(snap(empty, COLOURS), empty)
    np.testing.assert_array_equal(recolour(empty, PaletteRule(reduce_to=2)), empty)


def test_a_sprite_alone_is_reduced_as_in_a_batch() -> None:
    pixels = sprites(4)
    rule = PaletteRule(reduce_to=4)
    together = recolour(pixels, rule)
    for index in range(3):
        np.testing.assert_array_equal(recolour(pixels[index : index + 1], rule)[0], together[index])


def test_rules() -> None:
    pixels = sprites(2)
    palette = Palette("five", COLOURS)
    np.testing.assert_array_equal(recolour(pixels, rule_of(palette)), snap(pixels, COLOURS))
    assert recolour(pixels, None) is pixels


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"colours": ("#000000",), "reduce_to": 4},
        {"reduce_to": 1},
        {"reduce_to": 65},
        {"colours": ("red",)},
        {"colours": ("#00000",)},
        {"colours": ("#000000",) * 257},
    ],
)
def test_rules_that_are_none(fields) -> None:
    with pytest.raises(PaletteError):
        PaletteRule(**fields)
    with pytest.raises(msgspec.ValidationError):  # so that a recipe or settings with one are found to be damaged
        msgspec.json.decode(msgspec.json.encode(fields), type=PaletteRule)


@pytest.mark.parametrize("count", [0, 257])
def test_a_palette_has_colours_but_not_too_many(count) -> None:
    with pytest.raises(PaletteError, match=str(count)):
        Palette("p", ((0, 0, 0),) * count)


def test_oklab_and_back() -> None:
    colours = np.random.default_rng(0).integers(0, 256, (5000, 3), np.uint8)
    np.testing.assert_array_equal(from_oklab(to_oklab(colours)), colours)
