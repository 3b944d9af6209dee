"""A finished sprite and how it was made, to and from a PNG."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pixelforge.errors import DatasetError
from pixelforge.imaging.pixels import Pixels, decode_picture
from pixelforge.imaging.png import encode_png
from pixelforge.imaging.sheet import grid_columns
from pixelforge.services.recipe import Recipe, png_texts, recipes_in


@dataclass(frozen=True, eq=False)
class Sprite:
    """Pixels (H, W, 4), read-only, and all that it takes to make them again."""

    pixels: Pixels
    recipe: Recipe


def encode_sprite(sprite: Sprite) -> bytes:
    """A sprite as a PNG that carries its recipe."""
    height, width = sprite.pixels.shape[:2]
    return encode_png(sprite.pixels, png_texts([sprite.recipe], width, height))


def decode_sheet(data: bytes, name: str = "The picture") -> tuple[Sprite, ...]:
    """The sprites of a sheet that `saving.save_sheet` wrote in its own number of columns. Raises DatasetError."""
    pixels, texts = decode_picture(data, name)
    recipes = recipes_in(texts)
    columns = grid_columns(len(recipes))
    side = pixels.shape[1] // columns
    if not recipes or pixels.shape[1] % columns or pixels.shape[0] != math.ceil(len(recipes) / columns) * side:
        raise DatasetError(f"{name} is no sheet of sprites with their recipes.")
    pixels.setflags(write=False)
    cells = pixels.reshape(-1, side, columns, side, 4).swapaxes(1, 2).reshape(-1, side, side, 4)
    return tuple(Sprite(cell, recipe) for cell, recipe in zip(cells, recipes, strict=False))


def decode_sprite(data: bytes, name: str = "The picture") -> Sprite:
    """A sprite from such a PNG. Raises DatasetError, naming the picture, if it is none or carries no single recipe."""
    pixels, texts = decode_picture(data, name)
    recipes = recipes_in(texts)
    if len(recipes) != 1:
        raise DatasetError(f"{name} carries no recipe of one sprite.")
    pixels.setflags(write=False)
    return Sprite(pixels, recipes[0])
