"""Palettes as a `pointer` network takes them, and OKLab and alpha as its x_t has them.

Values are about as large as noise: L from -1 to 1, a and b scaled by 4 (they rarely pass 0.25), alpha -1 or 1. Where
alpha is -1 the colour is one constant, grey.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pixelforge.core.config import AB_SCALE, MAX_PALETTE, TRANSPARENT, Colour
from pixelforge.core.weights import Floats
from pixelforge.oklab import from_oklab, to_oklab


def stack_palettes(palettes: Sequence[Sequence[Colour]]) -> Floats:
    """The values of several palettes, (B, K, 4) with alpha 1; alpha 0 where a palette has fewer colours than others."""
    longest = max(1, *(len(palette) for palette in palettes))
    stacked = np.zeros((len(palettes), longest, 4), np.float32)
    for row, palette in zip(stacked, palettes, strict=True):
        if palette:
            row[: len(palette), :3] = lab_values(to_oklab(np.array(palette, np.uint8)))
            row[: len(palette), 3] = 1
    return stacked


def lab_values(lab: NDArray[np.float64]) -> Floats:
    """OKLab (…, 3) to the values of x_0."""
    scale, shift = np.array([2, AB_SCALE, AB_SCALE], np.float32), np.array([1, 0, 0], np.float32)
    return lab.astype(np.float32) * scale - shift


def choices(palettes: Floats) -> Floats:
    """What a pixel can be: palettes (B, K, 4) to values (B, 1 + K, 4), transparent first."""
    transparent = np.broadcast_to(np.array(TRANSPARENT, np.float32), (len(palettes), 1, 4))
    return np.concatenate([transparent, palettes], axis=1)


def to_rgb(x: Floats) -> Floats:
    """Values (B, 4, H, W) of OKLab and alpha to RGBA in [-1, 1], the colour of transparent pixels black."""
    lab = x[:, :3].transpose(0, 2, 3, 1).astype(np.float64)
    lab = (lab + np.array([1, 0, 0])) / np.array([2, AB_SCALE, AB_SCALE])
    rgb = from_oklab(lab).transpose(0, 3, 1, 2).astype(np.float32) / np.float32(127.5) - np.float32(1)
    alpha = x[:, 3:]
    return np.concatenate([np.where(alpha > 0, rgb, np.float32(-1)), alpha], axis=1)


def from_rgb(x: Floats) -> Floats:
    """RGBA (C, H, W) in [-1, 1], as it stands in a sprite, to values of OKLab and alpha."""
    lab = lab_values(to_oklab(_rgb_bytes(x))).transpose(2, 0, 1)
    constant = np.array(TRANSPARENT, np.float32)[:, None, None]
    return np.where(x[3:] > 0, np.concatenate([lab, np.ones_like(x[3:])]), constant)


def colours_of(start: Floats) -> tuple[Colour, ...]:
    """The opaque colours of RGBA (4, H, W) in [-1, 1], most used first, at most as many as a palette has."""
    opaque = _rgb_bytes(start)[start[3] > 0]
    colours, uses = np.unique(opaque, axis=0, return_counts=True)
    order = np.argsort(-uses, kind="stable")[:MAX_PALETTE]
    return tuple((int(r), int(g), int(b)) for r, g, b in colours[order]) or ((0, 0, 0),)


def codes_of(picture: Floats) -> NDArray[np.int64]:
    """Numbers (H, W), equal where pixels are, of a picture RGB or RGBA (C, H, W) in [-1, 1], alpha hard."""
    codes = _rgb_bytes(picture).astype(np.int64) @ (1 << 16, 1 << 8, 1)
    return codes if len(picture) == 3 else np.where(picture[3] > 0, codes, -1)


def _rgb_bytes(picture: Floats) -> NDArray[np.uint8]:
    """RGB(A) (C, H, W) in [-1, 1] to (H, W, 3) from 0 to 255."""
    values = np.clip(np.round((picture[:3] + 1) * np.float32(127.5)), 0, 255)
    return values.transpose(1, 2, 0).astype(np.uint8)
