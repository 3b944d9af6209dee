"""Sprites for tests, as if a model had made them."""

from __future__ import annotations

import numpy as np

from pixelforge.services.recipe import recipe_of
from pixelforge.services.requests import GenerationRequest
from pixelforge.services.sprites import Sprite


def made(seed: int, class_name: str = "cats", model: str = "tiny", side: int = 16) -> Sprite:
    """A sprite whose pixels tell its seed."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (side, side, 4), np.uint8)
    pixels[..., 3] = np.where(rng.random((side, side)) < 0.6, 255, 0)
    pixels[pixels[..., 3] == 0] = 0
    pixels.setflags(write=False)
    request = GenerationRequest(class_names=(class_name,), seed=seed, guidance_scale=2.0, sampler="ddim", steps=8)
    return Sprite(pixels, recipe_of(request, 0, model, "0" * 64))
