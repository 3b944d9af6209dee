"""Sprites made again from what their PNG tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pixelforge.core.header import file_sha256
from pixelforge.core.pipeline import Model
from pixelforge.errors import Remedy, RequestError
from pixelforge.services.generation import generate, load_model
from pixelforge.services.model_library import list_models
from pixelforge.services.recipe import Recipe
from pixelforge.services.requests import Finished
from pixelforge.services.sprites import Made, Sprite


@dataclass(frozen=True, eq=False)
class Remade:
    """A sprite made again."""

    sprite: Sprite  # as it came out now
    identical: bool  # to the pixel


def remake(
    sprites: Sequence[Sprite], device: str = "auto", model: Path | None = None, engine: str = "auto"
) -> Iterator[Remade]:
    """Make sprites again, one after the other. model: instead of those that the recipes name.

    Raises RequestError where a sprite has no recipe, or its model is not among the user's, or is another version of it.
    """
    loaded: dict[Path, Model] = {}
    for sprite in sprites:
        if sprite.recipe is None:
            raise RequestError("No model made it, so it cannot be made again.")
        path = model or _model_of(sprite.recipe)
        if path not in loaded:
            loaded[path] = load_model(path, device, engine)
        finished = next(e for e in generate(loaded[path], sprite.recipe.request) if isinstance(e, Finished))
        pixels = finished.sprites[0]
        yield Remade(Sprite(pixels, Made(sprite.recipe)), np.array_equal(pixels, sprite.pixels))


def _model_of(recipe: Recipe) -> Path:
    named = [entry for entry in list_models() if entry.name == recipe.model]
    for entry in named:
        if file_sha256(entry.path) == recipe.model_sha256:
            return entry.path
    if named:
        raise RequestError(
            f"It was made by another version of {recipe.model}, so it cannot come out the same.", Remedy.OTHER_MODEL
        )
    raise RequestError(f"Its model, {recipe.model!r}, is not among yours.", Remedy.OTHER_MODEL)
