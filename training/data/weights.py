"""How often each sprite is drawn in training."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pixelforge.errors import RequestError
from training.data.sprites import SpriteDataset

MOST_FRAMES = 16  # of a figure that count: four of a walk in four directions; further ones repeat those
BALANCE = 0.5

Weights = NDArray[np.float64]


def draw_weights(data: SpriteDataset, balance: float = BALANCE, factors: Mapping[str, float] | None = None) -> Weights:
    """(N,), how often each sprite is drawn; the sum is 1.

    A group of n pictures weighs min(n, 16)^(1/2), shared evenly: its pictures differ in pose, so they are worth more
    than one, but they are one figure. A style of the weight W is then drawn in proportion to W^(1 - balance): 0 leaves
    it, 1 makes all styles alike. factors: what a style is drawn more or less often by; styles that the data lacks are
    passed over. Raises RequestError for factors or a balance that leave nothing to draw by.
    """
    factors = factors or {}
    if not 0 <= balance <= 1:
        raise RequestError(f"A balance is from 0 to 1, not {balance:g}.")
    wrong = next((style for style, factor in factors.items() if not 0 <= factor < math.inf), None)
    if wrong is not None:
        raise RequestError(f"The style {wrong} cannot be drawn {factors[wrong]:g} times as often.")
    _, group, frames = np.unique(np.array(data.groups), return_inverse=True, return_counts=True)
    weights: Weights = (np.sqrt(np.minimum(frames, MOST_FRAMES)) / frames)[group]
    names, style = np.unique(np.array(data.styles), return_inverse=True)
    sizes = np.bincount(style, weights, minlength=len(names))
    weights *= (sizes**-balance * [factors.get(str(name), 1.0) for name in names])[style]
    total = weights.sum()
    if len(weights) and not total:
        raise RequestError("Every style of the data is to be drawn 0 times as often: leave one.")
    weights /= total
    return weights
