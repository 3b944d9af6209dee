"""Exports as their readers see them: every rectangle of every format against the pixels of the sheet."""

from __future__ import annotations

import errno
import json
import os
import re
import stat
import sys
import tempfile
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import godot_parser
import jsonschema
import numpy as np
import pytest
import pytiled_parser
import tinycss2
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from pixelforge.errors import OutputError, PaletteError, RequestError
from pixelforge.imaging.palette import PaletteRule
from pixelforge.imaging.sheet_plan import SheetOptions
from pixelforge.services.export import (
    ExportOptions,
    export_each,
    export_files,
    export_sprites,
    file_paths,
    targets,
)
from pixelforge.services.recipe import recipes_in
from pixelforge.services.sprites import Sprite
from tests.made import made

ALL = ("aseprite", "aseprite-array", "tiled", "tiled-json", "godot", "texturepacker-xml", "css", "unity")
"""The others are in test_engine_files.py."""
LAYOUTS = [
    SheetOptions(),
    SheetOptions(padding=2, margin=3),
    SheetOptions(extrude=1, scale=4),
    SheetOptions(columns=5, class_rows=True, power_of_two=True, padding=1),
]
SIZE = {"type": "object", "required": ["w", "h"], "properties": {"w": {"type": "integer"}, "h": {"type": "integer"}}}
RECT = {"type": "object", "required": ["x", "y", "w", "h"]}
FRAME = {
    "type": "object",
    "required": ["frame", "rotated", "trimmed", "spriteSourceSize", "sourceSize", "duration"],
    "properties": {
        "frame": RECT,
        "rotated": {"const": False},
        "trimmed": {"const": False},
        "spriteSourceSize": RECT,
        "sourceSize": SIZE,
        "duration": {"type": "integer"},
    },
}
META = {
    "type": "object",
    "required": ["app", "version", "image", "format", "size", "scale", "frameTags"],
    "properties": {
        "image": {"type": "string", "pattern": r"^[^/\\]+$"},
        "format": {"enum": ["RGBA8888", "I8"]},
        "scale": {"type": "string"},
        "size": SIZE,
        "frameTags": {"type": "array", "items": {"required": ["name", "from", "to", "direction"]}},
    },
}


class Seen(NamedTuple):
    """A sprite as a reader sees it."""

    class_name: str
    rect: tuple[int, int, int, int]


def batch(count: int, classes: tuple[str, ...] = ("cats", "dogs", "birds")) -> list[Sprite]:
    return [made(seed, classes[seed * 7 % len(classes)]) for seed in range(count)]


def read_aseprite(path: Path) -> list[Seen]:
    content = json.loads(path.read_text())
    jsonschema.validate(
        content,
        {
            "required": ["frames", "meta", "animations"],
            "properties": {
                "frames": {"patternProperties": {r"^\d+$": FRAME}, "additionalProperties": False},
                "meta": META,
            },
        },
    )
    seen = []
    for tag in content["meta"]["frameTags"]:
        keys = [str(i) for i in range(tag["from"], tag["to"] + 1)]  # as Phaser's createFromAseprite looks them up
        assert content["animations"][tag["name"]] == keys
        seen += [Seen(tag["name"], tuple(content["frames"][key]["frame"][k] for k in "xywh")) for key in keys]
    assert len(seen) == len(content["frames"])
    return seen


def read_aseprite_array(path: Path) -> list[Seen]:
    content = json.loads(path.read_text())
    named = {**FRAME, "required": [*FRAME["required"], "filename"]}
    jsonschema.validate(content, {"properties": {"frames": {"type": "array", "items": named}, "meta": META}})
    names = [frame["filename"] for frame in content["frames"]]
    assert len(set(names)) == len(names)
    seen = []
    for tag in content["meta"]["frameTags"]:
        frames = content["frames"][tag["from"] : tag["to"] + 1]
        seen += [Seen(tag["name"], tuple(frame["frame"][k] for k in "xywh")) for frame in frames]
    return seen


def read_tiled(path: Path) -> list[Seen]:
    tiles = pytiled_parser.parse_tileset(path) if hasattr(pytiled_parser, "parse_tileset") else _parse_tileset(path)
    with Image.open(path.parent / tiles.image) as image:
        assert image.size == (tiles.image_width, tiles.image_height)
        per_row = (image.width - tiles.margin + tiles.spacing) // (tiles.tile_width + tiles.spacing)  # as Tiled counts
        rows = (image.height - tiles.margin + tiles.spacing) // (tiles.tile_height + tiles.spacing)
    assert (tiles.columns, tiles.tile_count) == (per_row, per_row * rows)
    seen = []
    for tile_id, tile in tiles.tiles.items():
        row, column = divmod(tile_id, per_row)
        x = tiles.margin + column * (tiles.tile_width + tiles.spacing)
        y = tiles.margin + row * (tiles.tile_height + tiles.spacing)
        seen.append(Seen(tile.properties["class"], (x, y, tiles.tile_width, tiles.tile_height)))
    return seen


def _parse_tileset(path: Path):
    from pytiled_parser.parsers.json.tileset import parse as parse_json
    from pytiled_parser.parsers.tmx.tileset import parse as parse_xml

    if path.suffix == ".tsj":
        return parse_json(json.loads(path.read_text()), 1)  # type: ignore[call-arg]
    return parse_xml(ElementTree.parse(path).getroot(), 1)  # type: ignore[call-arg]


def read_godot(path: Path) -> list[Seen]:
    text = path.read_text()
    assert text.startswith('[gd_resource type="SpriteFrames"')
    resource = godot_parser.parse(text.replace('&"', '"'))  # the reader knows no StringNames
    sections = resource.get_sections()
    image = next(s for s in sections if s.header.name == "ext_resource")
    assert image.header["type"] == "Texture2D"
    assert (path.parent / image.header["path"]).exists()
    textures = {s.header["id"]: s for s in sections if s.header.name == "sub_resource"}
    seen = []
    for animation in sections[-1]["animations"]:
        assert animation["loop"] is True
        assert animation["speed"] > 0
        for frame in animation["frames"]:
            assert frame["duration"] == 1.0
            texture = textures[frame["texture"].id]
            assert texture.header["type"] == "AtlasTexture"
            assert texture["atlas"].id == image.header["id"]
            seen.append(Seen(animation["name"], tuple(texture["region"].args)))
    assert len(seen) == len(textures)
    return seen


def read_xml(path: Path) -> list[Seen]:
    assert path.read_bytes().startswith(b"<?xml")
    root = ElementTree.parse(path).getroot()
    assert root.tag == "TextureAtlas"
    assert (path.parent / root.attrib["imagePath"]).exists()
    keys = ("x", "y", "width", "height")
    return [Seen(e.attrib["name"].rsplit("_", 1)[0], tuple(int(e.attrib[k]) for k in keys)) for e in root]


def read_css(path: Path) -> list[Seen]:
    seen = []
    for rule in tinycss2.parse_stylesheet(path.read_text(), skip_whitespace=True, skip_comments=True):
        assert rule.type == "qualified-rule"
        selector = tinycss2.serialize(rule.prelude).strip()
        found = {
            d.name: [t.int_value for t in d.value if t.type == "dimension"]
            for d in tinycss2.parse_declaration_list(rule.content, skip_whitespace=True)
        }
        if selector == ".sprite":
            assert "pixelated" in path.read_text()
            continue
        x, y = found["background-position"]
        name = selector.removeprefix(".sprite.").rsplit("_", 1)[0]
        seen.append(Seen(name, (-x, -y, *found["width"], *found["height"])))
    return seen


def read_unity(path: Path) -> list[Seen]:
    content = yaml.safe_load(path.read_text())
    assert re.fullmatch("[0-9a-f]{32}", content["guid"])
    importer = content["TextureImporter"]
    assert (importer["spriteMode"], importer["textureSettings"]["filterMode"], importer["textureType"]) == (2, 0, 8)
    with Image.open(path.with_suffix("")) as image:
        height = image.height
    ids = {entry["second"]: entry["first"][213] for entry in importer["internalIDToNameTable"]}
    seen = []
    for sprite in importer["spriteSheet"]["sprites"]:
        assert sprite["internalID"] == ids[sprite["name"]]
        rect = sprite["rect"]
        y = height - rect["y"] - rect["height"]
        seen.append(Seen(sprite["name"].rsplit("_", 1)[0], (rect["x"], y, rect["width"], rect["height"])))
    assert len(set(ids.values())) == len(ids)
    return seen


READERS = {
    "aseprite": read_aseprite,
    "aseprite-array": read_aseprite_array,
    "tiled": read_tiled,
    "tiled-json": read_tiled,
    "godot": read_godot,
    "texturepacker-xml": read_xml,
    "css": read_css,
    "unity": read_unity,
}


@pytest.mark.parametrize(("sheet", "count"), [*product(LAYOUTS, (1, 7, 40)), (LAYOUTS[-1], 256)])
def test_every_format_tells_every_sprite(tmp_path, sheet, count) -> None:
    sprites = batch(count)
    path = tmp_path / "my sheet.png"
    written = export_sprites(path, sprites, ExportOptions(sheet=sheet, formats=ALL))
    assert written == targets(path, ExportOptions(formats=ALL))
    with Image.open(path) as image:
        picture = np.asarray(image)
    expected = sorted((s.class_name, s.pixels.tobytes()) for s in sprites)
    for format_, file in zip(ALL, written[1:], strict=True):
        found = []
        for class_name, (x, y, width, height) in READERS[format_](file):
            cut = picture[y : y + height : sheet.scale, x : x + width : sheet.scale]
            found.append((class_name, np.ascontiguousarray(cut).tobytes()))
        assert sorted(found) == expected, format_


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.text(max_size=40), st.text(max_size=40))
@example(" ", "\x1f")
def test_no_class_name_breaks_a_file(tmp_path, one, two) -> None:
    classes = tuple(dict.fromkeys((one or "-", two or "_")))
    sprites = batch(5, classes)
    folder = Path(tempfile.mkdtemp(dir=tmp_path))
    written = export_sprites(folder / "s.png", sprites, ExportOptions(formats=ALL))
    for format_, file in zip(ALL, written[1:], strict=True):
        assert len(READERS[format_](file)) == 5, format_
    assert sorted(p.name for p in folder.iterdir()) == sorted(p.name for p in written)
    tags = {tag["name"] for tag in json.loads(written[1].read_text())["meta"]["frameTags"]}
    assert tags == {sprite.class_name for sprite in sprites}


@pytest.mark.parametrize("name", ['a"b\\c', "a/../b", "CON", "🐉 dragon", "x" * 300, "a\nb", "<&>", "&\"'"])
def test_odd_class_names(tmp_path, name) -> None:
    written = export_sprites(tmp_path / "s.png", batch(3, (name,)), ExportOptions(formats=ALL))
    for format_, file in zip(ALL, written[1:], strict=True):
        assert len(READERS[format_](file)) == 3, format_
    expected = " ".join(name.split("\n"))
    assert {seen.class_name for seen in read_godot(written[5])} == {expected}


def test_an_old_meta_is_kept_and_the_rest_replaced(tmp_path) -> None:
    meta = tmp_path / "s.png.meta"
    meta.write_text("guid: mine")
    (tmp_path / "s.png").write_text("old")
    written = export_sprites(tmp_path / "s.png", batch(2), ExportOptions(formats=("unity",)))
    assert written == (tmp_path / "s.png",)
    assert meta.read_text() == "guid: mine"


def test_all_files_are_written_or_none(tmp_path) -> None:
    (tmp_path / "s.png").write_text("old")
    (tmp_path / "s.tres").mkdir()
    with pytest.raises(OutputError, match=r"s\.tres"):
        export_sprites(tmp_path / "s.png", batch(2), ExportOptions(formats=ALL))
    assert (tmp_path / "s.png").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s.png", "s.tres"]


def test_an_indexed_sheet_keeps_the_palettes_order(tmp_path) -> None:
    rule = PaletteRule(name="mine", colours=("#000000", "#ff0000", "#00ff00", "#ffffff"))
    options = ExportOptions(palette=rule, indexed=True, formats=("aseprite",))
    sheet, atlas = export_sprites(tmp_path / "s.png", batch(4), options)
    with Image.open(sheet) as image:
        image.load()
        assert image.mode == "P"
        assert image.getpalette()[3:15] == [0, 0, 0, 255, 0, 0, 0, 255, 0, 255, 255, 255]
        rgba = np.asarray(image.convert("RGBA"))
        recipes = recipes_in({key: str(text) for key, text in image.text.items()})
    assert {tuple(c) for c in rgba[rgba[..., 3] > 0][:, :3].tolist()} <= {
        (0, 0, 0),
        (255, 0, 0),
        (0, 255, 0),
        (255, 255, 255),
    }
    assert {recipe.request.palette for recipe in recipes} == {rule}
    assert json.loads(atlas.read_text())["meta"]["format"] == "I8"


def test_reducing_shares_the_colours_over_the_sheet(tmp_path) -> None:
    options = ExportOptions(palette=PaletteRule(reduce_to=6))
    (sheet,) = export_sprites(tmp_path / "s.png", batch(9), options)
    with Image.open(sheet) as image:
        rgba = np.asarray(image)
    assert len(np.unique(rgba[rgba[..., 3] > 0], axis=0)) == 6


def test_too_many_colours_for_an_index(tmp_path) -> None:
    with pytest.raises(PaletteError, match="reduce the colours"):
        export_sprites(tmp_path / "s.png", batch(4), ExportOptions(indexed=True))
    assert not list(tmp_path.iterdir())


def test_recipes_can_be_left_out(tmp_path) -> None:
    (sheet,) = export_sprites(tmp_path / "s.png", batch(2), ExportOptions(recipes=False))
    with Image.open(sheet) as image:
        image.load()
        assert image.text == {}


@pytest.mark.parametrize("fields", [{"formats": ("unreal",)}, {"names": "{nme}"}])
def test_options_that_cannot_be(fields) -> None:
    with pytest.raises((OutputError, RequestError)):
        ExportOptions(**fields)


def test_a_target_that_is_a_folder(tmp_path) -> None:
    (tmp_path / "s.png").mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        export_sprites(tmp_path / "s.png", batch(1), ExportOptions())


def test_names_of_their_own_are_in_every_engine_file_and_in_files_of_one(tmp_path) -> None:
    sprites = [replace(made(1), name="red bat"), made(2), replace(made(3, "dogs"), name="wolf")]
    rule = PaletteRule(name="two", colours=("#000000", "#ffffff"))
    options = ExportOptions(formats=ALL, names="{class}", palette=rule)
    for file in export_sprites(tmp_path / "s.png", sprites, options)[1:]:
        text = file.read_text()
        for name in ("red-bat" if file.suffix == ".css" else "red bat", "cats", "wolf"):
            assert re.search(rf"[\"'. >]{name}\b", text), (file.name, name)
    frames = json.loads((tmp_path / "s.json").read_text())["frames"]
    assert [frame["filename"] for frame in frames.values()] == ["red bat", "cats", "wolf"]
    resource = godot_parser.parse((tmp_path / "s.tres").read_text().replace('&"', '"'))
    textures = [section for section in resource.get_sections() if section.header.name == "sub_resource"]
    assert [texture["resource_name"] for texture in textures] == ["red bat", "cats", "wolf"]
    files = export_files(tmp_path / "files", sprites, options)
    assert [file.name for file in files] == ["red bat.png", "cats.png", "wolf.png"]


def test_names_that_no_file_can_hold_are_told_apart(tmp_path) -> None:
    sprites = [made(seed, name) for seed, name in enumerate(("a/b", "a:b", "A_B", "CON"))]
    paths = export_files(tmp_path, sprites, ExportOptions(names="{class}"))
    assert [path.name for path in paths] == ["a_b.png", "a_b_2.png", "A_B_3.png", "_CON.png"]
    assert sorted(tmp_path.iterdir()) == sorted(paths)


def test_a_disk_that_fills_up_leaves_the_old_files(tmp_path, monkeypatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    options = ExportOptions(formats=("godot", "css"))
    before = {path: path.read_bytes() for path in export_sprites(tmp_path / "s.png", batch(2), options)}
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="no space left on device"):
        export_sprites(tmp_path / "s.png", batch(9), options)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.fixture
def synced(monkeypatch) -> list[str]:
    """What was synced, one after the other: "file" or "folder"."""
    kinds: list[str] = []
    sync = os.fsync

    def note(handle: int) -> None:
        kinds.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        sync(handle)

    monkeypatch.setattr(os, "fsync", note)
    return kinds


@pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be synced there")
def test_every_file_is_synced_once_and_so_is_the_folder(tmp_path, synced) -> None:
    export_sprites(tmp_path / "s.png", batch(4), ExportOptions(formats=("godot", "css")))
    assert synced == ["file", "file", "file", "folder"]
    synced.clear()
    export_files(tmp_path / "single", batch(5), ExportOptions())
    assert synced == ["file"] * 5 + ["folder"]


def test_files_that_are_written_stay_where_the_next_cannot_be(tmp_path) -> None:
    (tmp_path / "cats_002.png").mkdir()
    sprites = [made(seed) for seed in range(4)]
    paths = file_paths(tmp_path, sprites, ExportOptions())
    writing = export_each(paths, sprites, ExportOptions())
    assert [next(writing), next(writing)] == list(paths[:2])
    with pytest.raises(OutputError, match="is a folder"):
        next(writing)
    assert all(path.is_file() for path in paths[:2])
    assert not paths[3].exists()


def test_a_name_that_is_too_long_is_said(tmp_path) -> None:
    with pytest.raises(OutputError, match="name too long"):
        export_sprites(tmp_path / f"{'n' * 300}.png", batch(1), ExportOptions())
