"""Which colours are in use, where one is, and one in another's place."""

from __future__ import annotations

import numpy as np

from pixelforge.imaging.used_colours import FAINT, UsedColour, exchanged, pointed_out, used_colours

RED, BLUE, GREY = (255, 0, 0), (0, 0, 255), (9, 9, 9)


def picture(*rows: list[tuple[int, int, int] | None]) -> np.ndarray:
    """None is transparent, and red beneath."""
    return np.array([[(*colour, 255) if colour else (*RED, 0) for colour in row] for row in rows], np.uint8)


def test_the_most_used_comes_first_and_what_is_transparent_has_no_colour() -> None:
    one, other = picture([RED, None], [BLUE, BLUE]), picture([GREY, BLUE, None])
    assert used_colours([one, other]) == [UsedColour(BLUE, 3), UsedColour(GREY, 1), UsedColour(RED, 1)]
    assert used_colours([]) == used_colours([picture([None, None])]) == []


def test_all_but_the_colour_is_faint_and_what_is_transparent_stays_so() -> None:
    before = picture([RED, BLUE], [None, RED])
    after = pointed_out(before[None], RED)[0]
    assert after[..., 3].tolist() == [[255, FAINT], [0, 255]]
    np.testing.assert_array_equal(after[..., :3], before[..., :3])


def test_a_colour_is_exchanged_where_it_is_seen_and_nowhere_else() -> None:
    before = picture([RED, BLUE], [None, GREY])
    kept = before.copy()
    after = exchanged(before, RED, (1, 2, 3))
    np.testing.assert_array_equal(before, kept)
    np.testing.assert_array_equal(after, np.array([[(1, 2, 3, 255), (*BLUE, 255)], [(*RED, 0), (*GREY, 255)]]))
