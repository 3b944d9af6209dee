"""One seeded generator a sprite, so that a sprite does not depend on its neighbours in a grid."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


class SpriteNoise:
    """Standard normal noise for sprites, each drawn from its own CPU generator.

    seeds: one a sprite, 0 to 2**32 - 1 (the generator takes no more bits). shape: (C, H, W) of a sprite. The n-th draw
    of a seed is always the same picture, on every device.
    """

    def __init__(self, seeds: Sequence[int], shape: tuple[int, int, int], device: torch.device) -> None:
        self._generators = [torch.Generator().manual_seed(seed) for seed in seeds]
        self._shape = shape
        self._device = device

    def draw(self) -> Tensor:
        """(B, C, H, W) float32: the next noise of every sprite."""
        rows = [torch.randn(self._shape, generator=generator) for generator in self._generators]
        return torch.stack(rows).to(self._device)
