"""Variations of a sprite in a file, and of a part of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pixelforge.core.condition import Condition
from pixelforge.core.start import Start
from pixelforge.errors import RequestError
from pixelforge.imaging.palette import PaletteRule
from pixelforge.imaging.png import write_png
from pixelforge.services.generation import generate, load_model
from pixelforge.services.recipe import flat, png_texts, recipes_in
from pixelforge.services.requests import Finished, GenerationRequest, make_request
from pixelforge.services.sprites import made_sprites
from pixelforge.services.starting import read_mask, read_start
from tests.pointer import write_pointer_model

SIDE = 8


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return load_model(write_pointer_model(tmp_path_factory.mktemp("model") / "model.safetensors"), "cpu")


def request_of(model, start: Start, count: int = 2, **sampling) -> GenerationRequest:
    conditions = [Condition(class_name="cats", kind="lion", style="dawn")]
    return make_request(model.header, conditions, count=count, seed=4, sampling=sampling, start=start)


def finished(model, request: GenerationRequest) -> Finished:
    return next(event for event in generate(model, request) if isinstance(event, Finished))


def random_picture(rng: np.random.Generator) -> np.ndarray:
    picture = rng.integers(0, 256, (SIDE, SIDE, 4), dtype=np.uint8)
    picture[..., 3] = 255 * (rng.random((SIDE, SIDE)) < 0.7)
    picture[picture[..., 3] == 0] = 0
    return picture


def test_of_60_masks_none_lets_a_pixel_outside_change(model) -> None:
    rng, changed = np.random.default_rng(0), 0
    for sampler in ("ddpm", "ddim", "dpm++2m"):
        for _ in range(20):
            picture = random_picture(rng)
            mask = rng.random((SIDE, SIDE)) < rng.uniform(0.05, 0.95)
            mask[0, 0] = True
            request = request_of(model, Start(picture=picture, mask=mask, strength=1.0), sampler=sampler, steps=2)
            rule = PaletteRule(colours=("#ff0000",)) if rng.random() < 0.3 else None
            made = finished(model, replace(request, palette=rule)).sprites
            assert not (made[:, ~mask] != picture[~mask]).any()
            changed += int((made[:, mask] != picture[mask]).any())
    assert changed > 56  # and inside they do change


def test_a_part_is_made_again_alone_from_its_recipe(model, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    mask = np.zeros((SIDE, SIDE), np.bool_)
    mask[:4] = True
    request = request_of(model, Start(picture=random_picture(rng), mask=mask, strength=0.8), count=3)
    event = finished(model, request)
    sprites = made_sprites(request, event.sprites, "model", "", conditions=event.conditions)
    for index, sprite in enumerate(sprites):
        assert sprite.recipe is not None
        (recipe,) = recipes_in(png_texts([sprite.recipe], SIDE, SIDE))
        assert recipe == sprite.recipe
        np.testing.assert_array_equal(finished(model, recipe.request).sprites[0], event.sprites[index])


def test_recipes_without_a_mask_are_as_they_were(model) -> None:
    request = request_of(model, Start(picture=random_picture(np.random.default_rng(2))))
    event = finished(model, request)
    (sprite, _) = made_sprites(request, event.sprites, "model", "", conditions=event.conditions)
    content = flat(sprite.recipe)
    assert "mask" not in content
    assert "start" in content


def test_a_mask_is_what_is_opaque_and_not_black(tmp_path: Path) -> None:
    picture = np.zeros((2, 2, 4), np.uint8)
    picture[0, 0] = (0, 0, 0, 255)
    picture[0, 1] = (255, 255, 255, 255)
    picture[1, 1] = (0, 1, 0, 255)
    write_png(tmp_path / "mask.png", picture)
    assert read_mask(tmp_path / "mask.png").tolist() == [[False, True], [False, True]]


def test_masks_that_fit_nothing_are_told(model, tmp_path: Path) -> None:
    picture = np.full((SIDE, SIDE, 4), 255, np.uint8)
    with pytest.raises(RequestError, match="The mask has 4 x 3 pixels, the sprite 8 x 8"):
        Start(picture=picture, mask=np.ones((3, 4), np.bool_))
    with pytest.raises(RequestError, match="marks nothing"):
        Start(picture=picture, mask=np.zeros((SIDE, SIDE), np.bool_))
    write_png(tmp_path / "large.png", np.full((20, 30, 4), 255, np.uint8))
    start, made_for = read_start(tmp_path / "large.png", None, None)
    assert made_for is None
    assert start.strength == Start.strength
    with pytest.raises(RequestError, match="8 x 8 pixels, not of 30 x 20"):
        request_of(model, start)


def test_a_mask_of_everything_is_not_none() -> None:
    picture = np.full((SIDE, SIDE, 4), 255, np.uint8)
    whole = Start(picture=picture, mask=np.ones((SIDE, SIDE), np.bool_))
    assert Start(picture=picture) != whole
    assert whole == Start(picture=picture.copy(), mask=np.ones((SIDE, SIDE), np.bool_))
    assert hash(whole) == hash(Start(picture=picture.copy(), mask=np.ones((SIDE, SIDE), np.bool_)))
