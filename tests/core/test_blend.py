"""Noise between that of several seeds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixelforge.core.blend import Blend, aside, blend_of, slerp, weights_of
from pixelforge.core.noise import SpriteNoise
from pixelforge.core.normal import Floats
from pixelforge.errors import RequestError

SHAPE = (4, 8, 8)


def drawn(seed: int, blend: Blend | None = None, draws: int = 2) -> list[Floats]:
    noise = SpriteNoise([seed], SHAPE, [blend])
    return [noise.draw()[0] for _ in range(draws)]


def test_at_both_ends_it_is_the_noise_of_one_seed_to_the_bit_in_every_draw() -> None:
    ends = [slerp({3: 1.0}, {9: 1.0}, amount) for amount in (0.0, 1.0)]
    assert [np.array_equal(*pair) for pair in zip(drawn(3, blend_of(3, ends[0])), drawn(3), strict=True)] == [
        True,
        True,
    ]
    assert [np.array_equal(*pair) for pair in zip(drawn(9, blend_of(9, ends[1])), drawn(9), strict=True)] == [
        True,
        True,
    ]


@given(st.floats(0.01, 0.99))
def test_on_the_way_it_is_the_weighted_sum_and_as_long_as_noise_is(amount: float) -> None:
    blend = blend_of(3, slerp({3: 1.0}, {9: 1.0}, amount))
    of_first, of_second = math.cos(amount * math.pi / 2), math.sin(amount * math.pi / 2)
    for mixed, first, second in zip(drawn(3, blend), drawn(3), drawn(9), strict=True):
        np.testing.assert_allclose(mixed, of_first * first + of_second * second, rtol=1e-5, atol=1e-5)


def test_a_blend_does_not_change_its_neighbours() -> None:
    blend = Blend(((9, 0.6),))
    together = SpriteNoise([3, 5, 7], SHAPE, [None, blend, None]).draw()
    for row, alone in zip(together, (drawn(3), drawn(5, blend), drawn(7)), strict=True):
        assert np.array_equal(row, alone[0])


def test_blends_of_many_seeds_are_standard_normal() -> None:
    blends = [blend_of(seed, aside({seed: 1.0}, 0.4, -0.3, (seed + 1000, seed + 2000))) for seed in range(200)]
    noise = SpriteNoise(range(200), SHAPE, blends).draw()
    assert abs(noise.mean().item()) < 0.02
    assert abs(noise.std().item() - 1) < 0.02


@given(st.floats(0, 1), st.floats(0, 1))
def test_between_two_that_are_blends_themselves_it_stays_on_the_sphere(first: float, second: float) -> None:
    one, other = slerp({1: 1.0}, {2: 1.0}, first), slerp({2: 1.0}, {3: 1.0}, second)
    try:
        between = slerp(one, other, 0.5)
    except RequestError:
        assert (first, second) == pytest.approx((1, 0), abs=1e-8)  # both are the noise of seed 2
        return
    assert sum(weight**2 for weight in between.values()) == pytest.approx(1)
    seed = max(between, key=lambda seed: between[seed])
    told = weights_of(seed, blend_of(seed, between))
    assert all(told.get(seed, 0) == pytest.approx(weight, abs=1e-6) for seed, weight in between.items())


def test_there_is_nothing_between_one_noise_and_itself() -> None:
    with pytest.raises(RequestError, match="same noise"):
        slerp({4: 1.0}, {4: 1.0}, 0.5)


def test_less_than_none_of_its_own_noise_cannot_be() -> None:
    with pytest.raises(RequestError, match="farther"):
        blend_of(1, {1: -0.6, 2: 0.8})


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ((), "1 to 8"),
        (tuple((seed, 0.1) for seed in range(9)), "1 to 8"),
        (((-1, 0.5),), "4,294,967,295"),
        (((2**32, 0.5),), "4,294,967,295"),
        (((1, 0.9), (2, 0.9)), "at most 1"),
        (((1, math.nan),), "at most 1"),
        (((1, math.inf),), "at most 1"),
    ],
)
def test_a_blend_that_cannot_be_is_refused_in_words(parts, words) -> None:
    with pytest.raises(RequestError, match=words):
        Blend(parts)
