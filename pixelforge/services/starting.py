"""A sprite from a file as the start of variations, and the mask that marks a part of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pixelforge.core.condition import Condition
from pixelforge.core.start import Keep, Start
from pixelforge.errors import RequestError
from pixelforge.imaging.pixels import read_sprite
from pixelforge.services.sprites import Sprite, read_sprites


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
