"""Actions by rule, on pictures of which one can say what must come out."""

from __future__ import annotations

import numpy as np
import pytest

from pixelforge.errors import RequestError
from pixelforge.imaging.actions import ACTIONS, act, sunk
from pixelforge.imaging.eyes import eyes_of
from pixelforge.imaging.pixels import Pixels

COLOURS = {" ": (0, 0, 0, 0), "#": (20, 16, 28, 255), "o": (90, 125, 206, 255), "w": (255, 255, 255, 255),
           "k": (48, 52, 109, 255)}  # fmt: skip


def drawn(*rows: str) -> Pixels:
    return np.array([[COLOURS[letter] for letter in row] for row in rows], np.uint8)


FIGURE = drawn(
    "          ",
    "   ####   ",
    "  #oooo#  ",
    "  #owow#  ",
    "  #oooo#  ",
    "   ####   ",
    "  #oooo#  ",
    "  #oooo#  ",
    "  #oooo#  ",
    "  #    #  ",
    "          ",
)


def random_sprites() -> list[Pixels]:
    rng = np.random.default_rng(7)
    sprites = []
    for density in (0.02, 0.3, 0.9, 1.0):
        for side in (2, 8, 16, 17):
            pixels = np.array(list(COLOURS.values()), np.uint8)[rng.integers(1, 5, (side, side))]
            pixels[rng.random((side, side)) >= density] = 0
            pixels[rng.integers(side), rng.integers(side)] = COLOURS["o"]
            sprites.append(pixels)
    return sprites


@pytest.mark.parametrize("name", ACTIONS)
def test_every_sprite_can_do_it_in_its_own_colours(name: str) -> None:
    for picture in [FIGURE, *random_sprites()]:
        before = picture.copy()
        if name == "blink" and not eyes_of(picture).any():
            with pytest.raises(RequestError, match="No eyes were found"):
                act(picture, name)
            continue
        frames = act(picture, name)
        np.testing.assert_array_equal(picture, before)
        np.testing.assert_array_equal(frames.pictures[0], picture)
        assert 2 <= len(frames.pictures) <= 8
        own = {tuple(pixel) for pixel in picture.reshape(-1, 4)} | {(0, 0, 0, 0), (255, 255, 255, 255)}
        for shown in frames.pictures:
            assert shown.shape == picture.shape
            assert {tuple(pixel) for pixel in shown.reshape(-1, 4)} <= own
            assert shown[..., 3].any()


def test_a_bob_lowers_the_head_and_leaves_the_feet() -> None:
    _, low = act(FIGURE, "bob").pictures
    np.testing.assert_array_equal(low[2:6], FIGURE[1:5])
    np.testing.assert_array_equal(low[8:], FIGURE[8:])
    assert not low[:2, :, 3].any()
    np.testing.assert_array_equal(low, sunk(FIGURE))


def test_a_hop_leaves_the_ground_and_comes_back() -> None:
    high = [int(shown[..., 3].any(axis=1).nonzero()[0][-1]) for shown in act(FIGURE, "hop").pictures]
    assert high[0] == high[-1] == 9
    assert min(high) == 8  # there is one free row above
    roomy = np.pad(FIGURE, ((4, 0), (0, 0), (0, 0)))
    high = [int(shown[..., 3].any(axis=1).nonzero()[0][-1]) for shown in act(roomy, "hop").pictures]
    assert high == [13, 13, 11, 10, 11, 13]


def test_floating_uses_the_room_that_there_is() -> None:
    def heights(picture: Pixels) -> list[int]:
        return [int(shown[..., 3].any(axis=1).nonzero()[0][0]) for shown in act(picture, "float").pictures]

    assert heights(FIGURE) == [1, 0, 1, 2]
    assert heights(FIGURE[:-1]) == [1, 0]
    assert heights(FIGURE[1:]) == [0, 1]
    assert heights(FIGURE[1:-1]) == [0, 1]  # none: it sinks into its waist


def test_a_blink_shuts_the_eyes_alone() -> None:
    still, shut = act(FIGURE, "blink").pictures
    changed = (still != shut).any(axis=2)
    assert changed.sum() == 2
    assert (still[changed] == COLOURS["w"]).all()
    assert (shut[changed] == COLOURS["o"]).all()


def test_dark_eyes_are_found_as_well_and_a_light_on_the_helmet_is_none() -> None:
    picture = FIGURE.copy()
    picture[3, 4] = picture[3, 6] = COLOURS["k"]
    picture[2, 4] = COLOURS["w"]
    still, shut = act(picture, "blink").pictures
    assert sorted(map(tuple, np.argwhere((still != shut).any(axis=2)).tolist())) == [(3, 4), (3, 6)]


def test_a_flash_lights_all_of_it() -> None:
    still, lit, dark, again = act(FIGURE, "flash").pictures
    opaque = FIGURE[..., 3] > 0
    assert (lit[opaque] == COLOURS["w"]).all()
    assert not lit[~opaque].any()
    np.testing.assert_array_equal(dark, still)
    np.testing.assert_array_equal(again, lit)
    night = act(drawn("##", "#k"), "flash").pictures[1]
    assert (night == 255).all()


def test_a_turn_is_a_mirror_and_a_shake_ends_where_it_began() -> None:
    np.testing.assert_array_equal(act(FIGURE, "turn").pictures[1], FIGURE[:, ::-1])
    lefts = [int(shown[..., 3].any(axis=0).nonzero()[0][0]) for shown in act(FIGURE, "shake").pictures]
    assert lefts == [2, 1, 2, 3]


def test_what_cannot_be_is_told() -> None:
    with pytest.raises(RequestError, match="no action 'dance'; there are bob, "):
        act(FIGURE, "dance")
    with pytest.raises(RequestError, match="transparent all over"):
        act(np.zeros((16, 16, 4), np.uint8), "bob")


def test_every_action_says_what_it_is() -> None:
    for action in ACTIONS.values():
        assert action.help
        assert "\n" not in action.help
