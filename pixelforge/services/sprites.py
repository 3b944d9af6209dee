"""A finished sprite and where it comes from, to and from a PNG. Without torch."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pixelforge.core.condition import Condition
from pixelforge.errors import DatasetError, RequestError
from pixelforge.files import as_text, read_at_most
from pixelforge.imaging.aseprite_reader import is_aseprite, read_aseprite
from pixelforge.imaging.frames import Frames, encode_frames, frames_in
from pixelforge.imaging.pixels import MAX_PIXELS, MAX_SIDE, Pixels, decode_picture, harden_alpha
from pixelforge.imaging.png import encode_png
from pixelforge.services.places import places_in
from pixelforge.services.recipe import KEYWORD, Recipe, png_texts, recipe_of, recipes_in
from pixelforge.services.requests import GenerationRequest

MENDED_KEYWORD = "pixelforge-mended"  # the recipe that made what was mended: it does not make this picture
FINGERPRINT_KEYWORD = "pixelforge-pixels"  # of a frame: whether it is still the picture that the recipe makes
MAX_BYTES = 256 * 2**20  # of a sheet


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
    frames: Frames | None = None  # what it does; the first of them is `pixels`

    @property
    def pictures(self) -> tuple[Pixels, ...]:
        """All of its frames; the sprite alone where it does nothing."""
        return (self.pixels,) if self.frames is None else self.frames.pictures

    @property
    def fingerprint(self) -> bytes:
        """Alike for sprites of the same pixels and frames, and for no others."""
        digest = hashlib.blake2b(digest_size=16, key=repr(self.pixels.shape).encode())
        for picture in self.pictures:
            digest.update(picture.tobytes())
        if self.frames is not None:
            digest.update(repr((self.frames.action, self.frames.durations)).encode())
        return digest.digest()

    def acting(self, frames: Frames | None) -> Sprite:
        """The same sprite with other frames, or none; at rest it is the first of them."""
        return replace(self, frames=frames, pixels=self.pixels if frames is None else frames.pictures[0])

    def repainted(self, how: Callable[[Pixels], Pixels]) -> Sprite:
        """The sprite with its pictures, (N, H, W, 4), made others together."""
        if self.frames is not None:
            return self.acting(self.frames.changed(how))
        pixels = how(self.pixels[None])[0]
        pixels.setflags(write=False)
        return replace(self, pixels=pixels)

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
    seeds: Sequence[int] = (),
) -> tuple[Sprite, ...]:
    """Finished sprites (N, H, W, 4) of a request, from its sprite `first` on, with their recipes.

    conditions, seeds: of each of them, as `Finished` has them; none: as the request asks for them.
    """
    indices = range(first, first + len(pixels))
    asked, own = conditions or map(request.condition_of, indices), seeds or map(request.seed_of, indices)
    return tuple(
        Sprite(one, Made(recipe_of(request, index, model, model_sha256, condition, seed)))
        for index, one, condition, seed in zip(indices, pixels, asked, own, strict=True)
    )


def named(sprites: Sequence[Sprite], names: Sequence[str]) -> tuple[Sprite, ...]:
    """Sprites under the first of these names; those that there are no names for keep what they have."""
    return tuple(
        replace(sprite, name=names[index] if index < len(names) else sprite.name)
        for index, sprite in enumerate(sprites)
    )


def encode_sprite(sprite: Sprite) -> bytes:
    """A sprite as a PNG, with frames an APNG, that carries its recipe, or that of what it was before it was mended.

    The recipe is not compressed: `History.find` looks for its seed among the bytes.
    """
    texts = _texts_of(sprite)
    if sprite.frames is not None:
        return encode_frames(sprite.frames, texts)
    return encode_png(sprite.pixels, texts, compress_texts=False)


def _texts_of(sprite: Sprite) -> dict[str, str]:
    height, width = sprite.pixels.shape[:2]
    if sprite.recipe is not None:
        return png_texts([sprite.recipe], width, height)
    if sprite.made_from is None:
        return {}
    return {MENDED_KEYWORD: png_texts([sprite.made_from], width, height)[KEYWORD]}


def frame_texts(sprite: Sprite) -> dict[str, str]:
    """JSON by keyword, for a frame of a file that is made to be edited: its recipe, and what it looks like by it."""
    height, width = sprite.pixels.shape[:2]
    if sprite.recipe is not None:
        told = png_texts([sprite.recipe], width, height)[KEYWORD]
        return {KEYWORD: told, FINGERPRINT_KEYWORD: f'"{sprite.fingerprint.hex()}"'}
    if sprite.made_from is not None:
        return {MENDED_KEYWORD: png_texts([sprite.made_from], width, height)[KEYWORD]}
    return {}


def read_sheet(path: Path) -> tuple[Sprite, ...]:
    """The sprites in a PNG that carries recipes. Raises DatasetError that names the file."""
    return decode_sheet(_read(path), str(path))


def read_recipes(path: Path) -> tuple[Recipe, ...]:
    """The recipes in a picture; none where it carries none. Raises DatasetError that names the file."""
    data = _read(path)
    if is_aseprite(data):
        return tuple(sprite.recipe for sprite in _aseprite_frames(data, str(path)) if sprite.recipe is not None)
    return recipes_in(decode_picture(data, str(path))[1])


def read_sprites(path: Path) -> tuple[Sprite, ...]:
    """The sprites in a picture; without recipes it is one that was drawn, its folder the class. Raises DatasetError."""
    return sprites_in(_read(path), str(path), as_text(path.resolve().parent.name or path.stem))


def sprites_in(data: bytes, name: str, class_name: str) -> tuple[Sprite, ...]:
    """The sprites in a picture's content: each frame of an Aseprite file is one. Raises DatasetError, naming it.

    class_name: of one that was drawn.
    """
    if is_aseprite(data):
        return _aseprite_frames(data, name, class_name)
    pixels, texts = decode_picture(data, name)
    if recipes_in(texts):
        return decode_sheet(data, name)
    pixels.setflags(write=False)
    return (Sprite(pixels, Drawn(class_name, _mended(texts))).acting(frames_in(data, texts, name)),)


def decode_sheet(data: bytes, name: str = "The picture") -> tuple[Sprite, ...]:
    """The sprites of a picture with recipes: one sprite, or a sheet. Raises DatasetError, naming the picture."""
    if is_aseprite(data) and (made := [sprite for sprite in _aseprite_frames(data, name) if sprite.recipe is not None]):
        return tuple(made)
    pixels, texts = decode_picture(data, name)
    recipes = recipes_in(texts)
    if not recipes:
        raise DatasetError(f"{name} carries no recipe of PixelForge's that can be read.")
    sprites = _cut(pixels, texts, recipes, name)
    frames = frames_in(data, texts, name) if len(sprites) == 1 else None
    return sprites if frames is None else (sprites[0].acting(frames),)


def decode_sprite(data: bytes, name: str = "The picture") -> Sprite:
    """A sprite from such a PNG. Raises DatasetError, naming the picture, if it is none or carries no single recipe."""
    pixels, texts = decode_picture(data, name)
    recipes = recipes_in(texts)
    if len(recipes) != 1:
        raise DatasetError(f"{name} carries no recipe of one sprite.")
    pixels.setflags(write=False)
    return Sprite(pixels, Made(recipes[0])).acting(frames_in(data, texts, name))


def decode_any(data: bytes, class_name: str) -> Sprite:
    """A sprite as `encode_sprite` wrote it; one without a recipe was drawn. Raises DatasetError."""
    pixels, texts = decode_picture(data, "The picture")
    recipes = recipes_in(texts)
    pixels.setflags(write=False)
    origin = Made(recipes[0]) if len(recipes) == 1 else Drawn(class_name, _mended(texts))
    return Sprite(pixels, origin).acting(frames_in(data, texts, "The picture"))


def _mended(texts: Mapping[str, str]) -> Recipe | None:
    """The recipe of what a sprite was before it was mended."""
    return next(iter(recipes_in({KEYWORD: texts.get(MENDED_KEYWORD, "[]")})), None)


def _read(path: Path) -> bytes:
    return read_at_most(path, MAX_BYTES, DatasetError)


def _aseprite_frames(data: bytes, name: str, class_name: str = "") -> tuple[Sprite, ...]:
    """The frames of an Aseprite file: made, as long as they look as their recipes make them; else mended or drawn."""
    sprites = []
    for frame in read_aseprite(data, name, MAX_SIDE, MAX_PIXELS):
        pixels = harden_alpha(frame.pixels)
        pixels.setflags(write=False)
        made = [Made(recipe) for recipe in recipes_in(frame.texts)[:1]] if frame.texts else []
        before = made[0].recipe if made else _mended(frame.texts) if frame.texts else None
        sprite = Sprite(pixels, Drawn(frame.tag or class_name, before))
        if made and frame.texts.get(FINGERPRINT_KEYWORD) == f'"{sprite.fingerprint.hex()}"':
            sprite = replace(sprite, origin=made[0])
        sprites.append(sprite)
    return tuple(sprites)


def _cut(pixels: Pixels, texts: Mapping[str, str], recipes: Sequence[Recipe], name: str) -> tuple[Sprite, ...]:
    height, width = pixels.shape[:2]
    places = places_in(texts, width, height)
    if len(places.sprites) != len(recipes):
        raise DatasetError(f"{name} has {len(recipes)} recipes, but does not tell where the sprites lie.")

    def cut(x: int, y: int, width: int, height: int) -> Pixels:
        cell = pixels[y : y + height : places.scale, x : x + width : places.scale].copy()
        cell.setflags(write=False)
        return cell

    sprites = []
    for number, (place, recipe) in enumerate(zip(places.sprites, recipes, strict=True)):
        sprite = Sprite(cut(*place), Made(recipe))
        if (act := places.act_of(number)) is not None:
            shown = [(cut(*corner, *place[2:]), ms) for corner, ms in zip(act.corners, act.durations, strict=False)]
            sprite = sprite.acting(_act(act.action, shown, name))
        sprites.append(sprite)
    return tuple(sprites)


def _act(action: str, shown: Sequence[tuple[Pixels, int]], name: str) -> Frames:
    try:
        return Frames.of(action, shown)
    except RequestError as error:
        raise DatasetError(f"{name} tells its frames wrongly.") from error
