"""Sprites that were drawn for a project already: `.pixelforge/sprites/`, a PNG each, named by the hash of its recipe.

The hash is over all that makes the sprite: request, seed, model file and version of PixelForge. So an entry never
becomes wrong, only unused, and the folder may be deleted at any time. Git is told to pass it over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from pixelforge.errors import DatasetError
from pixelforge.files import read_at_most, replacing
from pixelforge.services.project.places import OWN_FOLDER, begin_own_folder
from pixelforge.services.recipe import Recipe, flat
from pixelforge.services.sprites import MAX_BYTES, Sprite, decode_sprite, encode_sprite

FOLDER = "sprites"


def key_of(recipe: Recipe, best_of: int = 1) -> str:
    """Hex digest of all that makes a sprite, before its seed has drawn what was left open.

    best_of: how many sprites it is chosen from, the first of which the recipe makes.
    """
    told = flat(recipe) | ({"best_of": best_of} if best_of > 1 else {})
    return hashlib.sha256(msgspec.json.encode(told)).hexdigest()


class SpriteCache:
    """The sprites in a project's folder, by key."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = root / OWN_FOLDER / FOLDER

    def read(self, key: str) -> Sprite | None:
        """A sprite; None where it is not there, or is damaged."""
        try:
            return decode_sprite(read_at_most(self._path(key), MAX_BYTES, DatasetError))
        except DatasetError:
            return None

    def write(self, sprites: Iterable[tuple[str, Sprite]]) -> None:
        """Keep sprites. They can be drawn again, so that none has to outlive a power cut. Raises OutputError."""
        begin_own_folder(self._root)
        for key, sprite in sprites:
            with replacing(self._path(key), durable=False) as part:
                part.write_bytes(encode_sprite(sprite))

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.png"
