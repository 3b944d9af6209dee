"""The command line with a model that is told words and a palette, and what may be wrong with those."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pixelforge.core.condition import Condition
from pixelforge.imaging.pixels import decode_picture
from pixelforge.imaging.png import encode_png
from pixelforge.services.palettes import find_palette
from pixelforge.services.sprites import read_recipes
from tests.conftest import RunCommand
from tests.pointer import DAWN, write_pointer_model

PICO = set(find_palette("pico-8").colours)

Made = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def pointer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pointer_model(tmp_path_factory.mktemp("models") / "pointer.safetensors")


@pytest.fixture
def make(command: RunCommand, pointer: Path, tmp_path: Path) -> Made:
    """Make sprites in x.png; gives the exit code and what was said."""

    def run(*arguments: object) -> tuple[int, str]:
        out = ("--device", "cpu", "--force", "--out", tmp_path / "x.png")
        code, _, said = command("generate", "--model", pointer, *arguments, *out)
        return code, said

    return run


def colours_in(path: Path) -> set[tuple[int, int, int]]:
    pixels = np.asarray(Image.open(path).convert("RGBA")).reshape(-1, 4)
    return {(int(r), int(g), int(b)) for r, g, b, alpha in pixels if alpha}


def palette_file(folder: Path, suffix: str, colours: list[tuple[int, int, int]], alpha: int = 255) -> Path:
    path = folder / f"palette{suffix}"
    rows = [f"{r} {g} {b}" for r, g, b in colours]
    if suffix == ".png":
        Image.fromarray(np.array([[(*colour, alpha) for colour in colours]], np.uint8)).save(path)
    elif suffix == ".hex":
        path.write_text("\n".join("".join(f"{part:02x}" for part in colour) for colour in colours))
    elif suffix == ".pal":
        path.write_text("\r\n".join(["JASC-PAL", "0100", str(len(rows)), *rows, ""]))
    else:
        path.write_text("\n".join(["GIMP Palette", "Name: p", *rows, ""]))
    return path


@pytest.mark.parametrize("suffix", [".gpl", ".pal", ".hex", ".png"])
@pytest.mark.parametrize(
    "colours",
    [[(9, 9, 9)], [(9, 9, 9)] * 3, [(9, 9, i % 2) for i in range(65)], [(i, 9, 9) for i in range(65)]],
    ids=["one", "equal", "65 of two", "65"],
)
def test_sprites_keep_to_any_palette(make: Made, tmp_path: Path, suffix: str, colours) -> None:
    code, said = make("--count", 4, "--class", "all", "--palette", palette_file(tmp_path, suffix, colours))
    assert code == 0, said
    made = colours_in(tmp_path / "x.png")
    assert made
    assert made <= set(colours)
    _, texts = decode_picture((tmp_path / "x.png").read_bytes())
    drawn = all("drawn_in" in recipe for recipe in json.loads(texts["pixelforge"]))
    assert drawn == (len(set(colours)) <= 64)


@pytest.mark.parametrize("suffix", [".gpl", ".pal", ".hex"])
def test_a_palette_without_colours_is_refused_by_name(make: Made, tmp_path: Path, suffix: str) -> None:
    code, said = make("--class", "cats", "--palette", palette_file(tmp_path, suffix, []))
    assert code != 0
    assert f"palette{suffix} has 0 colours; a palette has 1 to 256" in said
    assert said.count("\n") == 1


def test_a_picture_of_transparent_colours_is_no_palette(make: Made, tmp_path: Path) -> None:
    code, said = make("--class", "cats", "--palette", palette_file(tmp_path, ".png", [(9, 9, 9), (1, 1, 1)], alpha=0))
    assert code != 0
    assert "palette.png has 0 colours" in said


def test_a_style_of_one_colour_and_a_kind_that_it_never_had(make: Made, tmp_path: Path) -> None:
    assert make("--kind", "wolf", "--style", "ink", "--count", 4)[0] == 0
    assert colours_in(tmp_path / "x.png") == {(0, 0, 0)}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--kind", "lions"), "no kind 'lions'; the nearest is lion."),
        (("--kind", "LYNX"), "no kind 'LYNX'; the nearest is lynx."),
        (("--class", "cat"), "no class 'cat'; the nearest is cats."),
        (("--style", "dwn"), "no style 'dwn'; the nearest is dawn."),
        (("--colour", "blu"), "no colour 'blu'; the nearest is blue."),
        (("--size", "huge"), "no size 'huge'; it knows small, large."),
        (("--kind", ""), "A class, kind, style, colour, size or facing is a word, not an empty one."),
        (("--class", ""), "A class, kind, style, colour, size or facing is a word, not an empty one."),
    ],
)
def test_words_that_are_not_known_name_the_nearest(make: Made, words: tuple[str, ...], said: str) -> None:
    code, line = make(*words)
    assert code == 2
    assert said in line
    assert line.count("\n") == 1


def test_recipes_of_words_and_models_of_classes(make: Made, command: RunCommand, model: Path, tmp_path: Path) -> None:
    """The model of classes knows cats and dogs as well."""
    remake = ("remake", "--device", "cpu", tmp_path / "x.png", "--model", model)
    assert make("--class", "cats")[0] == 0
    assert command(*remake)[1].strip() == "different"
    assert make("--class", "cats", "--style", "ink")[0] == 0
    assert "knows classes and their kinds, but no styles" in command(*remake)[2]
    assert make("--class", "cats", "--palette", "pico-8")[0] == 0
    assert "draws in its own colours alone" in command(*remake)[2]
    assert make("--kind", "lion")[0] == 0
    assert "has to be told a class: cats, dogs, a/b" in command(*remake)[2]


@pytest.mark.parametrize("words", [(), ("--palette", "pico-8"), ("--reduce", "2")])
def test_recipes_of_classes_and_a_model_of_words(
    generate: RunCommand, command: RunCommand, pointer: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    assert generate("--class", "cats", *words, "--out", tmp_path / "x.png")[0] == 0
    again = command("remake", "--device", "cpu", tmp_path / "x.png", "--model", pointer, "--out", tmp_path / "y.png")
    assert again[1].strip() == "different"
    assert colours_in(tmp_path / "y.png") <= ({*DAWN, (0, 0, 0)} if words != ("--palette", "pico-8") else PICO)


@pytest.mark.parametrize(
    ("drawn_in", "outcome"),
    [
        (["#ff0000"] * 64, "different"),
        (["#FF0000", "#ff0000"], "different"),
        ([], "identical"),  # the scheme, which stands there as well, is of that palette already
        ([f"#{i:06x}" for i in range(65)], "carries no recipe of PixelForge's that can be read"),
        (["red"], "carries no recipe of PixelForge's that can be read"),
        (["#ff0000\n"], "carries no recipe of PixelForge's that can be read"),
        ("#ff0000", "carries no recipe of PixelForge's that can be read"),
        (None, "carries no recipe of PixelForge's that can be read"),
    ],
)
def test_a_recipe_whose_colours_are_odd(
    make: Made, command: RunCommand, pointer: Path, tmp_path: Path, drawn_in: object, outcome: str
) -> None:
    assert make("--class", "cats", "--palette", "pico-8")[0] == 0
    pixels, texts = decode_picture((tmp_path / "x.png").read_bytes())
    recipe = {**json.loads(texts["pixelforge"]), "drawn_in": drawn_in}
    (tmp_path / "x.png").write_bytes(encode_png(pixels, {"pixelforge": json.dumps(recipe)}))
    _, out, said = command("remake", "--device", "cpu", tmp_path / "x.png", "--model", pointer)
    assert outcome in out + said
    assert (out + said).count("\n") == 1


def test_a_scheme_is_for_models_that_can_draw_in_it(make: Made, generate: RunCommand, tmp_path: Path) -> None:
    assert make("--kind", "lion", "--scheme", "#ff0000,#00ff00")[0] == 0
    assert colours_in(tmp_path / "x.png") <= {(255, 0, 0), (0, 255, 0), (0, 0, 0)}
    code, _, err = generate("--class", "cats", "--scheme", "#ff0000", "--out", tmp_path / "y.png")
    assert code == 2
    assert "leave out --scheme" in err


def test_variations_are_of_what_the_sprite_was_made_for_but_for_what_is_told(
    command: RunCommand, tmp_path: Path
) -> None:
    model = write_pointer_model(tmp_path / "model.safetensors")
    sprite = tmp_path / "sprite.png"
    assert command("generate", "lynx", "--style", "ink", "--model", model, "--device", "cpu", "--out", sprite)[0] == 0

    def varied(*arguments: object) -> Condition:
        out = tmp_path / "out"
        usual = ("--count", 1, "--model", model, "--device", "cpu", "--out", out, "--force")
        assert command("vary", sprite, *arguments, *usual)[0] == 0
        (path,) = out.rglob("*.png")
        (found,) = read_recipes(path)
        path.unlink()
        return found.request.conditions[0]

    own = varied()
    assert (own.class_name, own.kind, own.style) == ("cats", "lynx", "ink")
    assert own.scheme is not None
    assert varied("--kind", "lion") == replace(own, kind="lion", scheme=None)
    assert varied("--scheme", "whole") == replace(own, scheme="whole")
