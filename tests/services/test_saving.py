from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pixelforge.errors import OutputError, Remedy, RequestError
from pixelforge.imaging.palette import Palette, PaletteRule, rule_of
from pixelforge.imaging.pixels import Pixels, read_sprite
from pixelforge.imaging.sheet_plan import SheetOptions
from pixelforge.services.export import ExportOptions
from pixelforge.services.naming import safe_name
from pixelforge.services.requests import Finished
from pixelforge.services.saving import Destination, Writer
from pixelforge.services.sprites import read_recipes
from tests.made import asked

REQUEST = asked("beasts", "../tools", count=6, seed=40, guidance_scale=2.5, steps=30)


@pytest.fixture
def sprites() -> Pixels:
    sprites = np.random.default_rng(0).integers(0, 256, (6, 8, 8, 4), np.uint8)
    sprites[..., 3] = 255
    return sprites


def to(target: Path) -> Destination:
    return Destination(target=target, request=REQUEST, model="hero", model_sha256="ab" * 32)


def finished(first: int, sprites: Pixels) -> Finished:
    return Finished(first, sprites, tuple(REQUEST.condition_of(first + index) for index in range(len(sprites))))


def write(target: Path, sprites: Pixels) -> None:
    take(to(target).writer(force=True), sprites)


def take(writer: Writer, sprites: Pixels) -> None:
    writer.add(finished(0, sprites[:4]))
    writer.add(finished(4, sprites[4:]))
    writer.close()


def test_a_sheet_holds_every_sprite_and_recipe(tmp_path: Path, sprites: Pixels) -> None:
    target = tmp_path / "new" / "sheet.PNG"
    write(target, sprites)
    sheet = read_sprite(target)
    assert sheet.shape == (16, 24, 4)
    np.testing.assert_array_equal(sheet[8:, :8], sprites[3])
    recipes = read_recipes(target)
    assert [(recipe.seed, recipe.class_name) for recipe in recipes[2:4]] == [(42, "beasts"), (43, "../tools")]


def test_a_folder_holds_a_folder_a_class_and_nothing_outside(tmp_path: Path, sprites: Pixels) -> None:
    write(tmp_path / "out", sprites)
    files = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert len(files) == 6
    assert all(path.parent.parent == tmp_path / "out" for path in files)
    by_seed = {read_recipes(path)[0].seed: read_sprite(path) for path in files}
    for i in range(6):
        np.testing.assert_array_equal(by_seed[40 + i], sprites[i])


@pytest.mark.parametrize("name", ["..", ".", "a/b", "a\\b", "C:", "con", "NUL.txt", "x" * 300, " ", "\0", "a\nb", "*?"])
def test_any_class_name_is_a_safe_file_name(name: str, tmp_path: Path) -> None:
    safe = safe_name(name)
    (tmp_path / safe).mkdir()
    assert [path.name for path in tmp_path.iterdir()] == [safe]
    assert safe.split(".")[0].lower() not in ("con", "nul")


def test_plain_class_names_stay() -> None:
    assert safe_name("fighters v1.2_b-c") == "fighters v1.2_b-c"
    assert safe_name("Bêtes") == "Bêtes"


def test_a_target_that_cannot_be_written_is_found_out_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder.png").mkdir()
    for target in ("file", "file/below", "file/sheet.png", "folder.png"):
        with pytest.raises(OutputError):
            to(tmp_path / target).writer(force=True)


def test_sprites_in_a_folder_are_not_replaced_unasked(tmp_path: Path, sprites: Pixels) -> None:
    write(tmp_path / "out", sprites)
    assert len(to(tmp_path / "out").in_the_way()) == 6
    with pytest.raises(OutputError, match=r"beasts_00040.png and 5 more files are there already") as refused:
        to(tmp_path / "out").writer(force=False)
    assert refused.value.remedies == (Remedy.REPLACE,)
    part = replace(to(tmp_path / "out"), part=range(3, 5))
    assert [path.name for path in part.in_the_way()] == ["_tools_00043.png", "_tools_00044.png"]
    for path in part.in_the_way():
        path.unlink()
    part.writer(force=False).add(finished(3, sprites[3:5]))
    assert len(part.in_the_way()) == 2


@pytest.mark.parametrize("name", ["m.jpg", "sheet.json", "a.Webp"])
def test_a_target_of_another_kind_of_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(RequestError, match=r"name a \.png for a sheet"):
        to(tmp_path / name)
    (tmp_path / name).mkdir()
    to(tmp_path / name)


def test_a_versions_number_is_no_suffix(tmp_path: Path, sprites: Pixels) -> None:
    write(tmp_path / "set v1.2", sprites)
    assert len(list((tmp_path / "set v1.2").rglob("*.png"))) == 6


@pytest.mark.parametrize(
    ("target", "options", "name"),
    [
        ("a.gif", ExportOptions(formats=("godot",)), "format"),
        ("a.apng", ExportOptions(indexed=True), "indexed"),
        ("a.gif", ExportOptions(palette=PaletteRule(reduce_to=4)), "reduce"),
        ("a.gif", ExportOptions(sheet=SheetOptions(background=(1, 2, 3))), "background"),
        ("folder", ExportOptions(formats=("css",)), "format"),
        ("folder", ExportOptions(sheet=SheetOptions(extrude=1)), "extrude"),
        ("folder", ExportOptions(sheet=SheetOptions(columns=4)), "columns"),
    ],
)
def test_options_without_an_effect_are_refused(target: str, options: ExportOptions, name: str) -> None:
    with pytest.raises(RequestError, match=f"option '{name}' is for sheets"):
        replace(to(Path(target)), options=options)


def test_single_sprites_may_be_indexed_and_stand_on_a_ground(tmp_path: Path, sprites: Pixels) -> None:
    sheet = SheetOptions(scale=2, background=(1, 2, 3))
    order = replace(to(tmp_path / "out"), options=ExportOptions(sheet=sheet, indexed=True))
    order = replace(order, options=replace(order.options, palette=rule_of(Palette("two", ((0, 0, 0), (9, 9, 9))))))
    sprites[..., :4, :, 3] = 0
    order.writer(force=False).add(finished(0, sprites[:2]))
    with Image.open(order.path_of(1)) as image:
        assert (image.mode, image.size) == ("P", (16, 16))
        assert image.convert("RGB").getpixel((0, 0)) == (1, 2, 3)
    assert read_recipes(order.path_of(1))[0].request.palette is not None


@pytest.mark.parametrize("name", ["sheet.png", "out", "moving.gif"])
def test_what_comes_there_while_sprites_are_made_is_not_replaced(tmp_path: Path, sprites: Pixels, name: str) -> None:
    target = tmp_path / name
    writer = to(target).writer(force=False)
    write(target, sprites[::-1])  # somebody else's, who was faster
    theirs = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(OutputError, match="there already") as refused:
        take(writer, sprites)
    assert refused.value.remedies == (Remedy.REPLACE,)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == theirs
