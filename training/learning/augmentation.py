"""Changes to a sprite that leave it pixel art: flips, one-pixel shifts, swaps of whole colours.

Each change is told to the network in a vector (Karras et al. 2022, section 5). At sampling that vector is zero, so
the network learns from the changed sprites without drawing any.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from training.learning.config import TrainConfig

AUGMENT_DIM = 5  # mirrored left-right, upside down, shift right, shift down, colours swapped


@dataclass(frozen=True)
class Augmentation:
    """What is done to each sprite of a batch, drawn before it is done."""

    flip_x: Tensor  # (B,) bool
    flip_y: Tensor  # (B,) bool
    shift: Tensor  # (B, 2) in -1, 0, 1: right, down
    swap: Tensor  # (B, 2) indices of colours that change places; equal where none do

    @classmethod
    def draw(cls, config: TrainConfig, size: int, num_values: int, generator: torch.Generator) -> Augmentation:
        """Draw for `size` sprites. `num_values` is the palette's size with transparent at 0, or 0 without a palette.

        Left-right flips come three times as often as upside-down ones; transparent is never swapped.
        """

        def happens(probability: float) -> Tensor:
            return torch.rand(size, generator=generator) < probability

        shift = torch.randint(-1, 2, (size, 2), generator=generator) * happens(config.shift)[:, None]
        swap = torch.zeros(size, 2, dtype=torch.long)
        if num_values > 2:
            first = torch.randint(1, num_values, (size,), generator=generator)
            step = torch.randint(1, num_values - 1, (size,), generator=generator)
            second = (first - 1 + step) % (num_values - 1) + 1
            swap = torch.stack([first, second], dim=1) * happens(config.swap)[:, None]
        return cls(happens(config.flip), happens(config.flip / 3), shift, swap)

    def vector(self) -> Tensor:
        """(B, 5) as the network is told; all zero for a sprite left as it is."""
        swapped = self.swap[:, 0] != self.swap[:, 1]
        return torch.cat([torch.stack([self.flip_x, self.flip_y], 1), self.shift, swapped[:, None]], dim=1).float()

    def apply(self, planes: Tensor) -> Tensor:
        """Change planes (B, P, H, W); what a shift uncovers is 0, transparent. P = 1 holds palette indices."""
        planes = torch.where(self.flip_x[:, None, None, None], planes.flip(3), planes)
        planes = torch.where(self.flip_y[:, None, None, None], planes.flip(2), planes)
        planes = _shifted(planes, self.shift)
        if planes.shape[1] > 1:
            return planes
        first, second = self.swap.to(planes.dtype).T[:, :, None, None, None]
        return torch.where(planes == first, second, torch.where(planes == second, first, planes))


def _shifted(planes: Tensor, shift: Tensor) -> Tensor:
    height, width = planes.shape[2:]
    rows = torch.arange(height) - shift[:, 1:]  # (B, H): where each row comes from
    columns = torch.arange(width) - shift[:, :1]
    inside = ((rows >= 0) & (rows < height))[:, None, :, None] & ((columns >= 0) & (columns < width))[:, None, None, :]
    batch = torch.arange(len(planes))[:, None, None]
    moved = planes[batch, :, rows.clamp(0, height - 1)[:, :, None], columns.clamp(0, width - 1)[:, None, :]]
    return moved.permute(0, 3, 1, 2) * inside
