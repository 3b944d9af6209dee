"""Frames on the desk, as data."""

from __future__ import annotations

import numpy as np

from pixelforge.gui.desk.film import ACTION, USUAL, Film
from pixelforge.imaging.actions import act
from pixelforge.imaging.pixels import MAX_FRAMES
from tests.made import made

A, B, C, D = (made(seed).pixels for seed in range(4))


def film(*pictures, at: int = 0) -> Film:
    return Film(tuple(pictures), tuple(100 + 10 * n for n in range(len(pictures))), "walk", at)


def of(one: Film) -> list[tuple[int, int]]:
    """Which pictures, and for how long."""
    known = [id(picture) for picture in (A, B, C, D)]
    return [(known.index(id(picture)), ms) for picture, ms in zip(one.pictures, one.durations, strict=True)]


def test_a_frame_is_doubled_removed_and_moved_with_its_time() -> None:
    three = film(A, B, C, at=1)
    twice = three.duplicated()
    assert (of(twice), twice.at) == ([(0, 100), (1, 110), (1, 110), (2, 120)], 2)
    fewer = three.removed()
    assert (of(fewer), fewer.at) == ([(0, 100), (2, 120)], 1)
    assert (of(film(A, B, at=1).removed()), film(A, B, at=1).removed().at) == ([(0, 100)], 0)
    for to, order in ((0, [1, 0, 2]), (2, [0, 2, 1]), (-5, [1, 0, 2]), (9, [0, 2, 1]), (1, [0, 1, 2])):
        moved = three.moved(to)
        assert [number for number, _ in of(moved)] == order
        assert moved.picture is B
        assert moved.durations[moved.at] == 110
    assert of(three) == [(0, 100), (1, 110), (2, 120)]


def test_there_is_always_one_and_never_too_many() -> None:
    one = film(A)
    assert one.removed() is one
    many = Film((A,) * MAX_FRAMES, (100,) * MAX_FRAMES)
    assert many.duplicated() is many


def test_painting_times_and_looking_touch_one_frame() -> None:
    three = film(A, B, C, at=1)
    assert of(three.painted(D)) == [(0, 100), (3, 110), (2, 120)]
    assert of(three.timed(5)) == [(0, 100), (1, 10), (2, 120)]
    assert three.timed(99_999).durations[1] == 10_000
    assert [three.seen(at).at for at in (0, 2, 3, -1)] == [0, 2, 0, 2]


def test_to_and_from_a_sprite() -> None:
    sprite = made(1)
    still = Film.of(sprite)
    assert (still.action, still.frames()) == (ACTION, None)
    assert still.durations == (USUAL,)
    bobbing = sprite.acting(act(sprite.pixels, "bob"))
    again = Film.of(bobbing).frames()
    assert again is not None
    assert (again.action, again.durations) == ("bob", (400, 400))
    for one, other in zip(again.pictures, bobbing.pictures, strict=True):
        np.testing.assert_array_equal(one, other)
