"""How a sprite was made, carried by its PNG."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from pixelforge import __version__
from pixelforge.core.config import SamplerName
from pixelforge.errors import DatasetError, RequestError
from pixelforge.files import parse_json
from pixelforge.imaging.palette import PaletteRule
from pixelforge.imaging.pixels import Pixels, decode_picture
from pixelforge.imaging.png import encode_png
from pixelforge.services.requests import GenerationRequest

KEYWORD = "pixelforge"


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """All that it takes to make one sprite again."""

    class_name: str
    seed: int
    guidance_scale: float
    sampler: SamplerName
    steps: int
    palette: PaletteRule | None = None  # None: the colours as the model made them
    start: str | None = None  # base64 of the PNG of the sprite that this one is a variation of
    strength: float = 1.0  # of the variation
    model: str
    model_sha256: str
    app_version: str = __version__


def recipe_of(request: GenerationRequest, index: int, model: str, model_sha256: str) -> Recipe:
    """The recipe of sprite `index` of a request."""
    return Recipe(
        class_name=request.class_of(index),
        seed=request.seed + index,
        guidance_scale=request.guidance_scale,
        sampler=request.sampler,
        steps=request.steps,
        palette=request.palette,
        start=None if request.start is None else _to_text(request.start),
        strength=1.0 if request.start is None else request.strength,
        model=model,
        model_sha256=model_sha256,
    )


def drawn_recipe(class_name: str) -> Recipe:
    """Stands for a sprite that no model made, so that it can lie in a sheet; it is never written."""
    return Recipe(class_name=class_name, seed=0, guidance_scale=1.0, sampler="ddpm", steps=1, model="", model_sha256="")


def request_of(recipe: Recipe) -> GenerationRequest:
    """The request that makes a recipe's sprite, as the only one. Raises RequestError if its start is no picture."""
    return GenerationRequest(
        class_names=(recipe.class_name,),
        count=1,
        seed=recipe.seed,
        guidance_scale=recipe.guidance_scale,
        sampler=recipe.sampler,
        steps=recipe.steps,
        palette=recipe.palette,
        start=None if recipe.start is None else _from_text(recipe.start),
        strength=recipe.strength,
    )


def recipes_in(texts: Mapping[str, str]) -> tuple[Recipe, ...]:
    """The recipes in a PNG's texts, as `png_texts` puts them there; none where there are none that can be read."""
    try:
        found = parse_json(texts.get(KEYWORD, "[]"), Recipe | list[Recipe])
    except msgspec.DecodeError:
        return ()
    return (found,) if isinstance(found, Recipe) else tuple(found)


def png_texts(recipes: Sequence[Recipe], width: int, height: int) -> dict[str, str]:
    """The PNG texts of one sprite or of a sheet: `pixelforge` (JSON) and `parameters` (the A1111 convention).

    width, height: of the picture, in pixels.
    """
    content = recipes[0] if len(recipes) == 1 else list(recipes)
    first = recipes[0]
    classes = ", ".join(dict.fromkeys(recipe.class_name for recipe in recipes))
    parameters = (
        f"{classes}\nSteps: {first.steps}, Sampler: {first.sampler}, CFG scale: {first.guidance_scale:g}, "
        f"Seed: {first.seed}, Size: {width}x{height}, Model: {first.model}, Model hash: {first.model_sha256[:10]}"
    )
    return {KEYWORD: msgspec.json.encode(content).decode(), "parameters": parameters}


def _to_text(pixels: Pixels) -> str:
    return base64.b64encode(encode_png(pixels)).decode()


def _from_text(text: str) -> Pixels:
    try:
        return decode_picture(base64.b64decode(text, validate=True))[0]
    except (ValueError, DatasetError) as error:
        raise RequestError("The recipe's starting picture cannot be read.") from error
