"""What stands beside a sheet, file by file and folder by folder, as its readers find it."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pixelforge.errors import OutputError, PaletteError, RequestError
from pixelforge.imaging.atlas import ATLAS_FORMATS
from pixelforge.imaging.palette import PaletteRule
from pixelforge.imaging.sheet_plan import SheetOptions
from pixelforge.services import export
from pixelforge.services.export import ExportOptions, export_sprites, in_the_way, targets
from pixelforge.services.sprites import Sprite, frame_texts, read_recipes, read_sheet, read_sprites
from tests.made import made
from tests.services import engine_readers as readers

ALL = tuple(readers.READERS)
LAYOUTS = [
    SheetOptions(),
    SheetOptions(padding=6, margin=3),
    SheetOptions(extrude=1, scale=4),
    SheetOptions(columns=5, class_rows=True, power_of_two=True, padding=1),
]


def batch(count: int, *classes: str) -> list[Sprite]:
    classes = classes or ("cats", "dogs", "birds")
    return [made(seed, classes[seed * 7 % len(classes)]) for seed in range(count)]


def written(folder: Path, sprites: list[Sprite], *formats: str, **options) -> dict[str, Path]:
    """The files and folders of an export beside its s.png, by format."""
    asked = ExportOptions(formats=formats, **options)
    paths = export_sprites(folder / "s.png", sprites, asked)
    assert paths == targets(folder / "s.png", asked)
    return dict(zip([known.name for known in ATLAS_FORMATS if known.name in formats], paths[1:], strict=True))


@pytest.mark.parametrize(("sheet", "count"), [*product(LAYOUTS, (1, 7, 40)), (LAYOUTS[-1], 256)])
def test_every_sprite_is_found_to_the_pixel(tmp_path, sheet, count) -> None:
    sprites = batch(count)
    files = written(tmp_path, sprites, *ALL, sheet=sheet)
    assert set(files) == set(ALL)
    for name, path in files.items():
        step = {"rpgmaker": 2, "aseprite-file": 1}.get(name, sheet.scale)
        found = readers.READERS[name](path)
        classes = name != "rpgmaker"
        expected = sorted((s.class_name if classes else "", s.pixels.tobytes()) for s in sprites)
        seen = [(f.class_name, np.ascontiguousarray(f.pixels[::step, ::step]).tobytes()) for f in found]
        assert sorted(seen) == expected, name
        for sprite in found:
            assert np.array_equal(sprite.pixels, sprite.pixels[::step, ::step].repeat(step, 0).repeat(step, 1)), name


def test_sprites_of_several_sizes(tmp_path) -> None:
    sprites = [made(1), made(2, side=8), made(3, "dogs", side=12)]
    files = written(tmp_path, sprites, *ALL)
    for name in ("texturepacker-json", "godot-sprites", "libgdx"):
        found = readers.READERS[name](files[name])
        assert [f.pixels.tobytes() for f in found] == [s.pixels.tobytes() for s in sprites], name
    (_, small, _) = readers.read_aseprite_file(files["aseprite-file"])
    np.testing.assert_array_equal(small.pixels[:8, :8], sprites[1].pixels)
    assert not small.pixels[8:].any()
    (_, icon, _) = readers.read_icons(files["rpgmaker"])
    np.testing.assert_array_equal(icon.pixels[::4, ::4], sprites[1].pixels)


@pytest.mark.parametrize(
    "name", ['a"b\\c', "a/../b", "CON", "🐉 dragon", "x" * 300, "a\nb", "<&>", "1: 2", " ", "日本"]
)
def test_odd_class_names(tmp_path, name) -> None:
    files = written(tmp_path, batch(3, name, "a_1"), *ALL)
    for format_, path in files.items():
        if format_ not in ("godot-textures", "godot-tileset", "defold"):  # whose readers here want plain names
            assert len(readers.READERS[format_](path)) == 3, format_
    inside = {path for folder in files.values() if folder.is_dir() for path in folder.iterdir()}
    assert len(inside) == 5
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == {
        tmp_path / "s.png",
        *(path for path in files.values() if path.is_file()),
        *inside,
    }


def test_an_indexed_aseprite_file_has_the_palettes_order(tmp_path) -> None:
    rule = PaletteRule(name="mine", colours=("#102030", "#ff0000", "#00ff00", "#ffffff"))
    files = written(tmp_path, batch(4), "aseprite-file", palette=rule, indexed=True)
    data = files["aseprite-file"].read_bytes()
    assert data[12] == 8  # bits a pixel
    at = data.index(bytes([0x19, 0x20]))  # the palette's chunk
    entries = data[at + 2 + 20 :]
    assert [entries[6 * i + 2 : 6 * i + 6].hex() for i in range(5)] == [
        "00000000",
        "102030ff",
        "ff0000ff",
        "00ff00ff",
        "ffffffff",
    ]
    sheet = readers.picture(tmp_path / "s.png")
    places = [(0, 0), (16, 0), (0, 16), (16, 16)]
    in_sheet = sorted(np.ascontiguousarray(sheet[y : y + 16, x : x + 16]).tobytes() for x, y in places)
    assert sorted(f.pixels.tobytes() for f in readers.read_aseprite_file(files["aseprite-file"])) == in_sheet


def test_too_many_colours_for_an_index_are_no_trouble_without_one(tmp_path) -> None:
    written(tmp_path, batch(4), "aseprite-file")
    with pytest.raises(PaletteError, match="reduce the colours"):
        written(tmp_path / "new", batch(4), "aseprite-file", indexed=True)
    assert not (tmp_path / "new").exists()


def test_an_aseprite_file_carries_recipes_as_long_as_it_is_not_edited(tmp_path) -> None:
    sprites = [made(1), replace(made(2), name="red bat"), made(3, "dogs")]
    path = written(tmp_path, sprites, "aseprite-file")["aseprite-file"]
    assert [(s.class_name, s.recipe) for s in read_sprites(path)] == [(s.class_name, s.recipe) for s in sprites]
    assert [sprite.seed for sprite in read_sheet(path)] == [1, 2, 3]
    assert [recipe.seed for recipe in read_recipes(path)] == [1, 2, 3]
    changed = sprites[0].pixels.copy()
    changed[0, 0] = (1, 2, 3, 255)
    edited = replace(sprites[0], pixels=changed)
    frames = written(tmp_path / "b", [edited, *sprites[1:]], "aseprite-file")["aseprite-file"].read_bytes()
    told = f"{edited.fingerprint.hex()}".encode()
    assert told in frames
    path.write_bytes(frames.replace(told, sprites[0].fingerprint.hex().encode()))
    first, *others = read_sprites(path)
    assert (first.recipe, first.made_from) == (None, sprites[0].recipe)
    assert [sprite.recipe for sprite in others] == [sprite.recipe for sprite in sprites[1:]]
    path.unlink()
    path = written(tmp_path, sprites, "aseprite-file", recipes=False)["aseprite-file"]
    assert [sprite.recipe for sprite in read_sprites(path)] == [None] * 3
    assert [sprite.class_name for sprite in read_sprites(path)] == ["cats", "cats", "dogs"]


def test_recipes_are_told_of_where_a_format_holds_them_alone(tmp_path, monkeypatch) -> None:
    asked: list[Sprite] = []

    def told(sprite: Sprite) -> dict[str, str]:
        asked.append(sprite)
        return frame_texts(sprite)

    monkeypatch.setattr(export, "frame_texts", told)
    sprites = batch(3)
    others = tuple(name for name in ALL if name != "aseprite-file")
    plain = {path: path.read_bytes() for path in written(tmp_path / "a", sprites, *others).values() if path.is_file()}
    assert asked == []
    written(tmp_path / "a", sprites, *ALL)
    assert asked == sprites
    assert plain == {path: path.read_bytes() for path in plain}


def test_defold_cannot_tell_of_every_margin(tmp_path) -> None:
    with pytest.raises(RequestError, match="half of the padding"):
        written(tmp_path, batch(2), "defold", sheet=SheetOptions(margin=2, padding=3))
    assert not list(tmp_path.iterdir())


def test_defold_plays_a_class_whose_tiles_follow_one_another(tmp_path) -> None:
    path = written(tmp_path, [made(i, name) for i, name in enumerate("aabb")], "defold")["defold"]
    assert 'id: "a"\n  start_tile: 1\n  end_tile: 2\n' in path.read_text()
    path = written(tmp_path, [made(i, name) for i, name in enumerate("abab")], "defold")["defold"]
    assert 'id: "a"\n' not in path.read_text()


def test_sprites_that_are_no_icons(tmp_path) -> None:
    with pytest.raises(RequestError, match="33 x 33 pixels, and RPG Maker's icons are 32"):
        written(tmp_path, [made(1, side=33)], "rpgmaker")


def test_libgdx_cannot_name_a_sheet_with_a_colon(tmp_path) -> None:
    with pytest.raises(RequestError, match="without a colon"):
        export_sprites(tmp_path / "a:b.png", batch(1), ExportOptions(formats=("libgdx",)))


def test_a_folder_is_in_the_way_if_there_is_something_in_it(tmp_path) -> None:
    options = ExportOptions(formats=("gamemaker", "rpgmaker"))
    sheet = tmp_path / "s.png"
    (tmp_path / "s-strips").mkdir()
    assert in_the_way(sheet, options) == []
    export_sprites(sheet, batch(2), options)
    assert in_the_way(sheet, options) == [sheet, tmp_path / "s-strips", tmp_path / "s.iconset.png"]
    export_sprites(sheet, batch(5), options)
    with Image.open(tmp_path / "s-strips" / "cats_strip2.png") as image:
        assert image.size == (32, 16)


def test_a_file_where_a_folder_is_to_be(tmp_path) -> None:
    (tmp_path / "s-strips").write_text("mine")
    with pytest.raises(OutputError, match="s-strips is a file"):
        export_sprites(tmp_path / "s.png", batch(2), ExportOptions(formats=("gamemaker",)))
    assert [path.name for path in tmp_path.iterdir()] == ["s-strips"]
