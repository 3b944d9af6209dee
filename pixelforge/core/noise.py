"""One seeded generator a sprite, so that a sprite does not depend on its neighbours in a grid."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from pixelforge.core.blend import Blend
from pixelforge.core.normal import Floats, normals


class SpriteNoise:
    """Standard normal noise for sprites, each drawn from its own generator.

    seeds: one a sprite, 0 to 2**32 - 1 (the generator takes no more bits). shape: (C, H, W) of a sprite. The n-th draw
    of a seed is always the same picture, on every machine, device and engine. blends: of each sprite, what is mixed
    into every draw of it; none, or None for a sprite: nothing is.
    """

    def __init__(
        self,
        seeds: Sequence[int],
        shape: tuple[int, int, int],
        blends: Sequence[Blend | None] = (),
    ) -> None:
        self._generators = [np.random.RandomState(seed) for seed in seeds]
        self._mixed_in = [
            (index, blend.own_weight, [(np.random.RandomState(seed), weight) for seed, weight in blend.parts])
            for index, blend in enumerate(blends)
            if blend is not None
        ]
        self._shape = shape

    def draw(self) -> Floats:
        """(B, C, H, W) float32: the next noise of every sprite."""
        rows = normals(self._generators, prod(self._shape))
        for index, own_weight, others in self._mixed_in:
            rows[index] = _blended(rows[index], own_weight, others)
        return rows.reshape(-1, *self._shape)


def _blended(own: Floats, own_weight: float, others: Sequence[tuple[np.random.RandomState, float]]) -> Floats:
    """The sum of weight * noise, in float64 and rounded once."""
    mixed = own_weight * own.astype(np.float64)
    for generator, weight in others:
        mixed += weight * normals([generator], own.size)[0].astype(np.float64)
    return mixed.astype(np.float32)
