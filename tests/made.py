"""Requests for tests, and sprites as if a model had made them."""

from __future__ import annotations

from typing import Any

import numpy as np

from pixelforge.core.sampling import Sampling
from pixelforge.core.start import Start
from pixelforge.imaging.pixels import Pixels
from pixelforge.services.requests import GenerationRequest, of_classes
from pixelforge.services.sprites import Sprite, made_sprites


def made(seed: int, class_name: str = "cats", model: str = "tiny", side: int = 16) -> Sprite:
    """A sprite whose pixels tell its seed."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (side, side, 4), np.uint8)
    pixels[..., 3] = np.where(rng.random((side, side)) < 0.6, 255, 0)
    pixels[pixels[..., 3] == 0] = 0
    pixels.setflags(write=False)
    (sprite,) = made_sprites(asked(class_name, seed=seed, sampler="ddim", steps=8), pixels[None], model, "0" * 64)
    return sprite


def asked(*class_names: str, picture: Pixels | None = None, strength: float = 0.5, **fields: Any) -> GenerationRequest:
    """A request for classes, the fields of its sampling among its own. picture: what variations start from."""
    sampling = {name: fields.pop(name) for name in ("sampler", "steps", "guidance_scale") if name in fields}
    start = None if picture is None else Start(picture=picture, strength=strength)
    return GenerationRequest(conditions=of_classes(class_names), sampling=Sampling(**sampling), start=start, **fields)
