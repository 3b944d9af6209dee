"""Names by a pattern."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pixelforge.errors import RequestError
from pixelforge.services.naming import DEFAULT_PATTERN, check_name, sprite_names
from pixelforge.services.sprites import Drawn, Made, Sprite
from tests.made import made

SPRITES = [made(seed, name) for seed, name in ((7, "cat"), (8, "dog"), (9, "cat"))]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        (DEFAULT_PATTERN, ["cat_000", "dog_000", "cat_001"]),
        ("{model}-{number}", ["tiny-0", "tiny-1", "tiny-2"]),
        ("{class} {seed:05d}", ["cat 00007", "dog 00008", "cat 00009"]),
        ("hero", ["hero", "hero_2", "hero_3"]),
        ("{{{class}}}", ["{cat}", "{dog}", "{cat}_2"]),
        ("", ["sprite", "sprite_2", "sprite_3"]),
    ],
)
def test_patterns(pattern, names) -> None:
    assert sprite_names(pattern, SPRITES) == names


@pytest.mark.parametrize(
    "pattern",
    [
        "{",
        "{}",
        "{0}",
        "{name}",
        "{class.__class__}",
        "{class[0]}",
        "{index!r}",
        "{index:99999999}",
        "{class:>9}",
        "{index:x}",
    ],
)
def test_patterns_that_cannot_be(pattern) -> None:
    with pytest.raises(RequestError):
        sprite_names(pattern, SPRITES)


def kind_of(seed: int, kind: str | None) -> Sprite:
    sprite = made(seed, "monsters")
    assert sprite.recipe is not None
    asked = replace(sprite.recipe.request.conditions[0], kind=kind)
    return replace(
        sprite, origin=Made(replace(sprite.recipe, request=replace(sprite.recipe.request, conditions=(asked,))))
    )


def test_kinds_name_their_sprites_and_count_them() -> None:
    sprites = [kind_of(1, "dragon"), kind_of(2, "bat"), kind_of(3, None), kind_of(4, "dragon"), made(5, "cats")]
    mended = replace(sprites[3], origin=Drawn("monsters", sprites[3].recipe))
    names = ["dragon_000", "bat_000", "monsters_000", "dragon_001", "cats_000"]
    assert sprite_names("{kind}_{index:03}", sprites) == names
    assert sprite_names("{kind}_{index:03}", [*sprites[:3], mended, sprites[4]]) == names
    assert sprite_names("{kind} of {class}", sprites[:2]) == ["dragon of monsters", "bat of monsters"]
    assert sprite_names(DEFAULT_PATTERN, sprites[:3]) == ["monsters_000", "monsters_001", "monsters_002"]


def test_a_name_of_its_own_goes_before_the_pattern() -> None:
    named = [SPRITES[0], replace(SPRITES[1], name="cat_000"), replace(SPRITES[2], name="hero")]
    assert sprite_names(DEFAULT_PATTERN, named) == ["cat_000_2", "cat_000", "hero"]
    twice = [replace(sprite, name="hero") for sprite in SPRITES]
    assert sprite_names(DEFAULT_PATTERN, twice) == ["hero", "hero_2", "hero_3"]


def test_one_name_for_all_is_numbered_at_once() -> None:
    """Were each number looked for from 2 on, so many would take minutes."""
    assert sprite_names("hero", [SPRITES[0]] * 20_000) == ["hero", *(f"hero_{n}" for n in range(2, 20_001))]
    named = [replace(SPRITES[0], name="hero")] * 20_000
    assert sprite_names(DEFAULT_PATTERN, named)[-1] == "hero_20000"
    mixed = [SPRITES[0], replace(SPRITES[1], name="hero"), SPRITES[2], replace(SPRITES[1], name="hero")]
    assert sprite_names("hero", mixed) == ["hero_2", "hero", "hero_3", "hero_4"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a/b", "a\nb", 'say "hi"', "HERO"])
def test_names_that_cannot_be_given(name) -> None:
    with pytest.raises(RequestError):
        check_name(name, ["hero"])


def test_names_that_can_be_given() -> None:
    assert [check_name(name, ["hero"]) for name in (" Löwe ", "hero_2", "飞龙")] == ["Löwe", "hero_2", "飞龙"]


def test_long_names_are_cut_and_stay_apart() -> None:
    names = sprite_names("x" * 300, SPRITES)
    assert len(set(names)) == 3
    assert max(map(len, names)) < 210
