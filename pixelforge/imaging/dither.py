"""Ordered dithering: a colour between two of a palette drawn as a regular pattern of the two."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

CONTRAST = 0.1  # how much the difference of the two counts beside the error of their mix: less is noisier
BLOCK = 4096  # colours that are compared with the palette at once


def bayer(side: int) -> Floats:
    """The thresholds of a side x side pattern, in (0, 1); side is a power of two. Bayer 1973."""
    matrix = np.zeros((1, 1))
    while len(matrix) < side:
        matrix = np.block([[4 * matrix, 4 * matrix + 2], [4 * matrix + 3, 4 * matrix + 1]])
    thresholds: Floats = (matrix + 0.5) / matrix.size
    return thresholds


def partners(points: Floats, targets: Floats, nearest: Indices) -> tuple[Indices, Floats]:
    """For each colour (K, 3) of which `nearest` (K,) is known: the colour to mix it with, and its share, 0 to 0.5.

    The share is that of the point on the line between the two that lies nearest to the colour.
    """
    partner, share = np.empty(len(points), np.intp), np.empty(len(points))
    for start in range(0, len(points), BLOCK):
        part = slice(start, start + BLOCK)
        base = targets[nearest[part]]
        line = targets[None] - base[:, None]  # (K, T, 3)
        length = (line**2).sum(axis=2)
        along = ((points[part] - base)[:, None] * line).sum(axis=2)
        shares = np.clip(along / np.where(length > 0, length, 1), 0, 0.5)
        error = ((points[part][:, None] - base[:, None] - shares[..., None] * line) ** 2).sum(axis=2)
        cost = error + CONTRAST * shares * (1 - shares) * length
        best = cost.argmin(axis=1)
        partner[part], share[part] = best, shares[np.arange(len(best)), best]
    return partner, share


def pattern(shape: tuple[int, ...], side: int) -> Floats:
    """The thresholds laid over pictures (…, H, W), each begun at its top left pixel."""
    height, width = shape[-2:]
    tiled = np.tile(bayer(side), (-(-height // side), -(-width // side)))[:height, :width]
    return np.broadcast_to(tiled, shape)
