"""Sprites made again from what their PNG tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pixelforge.core.header import file_sha256
from pixelforge.errors import DatasetError, RequestError
from pixelforge.files import as_text, read_at_most
from pixelforge.imaging.pixels import Pixels, decode_picture
from pixelforge.services.generation import LoadedModel, generate
from pixelforge.services.model_library import list_models
from pixelforge.services.recipe import Recipe, recipes_in, request_of
from pixelforge.services.requests import Finished
from pixelforge.services.sprites import Sprite, decode_sheet

MAX_BYTES = 256 * 2**20  # of a sheet


@dataclass(frozen=True, eq=False)
class Remade:
    """A sprite made again."""

    sprite: Sprite  # as it came out now
    identical: bool  # to the pixel


def read_sheet(path: Path) -> tuple[Sprite, ...]:
    """The sprites in a PNG that carries recipes. Raises DatasetError that names the file."""
    return decode_sheet(_read(path), str(path))


def read_recipes(path: Path) -> tuple[Recipe, ...]:
    """The recipes in a picture; none where it carries none. Raises DatasetError that names the file."""
    return recipes_in(decode_picture(_read(path), str(path))[1])


def read_drawn(path: Path) -> tuple[Pixels, str]:
    """A picture without recipes and the class that its folder stands for. Raises DatasetError that names the file."""
    return decode_picture(_read(path), str(path))[0], as_text(path.resolve().parent.name or path.stem)


def remake(sprites: Sequence[Sprite], device: str = "auto", model: Path | None = None) -> Iterator[Remade]:
    """Make sprites again, one after the other. model: instead of those that the recipes name.

    Raises RequestError where a recipe's model is not among the user's, or is another version of it.
    """
    loaded: dict[Path, LoadedModel] = {}
    for sprite in sprites:
        path = model or _model_of(sprite.recipe)
        if path not in loaded:
            loaded[path] = LoadedModel.load(path, device)
        finished = next(e for e in generate(loaded[path], request_of(sprite.recipe)) if isinstance(e, Finished))
        pixels = finished.sprites[0]
        yield Remade(Sprite(pixels, sprite.recipe), np.array_equal(pixels, sprite.pixels))


def _model_of(recipe: Recipe) -> Path:
    named = [entry for entry in list_models() if entry.name == recipe.model]
    for entry in named:
        if file_sha256(entry.path) == recipe.model_sha256:
            return entry.path
    if named:
        raise RequestError(
            f"It was made by another version of {recipe.model}, so it cannot come out the same; "
            f"--model {recipe.model} tries it all the same."
        )
    raise RequestError(f"Its model, {recipe.model!r}, is not among yours: import it, or give another with --model.")


def _read(path: Path) -> bytes:
    return read_at_most(path, MAX_BYTES, DatasetError)
