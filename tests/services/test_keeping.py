"""Variations that keep a sprite's silhouette or its colours, of all of it or of a part, by every sort of model."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from pixelforge.core.condition import Condition
from pixelforge.core.pipeline import Model
from pixelforge.core.start import Keep, Start
from pixelforge.errors import RequestError
from pixelforge.imaging.palette import PaletteRule
from pixelforge.imaging.pixels import Pixels
from pixelforge.services.generation import generate, load_model
from pixelforge.services.recipe import flat, png_texts, recipes_in
from pixelforge.services.requests import Finished, GenerationRequest, make_request
from pixelforge.services.sprites import Sprite, made_sprites
from tests.pointer import write_pointer_model

SIDE = 8
SORTS = ("palette", "eps", "v", "rgb", "pointer")
BOTH = Keep(silhouette=True, colours=True)


@pytest.fixture(params=SORTS)
def any_model(request, loaded_with, tmp_path) -> Model:
    if request.param == "pointer":
        return load_model(write_pointer_model(tmp_path / "model.safetensors"), "cpu")
    if request.param == "rgb":
        return loaded_with(channels=3)
    return loaded_with(prediction=request.param)


def finished(model: Model, request: GenerationRequest) -> Finished:
    return next(event for event in generate(model, request) if isinstance(event, Finished))


def asked(model: Model, start: Start, count: int = 3, **sampling) -> GenerationRequest:
    conditions = [Condition(class_name=model.header.class_names[0])]
    return make_request(model.header, conditions, count=count, seed=4, sampling={"steps": 3, **sampling}, start=start)


def starts(keep: Keep, count: int) -> Iterator[Start]:
    """Random sprites of a few colours that no model has, half of them with masks."""
    rng = np.random.default_rng(0)
    for index in range(count):
        colours = rng.integers(1, 256, (rng.integers(1, 6), 3))
        picture = np.zeros((SIDE, SIDE, 4), np.uint8)
        picture[..., :3] = colours[rng.integers(0, len(colours), (SIDE, SIDE))]
        picture[..., 3] = 255
        picture[rng.random((SIDE, SIDE)) < rng.uniform(0, 0.9)] = 0
        picture[0, 0] = (*colours[0], 255)
        mask = rng.random((SIDE, SIDE)) < rng.uniform(0.1, 0.9)
        mask[0, 0] = True
        yield Start(picture=picture, mask=mask if index % 2 else None, strength=float(rng.uniform(0.3, 1)), keep=keep)


def texts_of(sprite: Sprite) -> dict[str, str]:
    assert sprite.recipe is not None
    return png_texts([sprite.recipe], SIDE, SIDE)


def colours_of(sprites: Pixels) -> set[tuple[int, ...]]:
    return {tuple(colour) for colour in sprites[sprites[..., 3] > 0][:, :3].tolist()}


@pytest.mark.parametrize(
    "keep", [Keep(silhouette=True), Keep(colours=True), BOTH], ids=["silhouette", "colours", "both"]
)
def test_no_pixel_changes_its_opacity_and_no_colour_is_new(any_model: Model, keep: Keep) -> None:
    changed = moved = 0
    for number, start in enumerate(starts(keep, 12)):
        made = finished(any_model, asked(any_model, start, sampler=("ddpm", "ddim", "dpm++2m")[number % 3])).sprites
        if keep.silhouette:
            assert ((made[..., 3] > 0) == start.opaque).all()
        if keep.colours:
            assert colours_of(made) <= colours_of(start.picture)
        changed += int((made != start.picture).any())
        moved += int(((made[..., 3] > 0) != start.opaque).any())
    assert changed >= 8  # the rest has one colour, so nothing else can come of it
    assert keep.silhouette or moved  # it would not stay by itself


def test_the_sprites_own_colours_stand_above_a_chosen_palette(any_model: Model) -> None:
    start = next(starts(BOTH, 1))
    request = asked(any_model, start)
    made = finished(any_model, GenerationRequest(**{**vars(request), "palette": PaletteRule(colours=("#123456",))}))
    assert colours_of(made.sprites) <= colours_of(start.picture)


def test_a_recipe_keeps_what_was_kept_and_makes_the_same_bytes(any_model: Model) -> None:
    for start in starts(BOTH, 4):
        request = asked(any_model, start)
        event = finished(any_model, request)
        for sprite in made_sprites(request, event.sprites, "model", "", conditions=event.conditions):
            (recipe,) = recipes_in(texts_of(sprite))
            assert recipe == sprite.recipe
            assert recipe.request.start.keep == BOTH
            assert finished(any_model, recipe.request).sprites[0].tobytes() == sprite.pixels.tobytes()


def test_recipes_that_keep_nothing_are_as_they_were(model: Model) -> None:
    start = next(starts(Keep(), 1))
    request = asked(model, start, count=1)
    (sprite,) = made_sprites(request, finished(model, request).sprites, "model", "")
    assert not [name for name in flat(sprite.recipe) if name.startswith("keep")]
    (recipe,) = recipes_in(texts_of(sprite))
    assert recipe.request.start == start
    assert start != Start(picture=start.picture, strength=start.strength, keep=BOTH)


def test_a_recipe_whose_switch_is_none_is_not_read(model: Model) -> None:
    request = asked(model, next(starts(BOTH, 1)), count=1)
    (sprite,) = made_sprites(request, finished(model, request).sprites, "model", "")
    texts = texts_of(sprite)
    assert (
        recipes_in({**texts, "pixelforge": texts["pixelforge"].replace('"keep_colours":true', '"keep_colours":7')})
        == ()
    )


def test_nothing_to_keep_is_told(model: Model) -> None:
    empty = np.zeros((SIDE, SIDE, 4), np.uint8)
    with pytest.raises(RequestError, match="no silhouette to keep"):
        asked(model, Start(picture=empty, keep=BOTH))
    with pytest.raises(RequestError, match="no colours to keep"):
        asked(model, Start(picture=empty, keep=Keep(colours=True)))
    dot, beside = empty.copy(), np.zeros((SIDE, SIDE), np.bool_)
    dot[0, 0] = 255
    beside[4:, 4:] = True
    with pytest.raises(RequestError, match="mark a part of it"):
        asked(model, Start(picture=dot, mask=beside, keep=BOTH))
    asked(model, Start(picture=dot, mask=beside, keep=Keep(colours=True)))
