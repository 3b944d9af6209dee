from __future__ import annotations

import base64
import json
from dataclasses import replace

import numpy as np
import pytest

from pixelforge import __version__
from pixelforge.core.condition import Condition
from pixelforge.imaging.png import encode_png
from pixelforge.services.recipe import KEYWORD, Recipe, flat, png_texts, recipe_of, recipes_in
from tests.made import asked

HUGE = base64.b64encode(encode_png(np.zeros((65, 64, 4), np.uint8))).decode()  # larger than any model makes

REQUEST = asked("beasts", "tools", count=4, seed=40, guidance_scale=2.5, sampler="dpm++2m", steps=30)


def recipe(index: int) -> Recipe:
    return recipe_of(REQUEST, index, "hero", "0123456789abcdef" * 4)


def test_a_recipe_names_what_it_takes_to_make_the_sprite_again() -> None:
    """The JSON is version 0.1's, so that it can be read by that version as well."""
    assert flat(recipe(3)) == {
        "class_name": "tools",
        "seed": 43,
        "guidance_scale": 2.5,
        "sampler": "dpm++2m",
        "steps": 30,
        "palette": None,
        "start": None,
        "strength": 1.0,
        "model": "hero",
        "model_sha256": "0123456789abcdef" * 4,
        "app_version": __version__,
    }
    assert recipe(3).request == asked("tools", seed=43, guidance_scale=2.5, sampler="dpm++2m", steps=30)


def test_a_kind_that_is_asked_for_stands_in_the_recipe() -> None:
    request = replace(REQUEST, conditions=(Condition(class_name="beasts", kind="cat"),))
    dragon = recipe_of(request, 0, "hero", "0")
    assert flat(dragon)["kind"] == "cat"
    assert recipes_in(png_texts([dragon], 8, 8)) == (dragon,)


def test_a_sprites_text_is_its_recipe() -> None:
    texts = png_texts([recipe(1)], 16, 16)
    assert json.loads(texts[KEYWORD]) == flat(recipe(1))
    assert recipes_in(texts) == (recipe(1),)
    assert texts["parameters"] == (
        "beasts\nSteps: 30, Sampler: dpm++2m, CFG scale: 2.5, "
        "Seed: 41, Size: 16x16, Model: hero, Model hash: 0123456789"
    )


def test_a_sheets_text_is_the_recipes_in_order() -> None:
    recipes = tuple(recipe(i) for i in range(4))
    texts = png_texts(recipes, 32, 32)
    assert recipes_in(texts) == recipes
    assert texts["parameters"].startswith("beasts, tools\n")
    assert "Size: 32x32" in texts["parameters"]


@pytest.mark.parametrize("name", ['quote " and \\', "道具", "new\nline"])
def test_any_class_name_survives(name: str) -> None:
    texts = png_texts([recipe_of(asked(name), 0, "hero", "0")], 8, 8)
    assert json.loads(texts[KEYWORD])["class_name"] == name
    assert recipes_in(texts)[0].class_name == name


@pytest.mark.parametrize(
    "change",
    [
        *({"start": start} for start in ("", "ä", "AAAA", "no base64", "Zm9v" * 9, HUGE)),
        {"guidance_scale": 99},
        {"steps": 0},
        {"sampler": "euler"},
        {"seed": -1},
        {"seed": 1.5},
        {"class_name": 3},
        {"palette": {"colours": []}},
        {"model": None},
    ],
    ids=lambda change: str(change)[:40],
)
def test_a_recipe_that_cannot_be_followed_is_none(change: dict[str, object]) -> None:
    assert recipes_in({KEYWORD: json.dumps({**flat(recipe(0)), **change})}) == ()


@pytest.mark.parametrize("name", ["class_name", "seed", "guidance_scale", "sampler", "steps", "model", "model_sha256"])
def test_what_every_recipe_has_must_be_there(name: str) -> None:
    content = flat(recipe(0))
    del content[name]
    assert recipes_in({KEYWORD: json.dumps(content)}) == ()


def test_recipes_of_other_versions_are_read() -> None:
    """Fields that came later have their defaults; fields that are not known yet are passed over."""
    content = flat(recipe(0))
    for name in ("palette", "start", "strength", "app_version"):
        del content[name]
    assert recipes_in({KEYWORD: json.dumps({**content, "jitter": 3})}) == (recipe(0),)


def test_a_text_nested_without_end_is_no_recipe() -> None:
    assert recipes_in({KEYWORD: "[" * 20_000}) == ()
    assert recipes_in({KEYWORD: '{"x": ' + "[" * 20_000}) == ()
