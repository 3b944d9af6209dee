"""Palettes as a `pointer` network takes them, and OKLab and alpha as its x_t has them.

Values are about as large as noise: L from -1 to 1, a and b scaled by 4 (they rarely pass 0.25), alpha -1 or 1. Where
alpha is -1 the colour is one constant, grey.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pixelforge.core.config import AB_SCALE, MAX_PALETTE, TRANSPARENT, Colour
from pixelforge.oklab import from_oklab, to_oklab


def stack_palettes(palettes: Sequence[Sequence[Colour]]) -> Tensor:
    """The values of several palettes, (B, K, 4) with alpha 1; alpha 0 where a palette has fewer colours than others."""
    longest = max(1, *(len(palette) for palette in palettes))
    stacked = torch.zeros(len(palettes), longest, 4)
    for row, palette in zip(stacked, palettes, strict=True):
        if palette:
            lab = torch.from_numpy(to_oklab(np.array(palette, np.uint8))).float()
            row[: len(palette), :3] = lab_values(lab)
            row[: len(palette), 3] = 1
    return stacked


def lab_values(lab: Tensor) -> Tensor:
    """OKLab (…, 3) to the values of x_0."""
    return lab * lab.new_tensor([2, AB_SCALE, AB_SCALE]) - lab.new_tensor([1, 0, 0])


def choices(palettes: Tensor) -> Tensor:
    """What a pixel can be: palettes (B, K, 4) to values (B, 1 + K, 4), transparent first."""
    transparent = palettes.new_tensor(TRANSPARENT).expand(len(palettes), 1, 4)
    return torch.cat([transparent, palettes], dim=1)


def to_rgb(x: Tensor) -> Tensor:
    """Values (B, 4, H, W) of OKLab and alpha to RGBA in [-1, 1], the colour of transparent pixels black."""
    lab = x[:, :3].permute(0, 2, 3, 1).double().cpu().numpy()
    lab = (lab + np.array([1, 0, 0])) / np.array([2, AB_SCALE, AB_SCALE])
    rgb = torch.from_numpy(from_oklab(lab)).permute(0, 3, 1, 2).to(x) / 127.5 - 1
    alpha = x[:, 3:]
    return torch.cat([torch.where(alpha > 0, rgb, -1.0), alpha], dim=1)


def from_rgb(x: Tensor) -> Tensor:
    """RGBA (C, H, W) in [-1, 1], as it stands in a sprite, to values of OKLab and alpha."""
    rgb = _rgb_bytes(x)
    lab = lab_values(torch.from_numpy(to_oklab(rgb)).to(x)).permute(2, 0, 1)
    opaque = x[3:] > 0
    constant = x.new_tensor(TRANSPARENT)[:, None, None]
    return torch.where(opaque, torch.cat([lab, torch.ones_like(x[3:])]), constant)


def colours_of(start: Tensor) -> tuple[Colour, ...]:
    """The opaque colours of RGBA (4, H, W) in [-1, 1], most used first, at most as many as a palette has."""
    opaque = _rgb_bytes(start)[(start[3] > 0).cpu().numpy()]
    colours, uses = np.unique(opaque, axis=0, return_counts=True)
    order = np.argsort(-uses, kind="stable")[:MAX_PALETTE]
    return tuple((int(r), int(g), int(b)) for r, g, b in colours[order]) or ((0, 0, 0),)


def _rgb_bytes(picture: Tensor) -> NDArray[np.uint8]:
    """RGB(A) (C, H, W) in [-1, 1] to (H, W, 3) from 0 to 255."""
    values = ((picture[:3] + 1) * 127.5).round().clamp(0, 255).permute(1, 2, 0).cpu().numpy()
    return values.astype(np.uint8)
