"""One seeded generator a sprite, so that a sprite does not depend on its neighbours in a grid."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np
import torch
from torch import Tensor

from pixelforge.core.normal import normals


class SpriteNoise:
    """Standard normal noise for sprites, each drawn from its own generator.

    seeds: one a sprite, 0 to 2**32 - 1 (the generator takes no more bits). shape: (C, H, W) of a sprite. The n-th draw
    of a seed is always the same picture, on every machine, device and engine.
    """

    def __init__(self, seeds: Sequence[int], shape: tuple[int, int, int], device: torch.device) -> None:
        self._generators = [np.random.RandomState(seed) for seed in seeds]
        self._shape = shape
        self._device = device

    def draw(self) -> Tensor:
        """(B, C, H, W) float32: the next noise of every sprite."""
        rows = normals(self._generators, prod(self._shape)).reshape(-1, *self._shape)
        return torch.from_numpy(rows).to(self._device)
