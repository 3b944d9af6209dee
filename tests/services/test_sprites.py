from __future__ import annotations

import numpy as np
import pytest

from pixelforge.errors import DatasetError
from pixelforge.imaging.actions import act
from pixelforge.imaging.palette import PaletteRule
from pixelforge.imaging.png import encode_png
from pixelforge.imaging.sheet_plan import SheetOptions
from pixelforge.services.export import ExportOptions, export_sprites, recoloured, recoloured_alone
from pixelforge.services.places import ActPlaces, Places, places_text
from pixelforge.services.recipe import png_texts, recipes_in
from pixelforge.services.sprites import (
    Drawn,
    Sprite,
    decode_any,
    decode_sheet,
    decode_sprite,
    encode_sprite,
    made_sprites,
    read_recipes,
    read_sheet,
    read_sprites,
)
from tests.made import asked, made


def test_a_sprite_and_its_recipe_survive_the_png() -> None:
    sprite = made(3)
    again = decode_sprite(encode_sprite(sprite))
    np.testing.assert_array_equal(again.pixels, sprite.pixels)
    assert again.recipe == sprite.recipe


def test_a_variation_can_be_made_again_from_its_png() -> None:
    rule = PaletteRule(name="two", colours=("#000000", "#ffffff"))
    request = asked("cats", seed=5, sampler="ddpm", steps=40, palette=rule, picture=made(1).pixels, strength=0.4)
    (sprite,) = made_sprites(request, made(2).pixels[None], "tiny", "0" * 64)
    again = decode_sprite(encode_sprite(sprite)).recipe
    assert again is not None
    assert again.request == request


def test_a_drawn_sprite_has_no_recipe(tmp_path) -> None:
    path = tmp_path / "heroes" / "one.png"
    path.parent.mkdir()
    path.write_bytes(encode_sprite(Sprite(made(1).pixels, Drawn("heroes"))))
    (sprite,) = read_sprites(path)
    assert sprite.origin == Drawn("heroes")
    assert not sprite.pixels.flags.writeable
    assert (sprite.recipe, sprite.class_name, sprite.model, sprite.seed) == (None, "heroes", "", 0)
    assert read_recipes(path) == ()
    with pytest.raises(DatasetError, match="no recipe"):
        read_sheet(path)


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"class_name": 3}', '{"seed": 1}'])
def test_texts_that_are_no_recipe_give_none(text) -> None:
    assert recipes_in({"pixelforge": text}) == ()
    assert recipes_in({}) == ()


def test_pictures_without_a_recipe_are_no_sprites() -> None:
    with pytest.raises(DatasetError, match="no recipe"):
        decode_sprite(encode_png(made(1).pixels))
    with pytest.raises(DatasetError, match="not a picture"):
        decode_sprite(b"rubbish")


@pytest.mark.parametrize("count", [1, 5, 16, 17])
@pytest.mark.parametrize("sheet", [SheetOptions(), SheetOptions(3, 2, 4, margin=5, extrude=1, power_of_two=True)])
def test_a_sheet_comes_apart_again(tmp_path, count, sheet) -> None:
    sprites = [made(i, side=8 + i % 3 * 4) for i in range(count)]
    path = tmp_path / "sheet.png"
    export_sprites(path, sprites, ExportOptions(sheet=sheet))
    again = decode_sheet(path.read_bytes())
    assert len(again) == count
    for one, other in zip(sprites, again, strict=True):
        np.testing.assert_array_equal(one.pixels, other.pixels)
        assert one.recipe == other.recipe


def test_a_picture_that_is_no_sheet_is_refused() -> None:
    with pytest.raises(DatasetError, match="no recipe"):
        decode_sheet(encode_png(made(1).pixels))


@pytest.mark.parametrize(
    "places",
    ["", "[]", '{"scale": 1, "sprites": [[0, 0, 17, 16]]}', '{"scale": 0, "sprites": [[0, 0, 16, 16]]}', "{"],
)
def test_places_that_are_wrong_cut_nothing_out(places) -> None:
    recipes = [made(1).recipe, made(2).recipe]
    texts = {**png_texts(recipes, 16, 16), "pixelforge-places": places}
    with pytest.raises(DatasetError, match="does not tell where"):
        decode_sheet(encode_png(made(1).pixels, texts))


def test_frames_are_kept_with_the_recipe_and_tell_sprites_apart(tmp_path) -> None:
    sprite = made(3)
    bobbing = sprite.acting(act(sprite.pixels, "bob"))
    path = tmp_path / "one.png"
    path.write_bytes(encode_sprite(bobbing))
    for again in (decode_sprite(path.read_bytes()), decode_any(path.read_bytes(), "cats"), *read_sprites(path)):
        assert again.recipe == sprite.recipe
        assert again.fingerprint == bobbing.fingerprint
    others = [sprite, sprite.acting(act(sprite.pixels, "hop")), bobbing.acting(None)]
    assert [other.fingerprint == bobbing.fingerprint for other in others] == [False, False, False]
    assert others[2].fingerprint == sprite.fingerprint
    path.write_bytes(encode_sprite(Sprite(sprite.pixels, Drawn("cats")).acting(bobbing.frames)))
    assert len(read_sprites(path)[0].pictures) == 2


def test_a_palette_holds_for_all_frames() -> None:
    sprite = made(3)
    bobbing = sprite.acting(act(sprite.pixels, "bob"))
    for rule in (PaletteRule(name="two", colours=("#000000", "#ffffff")), PaletteRule(reduce_to=3)):
        for few in (recoloured_alone([bobbing], rule)[0], recoloured([bobbing, made(4)], rule)[0]):
            pictures = np.stack(few.pictures)
            np.testing.assert_array_equal(pictures[..., 3], np.stack(bobbing.pictures)[..., 3])
            np.testing.assert_array_equal(few.pixels, pictures[0])
            assert len(np.unique(pictures[pictures[..., 3] > 0], axis=0)) <= 3


@pytest.mark.parametrize("place", [(0, 0, 64, 64), (0, 0, 64, 33)], ids=["all", "half and a row"])
def test_places_that_overlap_are_not_cut_out(place) -> None:
    """A small file could ask for a copy of the whole picture a thousand times."""
    pixels = np.zeros((64, 64, 4), np.uint8)
    recipes = [made(seed).recipe for seed in (1, 2)]
    data = encode_png(pixels, {**png_texts(recipes, 64, 64), **places_text(Places(1, (place,) * 2))})
    with pytest.raises(DatasetError, match="does not tell where the sprites lie"):
        decode_sheet(data)


def test_frames_that_overlap_are_not_cut_out() -> None:
    recipe = made(1).recipe
    assert recipe is not None
    acts = (ActPlaces("walk", (100,) * 9, ((0, 0),) * 9),)
    texts = {**png_texts([recipe], 16, 16), **places_text(Places(1, ((0, 0, 16, 16),), acts))}
    data = encode_png(np.zeros((16, 16, 4), np.uint8), texts)
    with pytest.raises(DatasetError, match="does not tell where the sprites lie"):
        decode_sheet(data)
