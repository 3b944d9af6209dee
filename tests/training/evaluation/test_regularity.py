from __future__ import annotations

import numpy as np
import pytest

from tests.training.conftest import blob
from training.evaluation.regularity import regularity

RED, BLUE = (200, 0, 0, 255), (0, 0, 200, 255)


def test_what_is_counted_by_hand() -> None:
    sprite = np.zeros((1, 8, 8, 4), np.uint8)
    sprite[0, 2, 2:6] = RED  # four in a row, in the middle
    sprite[0, 3, 2] = RED
    sprite[0, 6, 0] = BLUE
    colours, size, lone, left, above, across = regularity(sprite)[0]
    assert (colours, size) == (2, 6 / 64)
    assert lone == pytest.approx(1 / 6)
    assert left == pytest.approx(3 / 6)
    assert above == pytest.approx(1 / 6)
    assert across == pytest.approx(4 / 6)


def test_against_loops() -> None:
    rng = np.random.default_rng(0)
    for sprite in (blob(rng) for _ in range(10)):
        padded = np.pad(sprite, ((1, 1), (1, 1), (0, 0)))
        places = [(y, x) for y, x in np.argwhere(sprite[..., 3] > 0).tolist()]

        def like(y: int, x: int, dy: int, dx: int, padded: np.ndarray = padded) -> bool:
            return bool((padded[1 + y + dy, 1 + x + dx] == padded[1 + y, 1 + x]).all())

        around = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dy or dx]
        expected = [
            len({tuple(sprite[place]) for place in places}),
            len(places) / 64,
            np.mean([not any(like(*place, *step) for step in around) for place in places]),
            np.mean([like(*place, 0, -1) for place in places]),
            np.mean([like(*place, -1, 0) for place in places]),
            np.mean([(sprite[y, x] == sprite[y, 7 - x]).all() for y, x in places]),
        ]
        np.testing.assert_allclose(regularity(sprite[None])[0], expected)


def test_an_empty_sprite_is_of_no_colour() -> None:
    np.testing.assert_array_equal(regularity(np.zeros((1, 8, 8, 4), np.uint8)), 0)
