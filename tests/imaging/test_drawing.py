"""Drawing on sprites, against what scipy and plain counting say."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from scipy import ndimage

from pixelforge.imaging import drawing
from pixelforge.imaging.drawing import CLEAR
from pixelforge.imaging.pixels import Pixels

RED, BLUE = (255, 0, 0, 255), (0, 0, 255, 255)
INKS = np.array([CLEAR, RED, BLUE], np.uint8)
CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]])

points = st.tuples(st.integers(-20, 20), st.integers(-20, 20))
indices = npst.arrays(np.int64, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.integers(0, 2))


def picture_of(index: np.ndarray) -> Pixels:
    return INKS[index]


HALF = 0.5 + 1e-9  # a pixel, and what the sum rounds


@given(points, points)
def test_a_line_is_without_gaps_as_short_as_can_be_and_keeps_to_the_straight_one(start, end) -> None:
    found = drawing.line(start, end)
    longest = max(abs(end[0] - start[0]), abs(end[1] - start[1]))
    assert (found[0], found[-1], len(found)) == (start, end, longest + 1)
    for (x, y), (to_x, to_y) in pairwise(found):
        assert max(abs(to_x - x), abs(to_y - y)) == 1
    for step, (x, y) in enumerate(found):
        share = step / longest if longest else 0
        assert abs(x - (start[0] + share * (end[0] - start[0]))) <= HALF
        assert abs(y - (start[1] + share * (end[1] - start[1]))) <= HALF


@given(indices, st.data())
def test_filling_takes_what_scipy_calls_connected(index, data) -> None:
    height, width = index.shape
    x, y = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    labels, _ = ndimage.label(index == index[y, x], CROSS)
    expected = picture_of(index)
    expected[labels == labels[y, x]] = (1, 2, 3, 255)
    np.testing.assert_array_equal(drawing.filled(picture_of(index), (x, y), (1, 2, 3, 255)), expected)


@given(indices)
def test_outlines_are_what_scipy_grows_and_what_it_shrinks(index) -> None:
    picture, opaque = picture_of(index), index > 0
    around = ndimage.binary_dilation(opaque, CROSS) & ~opaque
    np.testing.assert_array_equal((drawing.outlined(picture, BLUE) != picture).any(axis=2), around)
    np.testing.assert_array_equal(drawing.outline_of(picture), opaque & ~ndimage.binary_erosion(opaque, CROSS))
    bare = drawing.with_outline(picture, CLEAR)
    np.testing.assert_array_equal(bare[..., 3] > 0, ndimage.binary_erosion(opaque, CROSS))


@given(indices)
def test_stray_pixels_are_small_islands_beside_a_larger_one(index) -> None:
    labels, count = ndimage.label(index > 0, np.ones((3, 3)))
    sizes = [int((labels == label).sum()) for label in range(1, count + 1)]
    small = [label + 1 for label, size in enumerate(sizes) if size <= drawing.STRAY]
    expected = np.isin(labels, small) if any(size > drawing.STRAY for size in sizes) else np.zeros_like(labels, bool)
    np.testing.assert_array_equal(drawing.stray(picture_of(index)), expected)


@given(indices, st.integers(-12, 12), st.integers(-12, 12))
def test_shifting_and_flipping_lose_nothing(index, across, down) -> None:
    picture = picture_of(index)
    there = drawing.shifted(picture, across, down)
    np.testing.assert_array_equal(drawing.shifted(there, -across, -down), picture)
    assert there[down % index.shape[0], across % index.shape[1]].tolist() == picture[0, 0].tolist()
    for upside_down in (False, True):
        flipped = drawing.flipped(picture, down=upside_down)
        np.testing.assert_array_equal(drawing.flipped(flipped, down=upside_down), picture)
    np.testing.assert_array_equal(drawing.flipped(picture), picture[:, ::-1])


def test_a_mirror_stands_in_the_middle_and_doubles_nothing() -> None:
    assert drawing.mirrored([(0, 3), (5, 1)], 16) == [(0, 3), (15, 3), (5, 1), (10, 1)]
    assert drawing.mirrored([(1, 0)], 3) == [(1, 0)]


def test_what_lies_outside_is_passed_over() -> None:
    picture = np.zeros((2, 2, 4), np.uint8)
    painted = drawing.painted(picture, [(-1, 0), (2, 0), (0, -1), (0, 2), (1, 1)], RED)
    assert (painted[..., 3] > 0).tolist() == [[False, False], [False, True]]
    assert not picture.any()  # the picture that it got is as it was


@pytest.mark.parametrize(("across", "down"), [(1, 0), (0, 1), (2, 2), (-3, 0)])
def test_moving_lays_opaque_pixels_over_the_rest_and_leaves_a_hole(across: int, down: int) -> None:
    picture = np.tile(np.array(BLUE, np.uint8), (4, 4, 1))
    picture[0, 0], picture[0, 1] = RED, CLEAR
    result = drawing.moved(picture, (0, 0, 2, 1), across, down)
    expected = picture.copy()
    expected[0, :2] = CLEAR
    if 0 <= across < 4:
        expected[down, across] = RED
    np.testing.assert_array_equal(result, expected)


def test_replacing_changes_one_colour_everywhere_and_counting_puts_the_frequent_first() -> None:
    picture = picture_of(np.array([[1, 2, 1], [0, 1, 2]]))
    assert drawing.colours_of(picture) == [RED, BLUE]
    changed = drawing.replaced(picture, RED, (9, 9, 9, 255))
    assert drawing.colours_of(changed) == [(9, 9, 9, 255), BLUE]
    assert drawing.ink_at(picture, (1, 0)) == BLUE
    assert drawing.ink_at(picture, (0, 1)) == CLEAR
