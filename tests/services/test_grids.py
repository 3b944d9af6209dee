"""The promise about seeds: a sprite out of a grid can be made again alone, and is the same picture to the bit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pixelforge.core.checkpoint import load_checkpoint
from pixelforge.core.condition import Cue
from pixelforge.core.denoiser import NetworkDenoiser
from pixelforge.core.guidance import guided
from pixelforge.core.header import Student
from pixelforge.core.pipeline import Model
from pixelforge.core.sampler import INSTANT, SAMPLERS
from pixelforge.core.weights import Floats
from pixelforge.imaging.pixels import Pixels
from pixelforge.services.generation import generate
from pixelforge.services.requests import Finished, GenerationRequest
from tests.made import asked
from tests.pointer import write_pointer_model

GRIDS = (1, 5, 16)  # against 64
REALISTIC = {"image_size": 16, "base_width": 32, "multipliers": (1, 2, 2), "blocks_per_level": 1}
NETWORKS: dict[str, dict[str, Any]] = {
    "eps": {"prediction": "eps"},
    "v": {"prediction": "v"},
    "palette": {"prediction": "palette"},
    "notebook": {"architecture": "notebook", "prediction": "eps", "channels": 3, "palette": (), "num_heads": 1},
}


@pytest.fixture(params=[1, 3], ids=["one thread", "three threads"])
def _threads(request: pytest.FixtureRequest) -> Iterator[None]:
    """The number of threads decides how torch divides its work, and so in which order numbers are summed."""
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield
    torch.set_num_threads(before)


def sprites(model: Model, count: int, sampler: str, w: float, steps: int, **more: Any) -> Pixels:
    """The first `count` sprites of one class."""
    request = asked("tools", count=count, seed=7, guidance_scale=w, sampler=sampler, steps=steps, **more)
    return made_by(model, request)


def made_by(model: Model, request: GenerationRequest) -> Pixels:
    """All sprites of a request."""
    return np.concatenate([event.sprites for event in generate(model, request) if isinstance(event, Finished)])


@pytest.mark.parametrize("w", [1.0, 3.0])
@pytest.mark.parametrize("sampler", [name for name in SAMPLERS if name != INSTANT])
@pytest.mark.parametrize("network", NETWORKS)
def test_grids_of_every_kind(network: str, sampler: str, w: float, loaded_with: Callable[..., Model]) -> None:
    model = loaded_with(**NETWORKS[network])
    whole = sprites(model, 64, sampler, w, steps=4)
    assert len(np.unique(whole.reshape(64, -1), axis=0)) == 64
    for count in GRIDS:
        np.testing.assert_array_equal(sprites(model, count, sampler, w, steps=4), whole[:count], f"grid of {count}")


def test_a_students_sprites_keep_the_promise(tmp_path: Path) -> None:
    model = Model.of(load_checkpoint(write_pointer_model(tmp_path / "fast.safetensors", student=Student())))
    request = asked("cats", count=64, seed=7, guidance_scale=3.0, sampler=INSTANT, steps=4)
    whole = made_by(model, request)
    assert len(np.unique(whole.reshape(64, -1), axis=0)) > 32
    for index in (0, 1, 40, 63):
        np.testing.assert_array_equal(made_by(model, request.alone(index))[0], whole[index])


@pytest.mark.usefixtures("_threads")
@pytest.mark.parametrize(("network", "w"), [("eps", 3.0), ("v", 1.0), ("palette", 3.0), ("notebook", 3.0)])
def test_grids_at_a_realistic_width(network: str, w: float, loaded_with: Callable[..., Model]) -> None:
    model = loaded_with(**{**REALISTIC, **NETWORKS[network]})
    whole = sprites(model, 64, "dpm++2m", w, steps=2)
    for count in GRIDS:
        np.testing.assert_array_equal(sprites(model, count, "dpm++2m", w, steps=2), whole[:count], f"grid of {count}")


@pytest.mark.usefixtures("_threads")
@pytest.mark.parametrize("w", [1.0, 3.0])
@pytest.mark.parametrize("network", NETWORKS)
def test_a_row_does_not_depend_on_the_number_of_rows(network: str, w: float, loaded_with: Callable[..., Model]) -> None:
    """What the promise rests on, in floating point: rounding to a picture would hide a difference most of the time."""
    model = loaded_with(**{**REALISTIC, **NETWORKS[network]})
    x = np.random.default_rng(0).standard_normal((64, model.header.model.channels, 16, 16), np.float32)

    def pred_x0(rows: int) -> Floats:
        cues = [Cue((row % 3,)) for row in range(rows)]
        answer = guided(model.backend, cues, [Cue((3,))] * rows, w, (500, 10))
        return NetworkDenoiser(answer, model.header.model, model.schedule)(x[:rows], 500)

    whole = pred_x0(64)
    for rows in (1, 2, 5, 15, 16, 33):
        np.testing.assert_array_equal(pred_x0(rows), whole[:rows], f"{rows} rows")


def test_a_sprite_from_the_middle_of_a_mixed_grid(model: Model) -> None:
    """Its recipe, class and seed, is all it takes, whoever stood beside it and however the grid was cut."""
    request = asked("plants", "beasts", count=20, seed=100, guidance_scale=2.0, sampler="ddpm", steps=5)
    grid = np.concatenate([e.sprites for e in generate(model, request, micro_batch=7) if isinstance(e, Finished)])
    for index in (0, 6, 7, 9, 10, 19):
        *_, last = generate(model, request.alone(index))
        assert isinstance(last, Finished)
        np.testing.assert_array_equal(last.sprites[0], grid[index])


def test_variations_keep_the_promise(model: Model) -> None:
    start = np.zeros((8, 8, 4), np.uint8)
    start[2:6, 2:6] = (210, 69, 73, 255)
    options: dict[str, Any] = {"picture": start, "strength": 0.6}
    whole = sprites(model, 16, "ddpm", 2.0, 8, **options)
    np.testing.assert_array_equal(sprites(model, 1, "ddpm", 2.0, 8, **options), whole[:1])
