"""The promise about seeds across engines: ONNX Runtime makes the sprites that torch makes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pixelforge.core.onnx_backend import OnnxBackend
from pixelforge.core.pipeline import Model
from pixelforge.core.weights import Weights
from pixelforge.imaging.pixels import Pixels
from pixelforge.services.generation import generate
from pixelforge.services.requests import Finished
from tests.made import asked
from tests.services.conftest import network_of

GRIDS = (1, 5, 16)  # against 64
REALISTIC: dict[str, Any] = {"image_size": 16, "base_width": 32, "multipliers": (1, 2, 2), "blocks_per_level": 1}


def in_onnx_runtime(model: Model) -> Model:
    return replace(model, backend=OnnxBackend(model.header.model, Weights(network_of(model).arrays())))


def sprites(model: Model, count: int, sampler: str) -> Pixels:
    request = asked("tools", count=count, seed=7, guidance_scale=3.0, sampler=sampler, steps=3)
    return np.concatenate([event.sprites for event in generate(model, request) if isinstance(event, Finished)])


@pytest.mark.parametrize("sampler", ["ddpm", "dpm++2m"])
def test_sprites_of_a_palette_are_torchs_in_every_grid(sampler: str, loaded_with: Callable[..., Model]) -> None:
    model = loaded_with(**REALISTIC)
    whole = sprites(model, 64, sampler)
    assert len(np.unique(whole.reshape(64, -1), axis=0)) == 64
    ours = in_onnx_runtime(model)
    for count in (*GRIDS, 64):
        np.testing.assert_array_equal(sprites(ours, count, sampler), whole[:count], f"grid of {count}")


@pytest.mark.parametrize("prediction", ["eps", "v"])
def test_sprites_of_any_colour_are_torchs_but_for_rounding(prediction: str, loaded_with: Callable[..., Model]) -> None:
    """Their values are rounded to whole numbers, of which one in many thousands differs, and only across engines."""
    model = loaded_with(**REALISTIC, prediction=prediction)
    ours = in_onnx_runtime(model)
    whole = sprites(ours, 64, "dpm++2m")
    assert (sprites(model, 64, "dpm++2m") != whole).mean() < 2e-4
    for count in GRIDS:
        np.testing.assert_array_equal(sprites(ours, count, "dpm++2m"), whole[:count], f"grid of {count}")
