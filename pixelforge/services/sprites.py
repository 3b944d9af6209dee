"""A finished sprite and how it was made, to and from a PNG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec

from pixelforge.errors import DatasetError
from pixelforge.files import parse_json
from pixelforge.imaging.pixels import Pixels, decode_picture
from pixelforge.imaging.png import encode_png
from pixelforge.imaging.sheet_plan import MAX_SCALE
from pixelforge.services.recipe import Recipe, png_texts, recipes_in

PLACES_KEYWORD = "pixelforge-places"

Place = tuple[int, int, int, int]
"""x, y, width and height of a sprite, in pixels of the sheet."""


@dataclass(frozen=True, eq=False)
class Sprite:
    """Pixels (H, W, 4), read-only, and all that it takes to make them again."""

    pixels: Pixels
    recipe: Recipe


def encode_sprite(sprite: Sprite) -> bytes:
    """A sprite as a PNG that carries its recipe."""
    height, width = sprite.pixels.shape[:2]
    return encode_png(sprite.pixels, png_texts([sprite.recipe], width, height))


def places_text(places: Sequence[Place], scale: int) -> dict[str, str]:
    """The PNG text that tells where a sheet's sprites lie, so that it can be taken apart again."""
    return {PLACES_KEYWORD: msgspec.json.encode(_Places(scale, tuple(places))).decode()}


def decode_sheet(data: bytes, name: str = "The picture") -> tuple[Sprite, ...]:
    """The sprites of a PNG with recipes: one sprite, or a sheet. Raises DatasetError, naming the picture."""
    pixels, texts = decode_picture(data, name)
    recipes = recipes_in(texts)
    if not recipes:
        raise DatasetError(f"{name} carries no recipe of PixelForge's.")
    scale, places = _places_in(texts, pixels)
    if len(places) != len(recipes):
        raise DatasetError(f"{name} has {len(recipes)} recipes, but does not tell where the sprites lie.")
    sprites = []
    for (x, y, width, height), recipe in zip(places, recipes, strict=True):
        cell = pixels[y : y + height : scale, x : x + width : scale].copy()
        cell.setflags(write=False)
        sprites.append(Sprite(cell, recipe))
    return tuple(sprites)


def decode_sprite(data: bytes, name: str = "The picture") -> Sprite:
    """A sprite from such a PNG. Raises DatasetError, naming the picture, if it is none or carries no single recipe."""
    pixels, texts = decode_picture(data, name)
    recipes = recipes_in(texts)
    if len(recipes) != 1:
        raise DatasetError(f"{name} carries no recipe of one sprite.")
    pixels.setflags(write=False)
    return Sprite(pixels, recipes[0])


@dataclass(frozen=True)
class _Places:
    scale: Annotated[int, msgspec.Meta(ge=1, le=MAX_SCALE)]
    sprites: tuple[Place, ...]


def _places_in(texts: Mapping[str, str], pixels: Pixels) -> tuple[int, tuple[Place, ...]]:
    """Scale and places; a picture that does not tell them, or wrongly, is one sprite."""
    height, width = pixels.shape[:2]
    try:
        found = parse_json(texts.get(PLACES_KEYWORD, ""), _Places)
    except msgspec.DecodeError:
        return 1, ((0, 0, width, height),)
    inside = all(
        x >= 0 and y >= 0 and w >= 1 and h >= 1 and x + w <= width and y + h <= height for x, y, w, h in found.sprites
    )
    return (found.scale, found.sprites) if inside else (1, ())
