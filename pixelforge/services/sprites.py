"""A finished sprite and where it comes from, to and from a PNG. Without torch."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import msgspec

from pixelforge.core.condition import Condition
from pixelforge.errors import DatasetError
from pixelforge.files import as_text, parse_json, read_at_most
from pixelforge.imaging.pixels import Pixels, decode_picture
from pixelforge.imaging.png import encode_png
from pixelforge.imaging.sheet_plan import MAX_SCALE
from pixelforge.services.recipe import KEYWORD, Recipe, png_texts, recipe_of, recipes_in
from pixelforge.services.requests import GenerationRequest

PLACES_KEYWORD = "pixelforge-places"
MENDED_KEYWORD = "pixelforge-mended"  # the recipe that made what was mended: it does not make this picture
MAX_BYTES = 256 * 2**20  # of a sheet

Place = tuple[int, int, int, int]
"""x, y, width and height of a sprite, in pixels of the sheet."""


@dataclass(frozen=True)
class Made:
    """A model made the sprite."""

    recipe: Recipe

    @property
    def class_name(self) -> str:
        """What was asked for."""
        return self.recipe.class_name


@dataclass(frozen=True)
class Drawn:
    """The sprite was drawn by hand, or comes from a file that does not tell."""

    class_name: str
    made_from: Recipe | None = None  # of the sprite that was mended


@dataclass(frozen=True, eq=False)
class Sprite:
    """Pixels (H, W, 4), read-only, and where they come from."""

    pixels: Pixels
    origin: Made | Drawn
    name: str = ""  # that its user gave it; empty: none

    @property
    def fingerprint(self) -> bytes:
        """Alike for sprites of the same pixels, and for no others."""
        return hashlib.blake2b(self.pixels.tobytes(), digest_size=16, key=repr(self.pixels.shape).encode()).digest()

    @property
    def recipe(self) -> Recipe | None:
        """All that it takes to make it again; None for one that no model made."""
        return self.origin.recipe if isinstance(self.origin, Made) else None

    @property
    def made_from(self) -> Recipe | None:
        """Its recipe, or that of the sprite that it was before it was mended."""
        return self.origin.recipe if isinstance(self.origin, Made) else self.origin.made_from

    @property
    def class_name(self) -> str:
        """Its class, or what stands for it."""
        return self.origin.class_name

    @property
    def model(self) -> str:
        """The name of the model that made it; empty where none did."""
        return self.recipe.model if self.recipe else ""

    @property
    def seed(self) -> int:
        """Its seed; 0 where it has none."""
        return self.recipe.seed if self.recipe else 0


def made_sprites(
    request: GenerationRequest,
    pixels: Pixels,
    model: str,
    model_sha256: str,
    first: int = 0,
    conditions: Sequence[Condition] = (),
) -> tuple[Sprite, ...]:
    """Finished sprites (N, H, W, 4) of a request, from its sprite `first` on, with their recipes.

    conditions: of each of them, as `Finished` has them; none: as the request asks for them.
    """
    asked = conditions or [request.condition_of(index) for index in range(first, first + len(pixels))]
    return tuple(
        Sprite(one, Made(recipe_of(request, index, model, model_sha256, condition)))
        for index, (one, condition) in enumerate(zip(pixels, asked, strict=True), first)
    )


def named(sprites: Sequence[Sprite], names: Sequence[str]) -> tuple[Sprite, ...]:
    """Sprites under the first of these names; those that there are no names for keep what they have."""
    return tuple(
        replace(sprite, name=names[index] if index < len(names) else sprite.name)
        for index, sprite in enumerate(sprites)
    )


def encode_sprite(sprite: Sprite) -> bytes:
    """A sprite as a PNG that carries its recipe, or that of what it was before it was mended."""
    height, width = sprite.pixels.shape[:2]
    if sprite.recipe is not None:
        return encode_png(sprite.pixels, png_texts([sprite.recipe], width, height))
    if sprite.made_from is None:
        return encode_png(sprite.pixels, {})
    return encode_png(sprite.pixels, {MENDED_KEYWORD: png_texts([sprite.made_from], width, height)[KEYWORD]})


def places_text(places: Sequence[Place], scale: int) -> dict[str, str]:
    """The PNG text that tells where a sheet's sprites lie, so that it can be taken apart again."""
    return {PLACES_KEYWORD: msgspec.json.encode(_Places(scale, tuple(places))).decode()}


def read_sheet(path: Path) -> tuple[Sprite, ...]:
    """The sprites in a PNG that carries recipes. Raises DatasetError that names the file."""
    return decode_sheet(_read(path), str(path))


def read_recipes(path: Path) -> tuple[Recipe, ...]:
    """The recipes in a picture; none where it carries none. Raises DatasetError that names the file."""
    return recipes_in(decode_picture(_read(path), str(path))[1])


def read_sprites(path: Path) -> tuple[Sprite, ...]:
    """The sprites in a picture; without recipes it is one that was drawn, its folder the class. Raises DatasetError."""
    pixels, texts = decode_picture(_read(path), str(path))
    if recipes := recipes_in(texts):
        return _cut(pixels, texts, recipes, str(path))
    pixels.setflags(write=False)
    return (Sprite(pixels, Drawn(as_text(path.resolve().parent.name or path.stem))),)


def decode_sheet(data: bytes, name: str = "The picture") -> tuple[Sprite, ...]:
    """The sprites of a PNG with recipes: one sprite, or a sheet. Raises DatasetError, naming the picture."""
    pixels, texts = decode_picture(data, name)
    recipes = recipes_in(texts)
    if not recipes:
        raise DatasetError(f"{name} carries no recipe of PixelForge's that can be read.")
    return _cut(pixels, texts, recipes, name)


def decode_sprite(data: bytes, name: str = "The picture") -> Sprite:
    """A sprite from such a PNG. Raises DatasetError, naming the picture, if it is none or carries no single recipe."""
    pixels, texts = decode_picture(data, name)
    recipes = recipes_in(texts)
    if len(recipes) != 1:
        raise DatasetError(f"{name} carries no recipe of one sprite.")
    pixels.setflags(write=False)
    return Sprite(pixels, Made(recipes[0]))


def decode_any(data: bytes, class_name: str) -> Sprite:
    """A sprite as `encode_sprite` wrote it; one without a recipe was drawn. Raises DatasetError."""
    pixels, texts = decode_picture(data, "The picture")
    recipes = recipes_in(texts)
    pixels.setflags(write=False)
    if len(recipes) == 1:
        return Sprite(pixels, Made(recipes[0]))
    mended = recipes_in({KEYWORD: texts.get(MENDED_KEYWORD, "[]")})
    return Sprite(pixels, Drawn(class_name, mended[0] if mended else None))


def _read(path: Path) -> bytes:
    return read_at_most(path, MAX_BYTES, DatasetError)


def _cut(pixels: Pixels, texts: Mapping[str, str], recipes: Sequence[Recipe], name: str) -> tuple[Sprite, ...]:
    scale, places = _places_in(texts, pixels)
    if len(places) != len(recipes):
        raise DatasetError(f"{name} has {len(recipes)} recipes, but does not tell where the sprites lie.")
    sprites = []
    for (x, y, width, height), recipe in zip(places, recipes, strict=True):
        cell = pixels[y : y + height : scale, x : x + width : scale].copy()
        cell.setflags(write=False)
        sprites.append(Sprite(cell, Made(recipe)))
    return tuple(sprites)


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
