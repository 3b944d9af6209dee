"""Start noise that is mixed from that of several seeds. Without torch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from pixelforge.core.normal import MAX_SEED
from pixelforge.errors import RequestError

MOST = 8  # noises in a blend; more make no sprite that fewer could not
SMALL = 1e-9  # a weight, or a sum of squares beyond 1, that is rounding and nothing else

Weights = Mapping[int, float]
"""What noise is mixed of, by seed; the squares add up to 1. As the noises of two seeds stand at a right angle, it is a
point of a sphere."""


@dataclass(frozen=True)
class Blend:
    """The noise of other seeds that goes into a sprite's: sum of weight * noise(seed), and of its own what is left.

    The weights' squares add up to at most 1 and the own weight fills that up, so that a blend of independent normal
    noise is normal noise again. Raises RequestError.
    """

    parts: tuple[tuple[int, float], ...]  # seed and weight, -1 to 1

    def __post_init__(self) -> None:
        if not 1 <= len(self.parts) <= MOST:
            raise RequestError(f"A blend takes in the noise of 1 to {MOST} other seeds, not of {len(self.parts)}.")
        if not all(0 <= seed <= MAX_SEED for seed, _ in self.parts):
            raise RequestError(f"The seeds of a blend are 0 to {MAX_SEED:,}.")
        if not self._squares <= 1 + SMALL:  # which no NaN is
            raise RequestError("The squares of a blend's weights add up to at most 1.")

    @property
    def own_weight(self) -> float:
        """The weight of the sprite's own noise, 0 to 1."""
        return math.sqrt(max(0.0, 1 - self._squares))

    @property
    def _squares(self) -> float:
        return sum(weight**2 for _, weight in self.parts)


def weights_of(seed: int, blend: Blend | None) -> Weights:
    """What the noise of a sprite is mixed of."""
    weights: dict[int, float] = {seed: 1.0}
    if blend is not None:
        weights[seed] = blend.own_weight
        for other, weight in blend.parts:
            weights[other] = weights.get(other, 0.0) + weight
    return weights


def blend_of(seed: int, weights: Weights) -> Blend | None:
    """What is mixed into the noise of a seed to have these weights; None: nothing.

    Raises RequestError where that cannot be: of its own noise there is never less than none.
    """
    if weights.get(seed, 0.0) < -SMALL:
        raise RequestError("That noise is farther from the sprite's own than any other is.")
    parts = tuple((other, weight) for other, weight in weights.items() if other != seed and abs(weight) > SMALL)
    return Blend(parts) if parts else None


def slerp(first: Weights, second: Weights, amount: float) -> Weights:
    """Spherical interpolation, 0 to 1; Shoemake 1985, for start noise Song et al. 2021, eq. 67.

    Raises RequestError where both are the same, so that there is nothing between them.
    """
    cosine = sum(weight * second.get(seed, 0.0) for seed, weight in first.items())
    angle = math.acos(min(1.0, max(-1.0, cosine)))
    if math.sin(angle) < SMALL:
        raise RequestError("Both sprites come of the same noise: there is none between.")
    of_first, of_second = (math.sin(part * angle) / math.sin(angle) for part in (1 - amount, amount))
    return {
        seed: of_first * first.get(seed, 0.0) + of_second * second.get(seed, 0.0)
        for seed in dict.fromkeys((*first, *second))
    }


def aside(weights: Weights, across: float, down: float, seeds: tuple[int, int]) -> Weights:
    """Away from a noise by angles, in radians, into the directions of two seeds that are not in it."""
    distance = math.hypot(across, down)
    if distance == 0:
        return weights
    share = math.sin(distance) / distance
    near = {seed: math.cos(distance) * weight for seed, weight in weights.items()}
    return {**near, seeds[0]: across * share, seeds[1]: down * share}
