"""Colour and size of a sprite, told by its pixels."""

from __future__ import annotations

import numpy as np

from pixelforge.imaging.pixels import Pixels
from pixelforge.oklab import to_oklab

COLOURS = ("red", "orange", "brown", "yellow", "green", "teal", "blue", "purple", "pink", "black", "grey", "white")
SIZES = ("tiny", "small", "medium", "large")
BOUNDS = (0.25, 0.4, 0.6)
HUES = (
    (20, "pink"),
    (45, "red"),
    (75, "orange"),
    (115, "yellow"),
    (165, "green"),
    (215, "teal"),
    (285, "blue"),
    (335, "purple"),
    (361, "pink"),
)


def colour_of(sprite: Pixels) -> str:
    """The name of the dominant colour of a sprite (H, W, 4)."""
    opaque = sprite[..., 3] > 0
    if not opaque.any():
        return "grey"
    lab = to_oklab(sprite[..., :3])
    padded = np.pad(opaque, 1)
    inner = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    body = opaque & (inner | (lab[..., 0] > 0.35))
    lab = lab[body if body.any() else opaque]
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    coloured = chroma > 0.045
    if coloured.mean() < 0.3:
        light = float(np.mean(lab[:, 0]))
        return "black" if light < 0.35 else "grey" if light < 0.72 else "white"
    names = [_name(*row) for row in lab[coloured]]
    weights: dict[str, float] = {}
    for name, weight in zip(names, chroma[coloured] + 0.05, strict=True):
        weights[name] = weights.get(name, 0.0) + float(weight)
    return max(weights, key=lambda name: weights[name])


def _name(light: float, a: float, b: float) -> str:
    hue = float(np.degrees(np.arctan2(b, a)) % 360)
    name = next(name for bound, name in HUES if hue < bound)
    if name in ("orange", "red", "yellow") and light < 0.6 and 40 < hue < 110:
        return "brown"
    if name == "red" and light > 0.72:
        return "pink"
    return name


def size_of(sprite: Pixels) -> str:
    """How much of the cell a sprite (H, W, 4) covers, in a word."""
    covered = float((sprite[..., 3] > 0).mean())
    return SIZES[sum(covered >= bound for bound in BOUNDS)]
