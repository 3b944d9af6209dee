from __future__ import annotations

import json
from dataclasses import replace

import msgspec
import pytest

from pixelforge import __version__
from pixelforge.errors import RequestError
from pixelforge.services.recipe import KEYWORD, Recipe, png_texts, recipe_of, recipes_in, request_of
from pixelforge.services.requests import GenerationRequest

REQUEST = GenerationRequest(
    class_names=("beasts", "tools"), count=4, seed=40, guidance_scale=2.5, sampler="dpm++2m", steps=30
)


def recipe(index: int) -> Recipe:
    return recipe_of(REQUEST, index, "hero", "0123456789abcdef" * 4)


def test_a_recipe_names_what_it_takes_to_make_the_sprite_again() -> None:
    assert recipe(3) == Recipe(
        class_name="tools",
        seed=43,
        guidance_scale=2.5,
        sampler="dpm++2m",
        steps=30,
        palette=None,
        model="hero",
        model_sha256="0123456789abcdef" * 4,
        app_version=__version__,
    )


def test_a_sprites_text_is_its_recipe() -> None:
    texts = png_texts([recipe(1)], 16, 16)
    assert msgspec.json.decode(texts[KEYWORD], type=Recipe) == recipe(1)
    assert texts["parameters"] == (
        "beasts\nSteps: 30, Sampler: dpm++2m, CFG scale: 2.5, "
        "Seed: 41, Size: 16x16, Model: hero, Model hash: 0123456789"
    )


def test_a_sheets_text_is_the_recipes_in_order() -> None:
    recipes = [recipe(i) for i in range(4)]
    texts = png_texts(recipes, 32, 32)
    assert msgspec.json.decode(texts[KEYWORD], type=list[Recipe]) == recipes
    assert texts["parameters"].startswith("beasts, tools\n")
    assert "Size: 32x32" in texts["parameters"]


@pytest.mark.parametrize("name", ['quote " and \\', "道具", "new\nline"])
def test_any_class_name_survives(name: str) -> None:
    request = GenerationRequest(class_names=(name,), guidance_scale=1.0, sampler="ddpm", steps=1)
    texts = png_texts([recipe_of(request, 0, "hero", "0")], 8, 8)
    assert json.loads(texts[KEYWORD])["class_name"] == name


@pytest.mark.parametrize("start", ["", "ä", "AAAA", "no base64", "Zm9v" * 9])
def test_a_start_that_is_no_picture_is_said(start: str) -> None:
    with pytest.raises(RequestError, match="starting picture"):
        request_of(replace(recipe(0), start=start))


def test_a_text_nested_without_end_is_no_recipe() -> None:
    assert recipes_in({KEYWORD: "[" * 20_000}) == ()
    assert recipes_in({KEYWORD: '{"x": ' + "[" * 20_000}) == ()
