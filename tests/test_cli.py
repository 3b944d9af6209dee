from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from unittest.mock import patch

import msgspec
import numpy as np
import pytest
from PIL import Image
from safetensors.torch import load_file

from pixelforge import __version__
from pixelforge.core.checkpoint import save_checkpoint
from pixelforge.core.header import read_header
from pixelforge.imaging.png import write_png
from pixelforge.services import model_library
from tests.conftest import RunCommand
from tests.pointer import write_pointer_model


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        assert picture.mode == "RGBA"
        return np.asarray(picture)


def recipe(path: Path) -> object:
    with Image.open(path) as picture:
        return msgspec.json.decode(str(picture.text["pixelforge"]))


def test_a_sheet_holds_the_sprites_in_a_grid_with_their_recipes(generate: RunCommand, tmp_path: Path) -> None:
    code, out, err = generate("--class", "dogs", "--count", 5, "--seed", 40, "--out", tmp_path / "sheet.png")
    assert (code, out) == (0, "")
    assert "5 sprites" in err
    assert pixels(tmp_path / "sheet.png").shape == (16, 24, 4)
    recipes = recipe(tmp_path / "sheet.png")
    assert [entry["seed"] for entry in recipes] == [40, 41, 42, 43, 44]
    assert {entry["class_name"] for entry in recipes} == {"dogs"}
    assert (recipes[0]["steps"], recipes[0]["model"]) == (4, "tiny")


def test_a_folder_gets_a_file_a_sprite_in_a_folder_a_class(generate: RunCommand, tmp_path: Path) -> None:
    assert generate("--class", "all", "--count", 6, "--out", tmp_path / "out")[0] == 0
    files = sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.png"))
    expected = ["a_b/a_b_00004", "a_b/a_b_00005", "cats/cats_00000", "cats/cats_00001", "dogs/dogs_00002"]
    assert files == [f"{name}.png" for name in [*expected, "dogs/dogs_00003"]]


def test_a_sprite_of_a_batch_can_be_made_again_alone(generate: RunCommand, tmp_path: Path) -> None:
    generate("--class", "cats", "--count", 9, "--seed", 3, "--out", tmp_path / "nine.png")
    generate("--class", "cats", "--count", 1, "--seed", 7, "--out", tmp_path / "one.png")
    np.testing.assert_array_equal(pixels(tmp_path / "nine.png")[8:16, 8:16], pixels(tmp_path / "one.png"))


def test_without_a_count_every_class_gets_one(generate: RunCommand, tmp_path: Path) -> None:
    assert generate("--class", "all", "--out", tmp_path / "out")[0] == 0
    assert len(list((tmp_path / "out").rglob("*.png"))) == 3


def test_a_class_named_twice_is_one_class(generate: RunCommand, tmp_path: Path) -> None:
    code, out, _ = generate("--class", "cats", "--class", "cats", "--json", "--out", tmp_path / "s.png")
    assert (code, msgspec.json.decode(out)["count"]) == (0, 1)


def test_kinds_that_get_no_sprite_are_named_a_few_of_them(command: RunCommand, tmp_path: Path) -> None:
    model = write_pointer_model(tmp_path / "words.safetensors")
    asked = (
        "generate",
        "lion",
        "lynx",
        "wolf",
        "--model",
        model,
        "--count",
        1,
        "--steps",
        1,
        "--out",
        tmp_path / "s.png",
    )
    assert "A count of 1 leaves out lynx, wolf." in command(*asked)[2]
    with patch("pixelforge.cli.generate.MOST_NAMED", 1):
        assert "A count of 1 leaves out lynx and 1 more." in command(*asked, "--force")[2]


def test_classes_that_get_no_sprite_are_named(generate: RunCommand, tmp_path: Path) -> None:
    code, _, err = generate("--class", "all", "--count", 2, "--out", tmp_path / "s.png")
    assert code == 0
    assert "A count of 2 leaves out a/b." in err
    assert "leaves out" not in generate("--class", "all", "--count", 4, "--out", tmp_path / "t.png")[2]


def test_a_folder_of_sprites_is_not_replaced_unasked(generate: RunCommand, tmp_path: Path) -> None:
    target = ("--class", "cats", "--out", tmp_path / "out", "--count")
    assert generate(*target, 2)[0] == 0
    before = (tmp_path / "out" / "cats" / "cats_00001.png").read_bytes()
    code, _, err = generate(*target, 2, "--guidance", 9)
    assert (code, "are there already: give --force to replace what is there." in err) == (1, True)
    assert (tmp_path / "out" / "cats" / "cats_00001.png").read_bytes() == before
    assert generate(*target, 2, "--seed", 2)[0] == 0
    assert generate(*target, 4, "--guidance", 9, "--force")[0] == 0
    assert (tmp_path / "out" / "cats" / "cats_00001.png").read_bytes() != before


def test_the_summary_is_json_on_stdout(generate: RunCommand, tmp_path: Path) -> None:
    sheet = tmp_path / "s.png"
    code, out, _ = generate("--class", "cats", "--class", "dogs", "--count", 2, "--json", "--out", sheet)
    summary = msgspec.json.decode(out)
    assert code == 0
    assert summary["classes"] == ["cats", "dogs"]
    assert (summary["out"], summary["count"]) == (str(sheet), 2)
    assert (summary["device"], summary["engine"]) == ("cpu", "onnxruntime")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--class", "cat"], "the nearest is cats."),
        (["--class", "birds"], "it knows cats, dogs, a/b"),
        (["--class", "cats", "--count", "0"], "Count must be 1 to"),
        (["--class", "cats", "--count", "2000000"], "Count must be 1 to"),
        (["--class", "cats", "--guidance", "0.5"], "Guidance must be 1 to 15"),
        (["--class", "cats", "--guidance", "nan"], "Guidance must be 1 to 15"),
        (["--class", "cats", "--steps", "1001"], "Steps must be 1 to 1000"),
        (["--class", "cats", "--sampler", "euler"], "ddpm, ddim, dpm++2m"),
        (["--class", "cats", "--seed", "-1"], "Seed must be 0 to"),
        (["--class", "cats", "--count", "many"], "--count"),
        (["--class", "cats", "--device", "tpu"], "auto, cuda, mps, cpu"),
        (["--class", "cats", "--engine", "steam"], "auto, onnxruntime, torch"),
        ([], "cats, dogs, a/b, or all"),
        (["--hue", "red"], "--hue"),
        (["--class", "cats", "--colour", "red"], "no styles, colours, sizes or facings"),
    ],
)
def test_wrong_use_is_one_line_and_exit_2(
    generate: RunCommand, tmp_path: Path, arguments: list[str], said: str
) -> None:
    code, out, err = generate(*arguments, "--out", tmp_path / "x.png")
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
    assert not (tmp_path / "x.png").exists()


@pytest.mark.parametrize("content", [None, b"", b"\x89PNG\r\n\x1a\n" + b"0" * 100, b"\x10\0\0\0\0\0\0\0{}"])
def test_a_file_that_is_no_model_is_one_line_and_exit_1(command: RunCommand, tmp_path: Path, content) -> None:
    path = tmp_path / "bad.safetensors"
    if content is not None:
        path.write_bytes(content)
    code, _, err = command("generate", "--class", "cats", "--model", path, "--out", tmp_path / "x.png")
    assert code == 1
    assert "bad.safetensors" in err
    assert err.count("\n") == 1


def test_a_model_that_is_not_there_names_those_that_are(command: RunCommand, tmp_path: Path) -> None:
    code, _, err = command("generate", "--class", "cats", "--model", "mine", "--out", tmp_path / "x.png")
    assert code == 2
    assert "dawnlike16" in err


@pytest.mark.parametrize("target", ["file/x.png", "file/folder", "file", "folder.png"])
def test_a_target_that_cannot_be_written_is_found_before_sampling(
    generate: RunCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder.png").mkdir()
    monkeypatch.setattr("pixelforge.services.generation.generate", lambda *_, **__: pytest.fail("sampled"))
    code, _, err = generate("--class", "cats", "--out", tmp_path / target)
    assert code == 1
    assert str(tmp_path / target.split("/", maxsplit=1)[0]) in err


def test_models_are_listed_and_described(command: RunCommand, model: Path) -> None:
    code, out, _ = command("models", "list")
    assert code == 0
    assert "dawnlike16  (bundled)" in out
    described = msgspec.json.decode(command("models", "info", model)[1])
    assert described["class_names"] == ["cats", "dogs", "a/b"]


def test_version(command: RunCommand) -> None:
    assert command("--version") == (0, f"PixelForge {__version__}\n", "")


def test_help_and_the_parser_load_nothing_that_a_command_may_not_need() -> None:
    code = "import sys, pixelforge.cli.app; sys.exit(any(name in sys.modules for name in ('torch', 'PySide6', 'PIL')))"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("arguments", [("info", "a.png"), ("sheet", "a.png", "--out", "b.png"), ("models", "list")])
def test_what_reads_recipes_needs_no_torch(generate: RunCommand, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert generate("--class", "cats", "--out", tmp_path / "a.png")[0] == 0
    code = f"""
import sys
from pixelforge.cli.app import main
try:
    main({list(arguments)!r})
except SystemExit as end:
    sys.exit(end.code or ("torch" in sys.modules and "it loaded torch"))
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path)


def test_models_for_something_else_are_listed_as_such(
    command: RunCommand, model: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(model_library, "user_models_folder", lambda: tmp_path)
    header = replace(read_header(model), task="animation")
    save_checkpoint(tmp_path / "walker.safetensors", header, load_file(model))
    assert "walker  (own, for animation)" in command("models", "list")[1]
    assert [entry.name for entry in model_library.list_models()] == ["pixelforge16", "dawnlike16"]
    code, _, err = command("generate", "--model", tmp_path / "walker.safetensors", "--class", "cats")
    assert (code, err) == (2, "pixelforge: That model is for animation, not for sprites: choose another.\n")


def test_a_part_of_a_sprite_is_made_anew_and_again(
    generate: RunCommand, command: RunCommand, model: Path, tmp_path: Path
) -> None:
    sprite, mask, out = tmp_path / "sprite.png", tmp_path / "mask.png", tmp_path / "varied"
    vary = partial(command, "vary", sprite, "--model", model, "--device", "cpu")
    assert generate("--class", "cats", "--out", sprite)[0] == 0
    marked = np.zeros((8, 8, 4), np.uint8)
    marked[:4] = 255
    write_png(mask, marked)
    code, _, err = vary("--mask", mask, "--count", 3, "--out", out)
    assert (code, err.startswith("3 sprites")) == (0, True)
    pictures = [pixels(path) for path in sorted(out.rglob("*.png"))]
    assert len(pictures) == 3
    before = pixels(sprite)
    for path, picture in zip(sorted(out.rglob("*.png")), pictures, strict=True):
        np.testing.assert_array_equal(picture[4:], before[4:])
        assert command("remake", path, "--model", model)[1].strip() == "identical"
    assert not np.array_equal(pictures[0], pictures[1])
    code, _, err = vary("--mask", tmp_path / "none.png")
    assert code != 0
    assert "none.png" in err


def test_variations_that_keep_silhouette_and_colours_are_made_again(
    generate: RunCommand, command: RunCommand, model: Path, tmp_path: Path
) -> None:
    sprite, out = tmp_path / "sprite.png", tmp_path / "varied"
    assert generate("--class", "cats", "--out", sprite)[0] == 0
    keep = ("--keep-silhouette", "--keep-colours", "--palette", "game boy", "--strength", 1)
    made = ("--model", model, "--device", "cpu", "--count", 2, "--out", out)
    assert command("vary", sprite, *keep, *made)[0] == 0
    before = pixels(sprite)
    for path in sorted(out.rglob("*.png")):
        picture = pixels(path)
        np.testing.assert_array_equal(picture[..., 3], before[..., 3])
        assert set(map(tuple, picture.reshape(-1, 4))) <= set(map(tuple, before.reshape(-1, 4)))
        assert '"keep_silhouette": true' in command("info", path)[1]
        assert command("remake", path, "--model", model)[1].strip() == "identical"
    write_png(sprite, np.zeros((8, 8, 4), np.uint8))
    code, _, err = command("vary", sprite, "--class", "cats", *keep, *made, "--force")
    assert (code, err) == (2, "pixelforge: The sprite is transparent all over, so it has no silhouette to keep.\n")


def test_a_sheet_that_would_be_too_large_is_refused_before_any_sprite_is_made(
    generate: RunCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pixelforge.services.generation.load_model", None)  # which is not come to
    code, _, err = generate("--class", "cats", "--count", 5000, "--columns", 1, "--out", tmp_path / "tall.png")
    assert code == 1
    assert "The sheet would be 8 x 40000 pixels" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "value"), [("WORLD_SIZE", "x"), ("RANK", "7")])
def test_a_place_among_processes_that_there_is_not_is_refused(
    generate: RunCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    code, _, err = generate("--class", "cats", "--out", tmp_path / "out")
    assert (code, err.count("\n"), name in err) == (2, 1, True)


def test_each_of_several_processes_tells_its_own_sprites(
    generate: RunCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RANK", "3")
    monkeypatch.setenv("WORLD_SIZE", "8")
    code, _, err = generate("--class", "cats", "--count", 8, "--out", tmp_path / "out")
    assert (code, "1 sprite in" in err) == (0, True)
    assert [path.name for path in (tmp_path / "out").rglob("*.png")] == ["cats_00003.png"]


def test_sprites_between_two_are_made_and_again(
    generate: RunCommand, command: RunCommand, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, out = (tmp_path / f"{name}.png" for name in ("first", "second", "out"))
    assert generate("--class", "cats", "--seed", 3, "--out", first)[0] == 0
    assert generate("--class", "dogs", "--seed", 8, "--out", second)[0] == 0
    entry = model_library.ModelEntry(model.stem, model, False, read_header(model))
    monkeypatch.setattr(model_library, "list_models", lambda *_: [entry])
    code, _, err = command("between", first, second, "--count", 3, "--columns", 3, "--out", out, "--device", "cpu")
    assert (code, err.startswith("3 sprites")) == (0, True), err
    assert pixels(out).shape == (8, 24, 4)
    told = recipe(out)
    assert [one["class_name"] for one in told] == ["cats", "cats", "dogs"]
    assert all(len(one["blend"]) == 1 for one in told)
    assert command("remake", out, "--model", model)[1].strip() == "all 3 identical"


def test_of_pictures_that_no_model_made_variations_on_the_way_are_made(
    command: RunCommand, model: Path, tmp_path: Path
) -> None:
    pair, out = [tmp_path / "red.png", tmp_path / "blue.png"], tmp_path / "out"
    for path, colour in zip(pair, ((255, 0, 0, 255), (0, 0, 255, 255)), strict=True):
        write_png(path, np.full((8, 8, 4), colour, np.uint8))
    code, _, err = command("between", *pair, "--count", 2, "--model", model, "--out", out, "--device", "cpu")
    assert (code, err.startswith("2 sprites")) == (0, True), err
    assert len(list(out.rglob("*.png"))) == 2  # though they have one seed
    for path in out.rglob("*.png"):
        assert command("remake", path, "--model", model)[1].strip() == "identical"
    code, _, err = command("between", pair[0], tmp_path / "none.png", "--model", model)
    assert code != 0
    assert "none.png" in err
