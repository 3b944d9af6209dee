"""A sprite from a file as the start of variations, and the mask that marks a part of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pixelforge.core.condition import Condition
from pixelforge.core.start import Keep, Start
from pixelforge.errors import RequestError
from pixelforge.imaging.pixels import Pixels, cut_middle, read_sprite, resize_nearest
from pixelforge.services.sprites import Sprite, read_sprites

Fit = Literal["nearest", "cut"]
FITS: dict[Fit, Callable[[Pixels, int], Pixels]] = {"nearest": resize_nearest, "cut": cut_middle}
"""How a picture is brought to a model's size: scaled as a whole, or its middle as it is."""


def read_start(
    sprite: Path, mask: Path | None, strength: float | None, keep: Keep | None = None
) -> tuple[Start, Condition | None]:
    """The start in a picture, and what the sprite was made for; None where it does not tell.

    mask: of its part. strength: None is the usual one, and all the way for a part. keep: what of it stays; None:
    nothing. Raises DatasetError or RequestError.
    """
    found = read_one(sprite)
    recipe, marked = found.made_from, None if mask is None else read_mask(mask)
    usual: float = Start.strength if mask is None else 1.0
    start = Start(
        picture=found.pixels,
        mask=marked,
        strength=usual if strength is None else strength,
        keep=keep or Keep(),
    )
    return start, None if recipe is None else recipe.request.conditions[0]


def fitted(start: Start, side: int, fit: Fit) -> Start:
    """A start with its picture and mask brought to the model's size, (side, side). Raises RequestError, as `Start`."""
    if start.picture.shape[:2] == (side, side):
        return start
    bring = FITS[fit]
    mask = None if start.mask is None else bring(start.mask[..., None].astype(np.uint8), side)[..., 0] > 0
    return replace(start, picture=bring(start.picture, side), mask=mask)


def read_one(path: Path) -> Sprite:
    """The sprite in a picture. Raises DatasetError, or RequestError for several."""
    found = read_sprites(path)
    if len(found) != 1:
        raise RequestError(f"{path} holds {len(found)} sprites: take one of them.")
    return found[0]


def read_mask(path: Path) -> NDArray[np.bool_]:
    """Where a picture is opaque and not black, (H, W). Raises DatasetError."""
    pixels = read_sprite(path)
    return (pixels[..., 3] > 0) & (pixels[..., :3] > 0).any(axis=2)
