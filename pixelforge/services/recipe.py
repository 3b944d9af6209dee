"""How a sprite was made, carried by its PNG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from pixelforge import __version__
from pixelforge.core.config import SamplerName
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
    palette: str | None = None  # None: the colours as the model made them
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
        model=model,
        model_sha256=model_sha256,
    )


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
