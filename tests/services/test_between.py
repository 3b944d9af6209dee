"""Sprites between two and around one, which are made again from their recipes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pixelforge.core.header import ModelHeader, file_sha256
from pixelforge.core.pipeline import Model
from pixelforge.errors import RequestError
from pixelforge.services.between import (
    around,
    around_picture,
    between_noise,
    between_pictures,
    dissolved,
    maker_of,
)
from pixelforge.services.generation import generate
from pixelforge.services.model_library import ModelEntry
from pixelforge.services.recipe import recipes_in
from pixelforge.services.requests import Finished, GenerationRequest
from pixelforge.services.sprites import Drawn, Sprite, decode_sprite, encode_sprite, made_sprites
from tests.made import asked


def order(*class_names: str, **changes) -> GenerationRequest:
    return asked(*class_names or ("tools",), **{"guidance_scale": 2.0, "sampler": "dpm++2m", "steps": 3, **changes})


def make(model: Model, request: GenerationRequest) -> tuple[Sprite, ...]:
    (done,) = [event for event in generate(model, request) if isinstance(event, Finished)]
    return made_sprites(request, done.sprites, "tiny", "0" * 64, conditions=done.conditions)


@pytest.fixture
def pair(model: Model) -> tuple[Sprite, Sprite]:
    return make(model, order("tools", seed=3))[0], make(model, order("plants", seed=9))[0]


def again(model: Model, sprite: Sprite) -> np.ndarray:
    """Made from what its PNG tells."""
    told = decode_sprite(encode_sprite(sprite))
    assert told.recipe is not None
    return make(model, told.recipe.request)[0].pixels


@pytest.mark.parametrize("sampler", ["dpm++2m", "ddpm"])
def test_sprites_between_two_are_made_again_from_their_recipes_each_alone(model: Model, sampler: str) -> None:
    first, second = (make(model, order(seed=seed, sampler=sampler))[0] for seed in (3, 9))
    assert first.recipe is not None
    assert second.recipe is not None
    row = make(model, between_noise(first.recipe, second.recipe, 5))
    assert len({sprite.fingerprint for sprite in (first, *row, second)}) == 7
    for sprite in row:
        np.testing.assert_array_equal(again(model, sprite), sprite.pixels)


def test_the_row_goes_from_one_to_the_other_and_back_the_other_way(model: Model, pair) -> None:
    there, back = between_noise(pair[0].recipe, pair[1].recipe, 4), between_noise(pair[1].recipe, pair[0].recipe, 4)
    assert [there.class_of(index) for index in range(4)] == ["tools", "tools", "plants", "plants"]
    assert there.seeds == (3, 3, 9, 9)
    for one, other in zip(make(model, there), reversed(make(model, back)), strict=True):
        np.testing.assert_array_equal(one.pixels, other.pixels)


def test_sprites_between_those_between_have_recipes_as_well(model: Model, pair) -> None:
    row = make(model, between_noise(pair[0].recipe, pair[1].recipe, 3))
    (between,) = make(model, between_noise(row[0].recipe, row[2].recipe, 1))
    np.testing.assert_array_equal(again(model, between), between.pixels)
    np.testing.assert_array_equal(between.pixels, row[1].pixels)  # the middle of the middle part is the middle


def test_of_the_same_noise_there_is_none_between(model: Model) -> None:
    one, other = (make(model, order(name, seed=3))[0] for name in ("tools", "plants"))
    with pytest.raises(RequestError, match="same noise"):
        between_noise(one.recipe, other.recipe, 3)


def test_variations_of_different_sprites_have_no_noise_between_them(model: Model, pair) -> None:
    varied = [make(model, order(seed=n, picture=one.pixels))[0] for n, one in enumerate(pair)]
    with pytest.raises(RequestError, match="different sprites"):
        between_noise(varied[0].recipe, varied[1].recipe, 3)


def test_a_map_has_24_neighbours_that_are_the_nearer_the_closer(model: Model, pair) -> None:
    request = around(pair[0].recipe)
    neighbours = make(model, request)
    assert len(neighbours) == 24
    own = [blend.own_weight for blend in request.blends]
    assert own[11] == own[12] == max(own)  # left and right of the middle
    assert own[0] == own[23] == pytest.approx(min(own))  # the corners
    for sprite in neighbours[::7]:
        np.testing.assert_array_equal(again(model, sprite), sprite.pixels)


def test_a_map_around_a_sprite_of_a_map_goes_into_other_directions(model: Model, pair) -> None:
    corner = make(model, around(pair[0].recipe))[0]
    request = around(corner.recipe)
    assert {seed for seed, _ in request.blends[0].parts} == {4, 5, 6, 7}
    np.testing.assert_array_equal(again(model, make(model, request)[3]), make(model, request)[3].pixels)


def test_between_sprites_that_no_model_made_it_varies_pictures_on_the_way(model: Model) -> None:
    header: ModelHeader = model.header
    red, blue = (np.zeros((8, 8, 4), np.uint8) for _ in range(2))
    red[:, :4], blue[:, 4:] = (255, 0, 0, 255), (0, 0, 255, 255)
    first, second = (Sprite(pixels, Drawn("tools")) for pixels in (red, blue))
    request = between_pictures(first, second, 3, header, order("plants", seed=5))
    row = make(model, request)
    assert [sprite.class_name for sprite in row] == ["tools"] * 3
    for sprite in row:
        np.testing.assert_array_equal(again(model, sprite), sprite.pixels)
    starts = [sprite.recipe.request.start for sprite in row]
    assert [int((start.picture[:, 4:, 3] > 0).sum()) for start in starts] == [8, 16, 24]
    assert not any(start.others for start in starts)


def test_a_map_around_a_drawn_sprite_varies_it(model: Model) -> None:
    sprite = Sprite(np.full((8, 8, 4), 255, np.uint8), Drawn("a class that no model knows"))
    neighbours = make(model, around_picture(sprite, model.header, order("plants", seed=5)))
    assert [one.class_name for one in neighbours] == ["plants"] * 24
    np.testing.assert_array_equal(again(model, neighbours[5]), neighbours[5].pixels)


def test_dissolving_ends_at_both_pictures_and_every_pixel_is_opaque_or_not() -> None:
    random = np.random.RandomState(0)
    one, other = (random.randint(0, 256, (8, 8, 4)).astype(np.uint8) for _ in range(2))
    for picture in (one, other):
        picture[..., 3] = np.where(picture[..., 3] > 127, 255, 0)
        picture[picture[..., 3] == 0] = 0
    np.testing.assert_array_equal(dissolved(one, other, 0.0), one)
    np.testing.assert_array_equal(dissolved(one, other, 1.0), other)
    for amount in (0.25, 0.5, 0.9):
        assert set(dissolved(one, other, amount)[..., 3].ravel()) <= {0, 255}


def test_the_maker_of_sprites_is_the_model_of_their_version(tmp_path: Path, model: Model, pair) -> None:
    path = tmp_path / "tiny.safetensors"
    path.write_bytes(b"weights")
    entry = ModelEntry("tiny", path, True, model.header)
    first, second = (
        replace(one, origin=replace(one.origin, recipe=replace(one.recipe, model_sha256=file_sha256(path))))
        for one in pair
    )
    assert maker_of((first, second), [entry]) is entry
    assert maker_of((first, pair[1]), [entry]) is None
    assert maker_of(pair, [entry]) is None
    assert maker_of((first, replace(first, origin=Drawn("tools"))), [entry]) is None
    path.unlink()
    assert maker_of((first, second), [entry]) is None


def test_a_recipe_whose_blend_cannot_be_is_none() -> None:
    text = (
        '{"class_name": "x", "seed": 1, "guidance_scale": 1, "sampler": "ddim", "steps": 3, "model": "m", '
        '"model_sha256": "0", "blend": %s}'
    )
    assert len(recipes_in({"pixelforge": text % "[[2, 0.5]]"})) == 1
    for bad in ("[[2, 3.5]]", "[]", '"x"', "[[2]]", "[[-2, 0.5]]", "3"):
        assert recipes_in({"pixelforge": text % bad}) == ()
