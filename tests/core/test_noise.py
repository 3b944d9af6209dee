from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pixelforge.core.noise import SpriteNoise

SHAPE = (4, 8, 8)


@given(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=6), st.integers(1, 3))
def test_a_sprites_noise_does_not_depend_on_its_neighbours(seeds: list[int], draws: int) -> None:
    together = SpriteNoise(seeds, SHAPE)
    alone = [SpriteNoise([seed], SHAPE) for seed in seeds]
    for _ in range(draws):
        assert np.array_equal(together.draw(), np.concatenate([noise.draw() for noise in alone]))


def test_draws_are_standard_normal_and_fresh() -> None:
    noise = SpriteNoise(range(200), SHAPE)
    first, second = noise.draw(), noise.draw()
    assert first.shape == (200, *SHAPE)
    assert first.dtype == np.float32
    both = np.stack([first, second])
    assert abs(both.mean().item()) < 0.01
    assert abs(both.std().item() - 1) < 0.01
    assert abs((first * second).mean().item()) < 0.02  # draws are independent
    assert abs((first[1:] * first[:-1]).mean().item()) < 0.02  # and so are seeds that follow each other


def test_seeds_are_told_apart_up_to_32_bits() -> None:
    noise = SpriteNoise([0, 1, 2**31, 2**32 - 1], SHAPE).draw()
    assert len({tuple(row.flatten().tolist()) for row in noise}) == 4
