"""Sheets for game projects from the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pixelforge.imaging.atlas import ATLAS_FORMATS
from pixelforge.imaging.palette_files import read_palette
from tests.conftest import RunCommand
from tests.made import made
from tests.tiny import TINY


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGBA"))


def test_engine_files_stand_beside_the_sheet(generate: RunCommand, tmp_path: Path) -> None:
    formats = [argument for format_ in ATLAS_FORMATS for argument in ("--format", format_.name)]
    out = tmp_path / "pets.png"
    code, text, _ = generate("--class", "cats", "--class", "dogs", "--count", 6, "--out", out, "--json", *formats)
    assert code == 0
    files = json.loads(text)["files"]
    assert files == [str(out)] + [str(tmp_path / f"pets{format_.suffix}") for format_ in ATLAS_FORMATS]
    assert all(Path(file).stat().st_size for file in files)
    tags = json.loads((tmp_path / "pets.json").read_text())["meta"]["frameTags"]
    assert [(tag["name"], tag["from"], tag["to"]) for tag in tags] == [("cats", 0, 2), ("dogs", 3, 5)]


def test_help_names_every_format(command: RunCommand) -> None:
    _, text, _ = command("sheet", "--help")
    said = set(re.findall(r"[\w-]+", re.sub(r"[│\n]", " ", text)))
    assert {format_.name for format_ in ATLAS_FORMATS} <= said


def test_the_layouts_options(generate: RunCommand, tmp_path: Path) -> None:
    plain, dressed = tmp_path / "plain.png", tmp_path / "dressed.png"
    generate("--class", "cats", "--count", 3, "--out", plain)
    options = ["--columns", 3, "--padding", 1, "--margin", 2, "--extrude", 1, "--scale", 2, "--background", "#0a0b0c"]
    generate("--class", "cats", "--count", 3, "--out", dressed, *options)
    sheet, sprites = pixels(dressed), pixels(plain)
    assert sheet.shape == (2 * (8 + 2 * 3), 2 * (3 * 8 + 2 * 3 + 2 * 3), 4)
    assert (sheet[..., 3] == 255).all()
    assert tuple(sheet[0, 0]) == (10, 11, 12, 255)
    first = sheet[6:22:2, 6:22:2]
    opaque = sprites[:8, :8, 3] > 0
    np.testing.assert_array_equal(first[opaque], sprites[:8, :8][opaque])


def test_a_palette_is_in_the_recipe_so_that_the_sprite_can_be_remade(
    generate: RunCommand, command: RunCommand, model: Path, tmp_path: Path
) -> None:
    out = tmp_path / "a.png"
    generate("--class", "cats", "--count", 4, "--out", out, "--palette", "game boy", "--dither", "2", "--indexed")
    with Image.open(out) as image:
        assert image.mode == "P"
        assert image.getpalette()[3:6] == [15, 56, 15]
    code, text, _ = command("remake", out, "--model", model)
    assert (code, text.strip()) == (0, "all 4 identical")
    code, text, _ = command("info", out)
    assert json.loads(text)[3]["palette"]["name"] == "Game Boy"


def test_the_models_own_palette(generate: RunCommand, tmp_path: Path) -> None:
    for name, more in (("a", []), ("b", ["--palette", "model"])):
        generate("--class", "cats", "--count", 4, "--out", tmp_path / f"{name}.png", *more)
    np.testing.assert_array_equal(pixels(tmp_path / "a.png"), pixels(tmp_path / "b.png"))


def test_remaking_tells_a_sprite_that_was_changed(
    generate: RunCommand, command: RunCommand, model: Path, tmp_path: Path
) -> None:
    out = tmp_path / "a.png"
    generate("--class", "dogs", "--seed", 5, "--out", out)
    assert command("remake", out, "--model", model)[:2] == (0, "identical\n")
    with Image.open(out) as image:
        from PIL.PngImagePlugin import PngInfo

        texts = PngInfo()
        for key, value in image.text.items():
            texts.add_itxt(key, str(value))
        changed = np.array(image)
        changed[0, 0] = (1, 2, 3, 255)
        Image.fromarray(changed).save(out, pnginfo=texts)
    again = tmp_path / "again.png"
    assert command("remake", out, "--model", model, "--out", again)[:2] == (1, "different\n")
    assert command("remake", again, "--model", model)[0] == 0
    for engine in ("torch", "onnxruntime"):
        assert command("remake", again, "--model", model, "--device", "cpu", "--engine", engine)[0] == 0
    assert "There is no engine 'abacus'" in command("remake", again, "--model", model, "--engine", "abacus")[2]
    code, _, error = command("remake", out)
    assert code == 2
    assert "'tiny', is not among yours" in error


def test_sheets_are_taken_apart_and_laid_out_anew(generate: RunCommand, command: RunCommand, tmp_path: Path) -> None:
    generate("--class", "cats", "--count", 5, "--out", tmp_path / "a.png", "--scale", 3, "--padding", 2)
    generate("--class", "dogs", "--count", 2, "--out", tmp_path / "dogs", "--scale", 2)
    singles = sorted((tmp_path / "dogs").rglob("*.png"))
    out = tmp_path / "all.png"
    code, _, error = command("sheet", tmp_path / "a.png", *singles, "--out", out, "--columns", 7, "--format", "css")
    assert (code, "7 sprites" in error) == (0, True)
    assert pixels(out).shape == (8, 56, 4)
    np.testing.assert_array_equal(pixels(out)[:, 8:16], pixels(tmp_path / "a.png")[:24:3, 30:54:3])
    np.testing.assert_array_equal(pixels(out)[:, 40:48], pixels(singles[0])[::2, ::2])


def test_an_aseprite_file_is_laid_out_varied_and_made_again(
    generate: RunCommand, command: RunCommand, model: Path, tmp_path: Path
) -> None:
    generate("--class", "all", "--count", 4, "--out", tmp_path / "a.png", "--format", "aseprite-file")
    drawn = tmp_path / "a.aseprite"
    code, text, _ = command("info", drawn)
    assert (code, [recipe["seed"] for recipe in json.loads(text)]) == (0, [0, 1, 2, 3])
    assert command("remake", drawn, "--model", model)[:2] == (0, "all 4 identical\n")
    code, _, error = command("sheet", drawn, "--out", tmp_path / "b.png")
    assert (code, "4 sprites" in error) == (0, True)
    np.testing.assert_array_equal(pixels(tmp_path / "b.png"), pixels(tmp_path / "a.png"))
    variations = ("--model", model, "--device", "cpu", "--count", 1, "--steps", 2, "--out", tmp_path / "c.png")
    code, _, error = command("vary", drawn, *variations)
    assert (code, "holds 4 sprites" in error) == (2, True)
    generate("--class", "dogs", "--out", tmp_path / "one.png", "--format", "aseprite-file")
    assert command("vary", tmp_path / "one.aseprite", *variations)[0] == 0


def test_a_folder_stands_for_the_pictures_in_it(generate: RunCommand, command: RunCommand, tmp_path: Path) -> None:
    generate("--class", "all", "--count", 6, "--out", tmp_path / "out")
    code, _, error = command("sheet", tmp_path / "out", "--out", tmp_path / "s.png", "--columns", 6)
    assert (code, "6 sprites" in error) == (0, True)
    assert pixels(tmp_path / "s.png").shape == (8, 48, 4)
    broken = tmp_path / "out" / "broken.png"
    broken.write_text("text")
    again = ("--out", tmp_path / "s.png", "--force")
    code, _, error = command("sheet", tmp_path / "out", *again)
    assert (code, "6 sprites" in error, "Left out: " in error, "broken.png" in error) == (0, True, True, True)
    assert command("sheet", broken, *again)[0] == 1
    (tmp_path / "bad").mkdir()
    broken.rename(tmp_path / "bad" / "broken.png")
    assert command("sheet", tmp_path / "bad", *again)[0] == 1
    (tmp_path / "empty").mkdir()
    code, _, error = command("sheet", tmp_path / "empty", "--out", tmp_path / "t.png")
    assert (code, "holds no PNG" in error) == (1, True)


def test_pictures_that_somebody_drew_go_in_too(command: RunCommand, tmp_path: Path) -> None:
    (tmp_path / "heroes").mkdir()
    Image.fromarray(made(1).pixels).save(tmp_path / "heroes" / "a.png")
    out = tmp_path / "s.png"
    code, _, error = command("sheet", tmp_path / "heroes" / "a.png", "--out", out, "--format", "aseprite")
    assert code == 0
    assert "carries no recipes" in error
    assert json.loads((tmp_path / "s.json").read_text())["meta"]["frameTags"][0]["name"] == "heroes"
    with Image.open(out) as image:
        image.load()
        assert image.text == {}


@pytest.mark.parametrize("suffix", [".gif", ".apng"])
def test_how_sprites_form(generate: RunCommand, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"forming{suffix}"
    still = tmp_path / "still.png"
    for target in (out, still):
        assert generate("--class", "cats", "--count", 4, "--steps", 6, "--out", target, "--scale", 2)[0] == 0
    with Image.open(out) as image:
        assert image.n_frames == 6
        assert image.info["loop"] == 0
        image.seek(5)
        last = np.asarray(image.convert("RGBA"))
    np.testing.assert_array_equal(last, pixels(still))


def test_files_are_not_replaced_unasked(generate: RunCommand, command: RunCommand, tmp_path: Path) -> None:
    out = tmp_path / "a.png"
    (tmp_path / "a.tsx").write_text("mine")
    code, _, error = generate("--class", "cats", "--out", out, "--format", "tiled")
    assert (code, "--force" in error, out.exists()) == (1, True, False)
    assert (tmp_path / "a.tsx").read_text() == "mine"
    assert generate("--class", "cats", "--out", out, "--format", "tiled", "--force")[0] == 0
    assert "tileset" in (tmp_path / "a.tsx").read_text()
    before = out.read_bytes()
    for target in (out, tmp_path / "b.gif"):
        target.touch()
        assert generate("--class", "dogs", "--out", target)[0] == 1
    assert command("sheet", out, "--out", out)[0] == 1
    assert out.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--scale", "17"], "scale must be 1 to 16"),
        (["--padding", "-1"], "padding must be 0 to 64"),
        (["--format", "unreal"], "it is one of aseprite,"),
        (["--format", "Tiled_json"], "There is no format 'Tiled_json'; the nearest are tiled-json, tiled"),
        (["--names", "{nme}"], "there are class,"),
        (["--palette", "nope"], "there are Commodore 64,"),
        (["--palette", "pico-8", "--reduce", "4"], "not both"),
        (["--reduce", "1"], "2 to 64"),
        (["--background", "red"], "#rrggbb"),
        (["--count", "65", "--out", "x.gif"], "at most 64"),
    ],
)
def test_wrong_use(generate: RunCommand, tmp_path: Path, monkeypatch, arguments: list[str], message: str) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, error = generate("--class", "cats", *arguments)
    assert (code, message in error, error.count("\n")) == (2, True, 1)
    assert list(tmp_path.iterdir()) == []


def test_there_is_no_models_palette_without_a_model(generate: RunCommand, command: RunCommand, tmp_path: Path) -> None:
    generate("--class", "cats", "--out", tmp_path / "a.png")
    code, _, err = command("sheet", tmp_path / "a.png", "--palette", "model", "--out", tmp_path / "b.png")
    assert (code, err) == (2, "pixelforge: There is no model here whose palette could be meant: name another.\n")


def test_pictures_that_are_none(command: RunCommand, tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("text")
    Image.fromarray(made(1).pixels).save(tmp_path / "plain.png")
    for arguments, message in (
        (("info", tmp_path / "none.png"), "cannot be read"),
        (("info", tmp_path / "text.png"), "not a picture"),
        (("info", tmp_path / "plain.png"), "carries no recipe"),
        (("remake", tmp_path / "plain.png"), "carries no recipe"),
        (("sheet", tmp_path / "text.png", "--out", tmp_path / "s.png"), "not a picture"),
    ):
        code, _, error = command(*arguments)
        assert (code, message in error, error.count("\n")) == (1, True, 1)


def test_palettes_are_written_for_pixel_editors(generate: RunCommand, command: RunCommand, tmp_path: Path) -> None:
    generate("--class", "cats", "--count", 9, "--out", tmp_path / "a.png")
    for source in ("Game Boy", tmp_path / "a.png"):
        for name in ("p.gpl", "p.hex"):
            assert command("palette", source, "--out", tmp_path / name, "--force")[0] == 0
        assert read_palette(tmp_path / "p.gpl").colours == read_palette(tmp_path / "p.hex").colours
    assert set(read_palette(tmp_path / "p.gpl").colours) <= set(TINY.palette)
    assert command("palette", "Game Boy", "--out", tmp_path / "p.gpl")[0] == 1
    assert command("palette", "nope", "--out", tmp_path / "q.gpl")[0] == 2


def test_sprites_move_on_a_sheet_in_an_animation_and_as_strips(
    generate: RunCommand, command: RunCommand, tmp_path: Path
) -> None:
    source, sheet, film, strips = (tmp_path / name for name in ("a.png", "sheet.png", "film.gif", "strips"))
    generate("--class", "cats", "--count", 2, "--out", source)
    code, _, said = command("animate", source, "--action", "hop, flash", "--out", sheet, "--format", "aseprite")
    assert code == 0
    assert "4 sprites" in said
    tags = json.loads(sheet.with_suffix(".json").read_text())["meta"]["frameTags"]
    assert [tag["name"].rsplit("_", 1)[1] for tag in tags] == ["hop", "flash"] * 2
    assert command("animate", sheet, "--out", film, "--scale", 3)[0] == 0
    with Image.open(film) as image:
        assert getattr(image, "n_frames", 1) > 2
    assert command("animate", source, "--out", strips)[0] == 0
    assert [pixels(path).shape for path in sorted(strips.iterdir())] == [(8, 16, 4)] * 2  # two frames of a bob
    code, _, said = command("animate", source, "--out", sheet)
    assert code != 0
    assert "there already" in said


def test_what_cannot_move_is_told(generate: RunCommand, command: RunCommand, tmp_path: Path) -> None:
    source, out = tmp_path / "a.png", tmp_path / "b.png"
    generate("--class", "cats", "--count", 1, "--out", source)
    code, _, said = command("animate", source, "--action", "dance", "--out", out)
    assert (code != 0, "no action 'dance'; there are bob" in said) == (True, True)
    assert command("animate", source, "--pace", 0, "--out", out)[0] != 0
    Image.new("RGBA", (8, 8)).save(source)
    code, _, said = command("animate", source, "--action", "bob", "--out", out)
    assert (code != 0, "transparent all over" in said) == (True, True)
    assert not out.exists()


def test_the_help_names_every_action(command: RunCommand) -> None:
    """It stands there in words, so that --help loads no pictures."""
    from pixelforge.imaging.actions import ACTIONS
    from pixelforge.services.motions import MOTIONS, WALK

    told = " ".join(command("animate", "--help")[1].replace("│", " ").split())
    assert f"What they do: {', '.join(ACTIONS)}; or what models of frames have learnt:" in told
    assert all(name in told for name in (*MOTIONS, WALK))


def test_a_disclosure_stands_beside_the_sheet_on_demand(generate: RunCommand, tmp_path: Path) -> None:
    out = ("--class", "cats", "--count", 2, "--out", tmp_path / "cats.png")
    assert generate(*out, "--disclosure")[0] == 0
    assert "2 sprites made by a generative model" in (tmp_path / "cats.disclosure.txt").read_text()
    code, _, err = generate(*out, "--disclosure")
    assert (code, "cats.disclosure.txt are there already" in err) == (1, True)
    code, _, err = generate("--class", "cats", "--out", tmp_path / "folder", "--disclosure")
    assert (code, "The option 'disclosure' is for sheets" in err) == (2, True)
    code, _, err = generate(*out, "--learnt-from", tmp_path)
    assert (code, "--learnt-from tells --disclosure where to look: give both" in err) == (2, True)
    (tmp_path / "empty").mkdir()
    code, _, err = generate(*out, "--force", "--disclosure", "--learnt-from", tmp_path / "empty")
    assert (code, "holds no sprites" in err) == (1, True)
