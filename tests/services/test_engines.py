"""Exports by the rules of the engines' own readers: each rule stands here in words, with its source."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from pixelforge.imaging.atlas.model import Atlas, Frame
from pixelforge.imaging.atlas.text import yaml_value
from pixelforge.imaging.atlas.tiled import encode_json
from pixelforge.imaging.sheet_plan import SheetOptions, plan_sheet
from pixelforge.services.export import ExportOptions, export_sprites
from pixelforge.services.sprites import Sprite, read_sheet
from tests.made import made

NO_PIXELS = np.zeros((16, 16, 4), np.uint8)
Rects = dict[str, tuple[int, int, int, int]]
"""x, y, width and height in the sheet, by name."""


def export(folder: Path, sprites: list[Sprite], format_: str, sheet: SheetOptions | None = None) -> Path:
    """The engine file of an export, beside its sheet.png."""
    options = ExportOptions(sheet=sheet or SheetOptions(), formats=(format_,))
    return export_sprites(folder / "sheet.png", sprites, options)[1]


def cut(folder: Path, rect: tuple[int, int, int, int], scale: int = 1) -> bytes:
    """The pixels of a rectangle of the sheet."""
    x, y, width, height = rect
    with Image.open(folder / "sheet.png") as image:
        pixels = np.asarray(image.convert("RGBA"))
    return np.ascontiguousarray(pixels[y : y + height : scale, x : x + width : scale]).tobytes()


def identified(app: str) -> str:
    """melonJS, packages/melonjs/src/video/texture/atlas.js, identifyFormat: the first of these words in meta.app."""
    for word, kind in (
        ("texturepacker", "texturepacker"),
        ("free-tex-packer", "texturepacker"),
        ("shoebox", "shoebox"),
        ("aseprite", "aseprite"),
        ("melonJS", "melonJS"),
    ):
        if word in app:
            return kind
    raise AssertionError(f"Unknown texture atlas format: {app}")


@pytest.mark.parametrize("format_", ["aseprite", "aseprite-array"])
def test_melonjs_knows_the_format(tmp_path, format_) -> None:
    app = json.loads(export(tmp_path, [made(1)], format_).read_text())["meta"]["app"]
    assert identified(app) == "aseprite"
    assert "PixelForge" in app
    assert "Aseprite" in app  # other readers look for it with a capital


def phaser_tiles(tileset: dict) -> dict[int, tuple[int, int]]:
    """Phaser 3, src/tilemaps/Tileset.js, updateTileData: the place of every tile by its id, row by row.

    Rows and columns come from the picture's size less the margin at both sides, whatever the file says.
    """
    side, margin, spacing = tileset["tilewidth"], tileset["margin"], tileset["spacing"]
    rows = (tileset["imageheight"] - 2 * margin + spacing) // (side + spacing)
    columns = (tileset["imagewidth"] - 2 * margin + spacing) // (side + spacing)
    pitch = side + spacing
    return {
        row * columns + column: (margin + column * pitch, margin + row * pitch)
        for row in range(rows)
        for column in range(columns)
    }


def tiled_tiles(tileset: dict) -> dict[int, tuple[int, int]]:
    """Tiled, src/libtiled/tileset.cpp, columnCountForWidth: the margin comes off once."""
    margin, pitch = tileset["margin"], tileset["tilewidth"] + tileset["spacing"]
    columns = (tileset["imagewidth"] - margin + tileset["spacing"]) // pitch
    assert columns == tileset["columns"]
    return {
        tile["id"]: (margin + tile["id"] % columns * pitch, margin + tile["id"] // columns * pitch)
        for tile in tileset["tiles"]
    }


@given(
    st.integers(1, 70),
    st.builds(
        SheetOptions,
        columns=st.none() | st.integers(1, 9),
        padding=st.integers(0, 20),
        scale=st.integers(1, 3),
        margin=st.integers(0, 40),
        extrude=st.integers(0, 2),
        class_rows=st.booleans(),
        power_of_two=st.booleans(),
    ),
)
@example(60, SheetOptions(margin=2, padding=1, power_of_two=True))
@example(60, SheetOptions(margin=4, extrude=1, power_of_two=True))
@example(60, SheetOptions(1, 1, 3, 2, 2, True, True))
@example(7, SheetOptions(margin=40))
@example(10, SheetOptions(padding=8, scale=3, margin=6, power_of_two=True))
def test_phaser_and_tiled_show_the_same_tiles(count, sheet) -> None:
    classes = ["abc"[index * 7 % 3] for index in range(count)]
    plan = plan_sheet([(16, 16)] * count, classes, sheet)
    frames = [
        Frame(str(index), class_name, cell.x, cell.y, cell.width, cell.height, cell.column, cell.row, NO_PIXELS)
        for index, (class_name, cell) in enumerate(zip(classes, plan.cells, strict=True))
    ]
    atlas = Atlas("s.png", plan.width, plan.height, False, plan.side, plan.margin, plan.spacing, tuple(frames))
    tileset = json.loads(encode_json(atlas))
    asked = sheet.scale * (sheet.margin + sheet.extrude)
    assert plan.margin >= asked
    assert max(cell.x + cell.width for cell in plan.cells) + asked <= plan.width
    assert max(cell.y + cell.height for cell in plan.cells) + asked <= plan.height
    phaser, tiled = phaser_tiles(tileset), tiled_tiles(tileset)
    places = {tile["properties"][1]["value"]: tile["id"] for tile in tileset["tiles"]}
    for index, cell in enumerate(plan.cells):
        tile_id = places[str(index)]
        assert (cell.x, cell.y) == tiled[tile_id] == phaser[tile_id]


def pixi_cache(*files: Path) -> dict[str, tuple[str, int, int]]:
    """PixiJS 8, src/spritesheet/spritesheetAsset.ts, getCacheableAssets: textures by the keys of their frames.

    Cache.ts keeps one cache for all sheets, and warns of a key that is there already, of which the last one counts.
    """
    found: dict[str, tuple[str, int, int]] = {}
    for file in files:
        for key, frame in json.loads(file.read_text())["frames"].items():
            assert key not in found, f"[Cache] already has key: {key}"
            found[key] = (file.parent.name, frame["frame"]["x"], frame["frame"]["y"])
    return found


def test_pixi_tells_the_frames_of_two_sheets_apart(tmp_path) -> None:
    sprites = [made(1), replace(made(2), name="red bat")], [made(3, "dogs"), made(4, "dogs")]
    by_name = [export(tmp_path / name, two, "texturepacker-json") for name, two in zip("ab", sprites, strict=True)]
    assert pixi_cache(*by_name) == {
        "cats_000": ("a", 0, 0),
        "red bat": ("a", 16, 0),
        "dogs_000": ("b", 0, 0),
        "dogs_001": ("b", 16, 0),
    }
    numbered = [export(tmp_path / name, two, "aseprite") for name, two in zip("cd", sprites, strict=True)]
    with pytest.raises(AssertionError, match="already has key: 0"):
        pixi_cache(*numbered)


def phaser_unity(text: str, height: int) -> Rects:
    """Phaser 3, src/textures/parsers/UnityYAML.js: names and rectangles line by line, without a YAML reader.

    A name is all that follows `name: `; the rectangle is what the keys x, y, width and height were last, until the next
    list begins.
    """
    found: Rects = {}
    name, rect = "", {}
    for line in [*text.split("\n"), "- end: x"]:
        match = re.match(r"^[ ]*(- )*(\w+)+[: ]+(.*)", line)
        if not match:
            continue
        if match[1] == "- ":
            if name and name not in found:
                found[name] = (rect["x"], height - rect["y"] - rect["height"], rect["width"], rect["height"])
            rect = {}
        if match[2] == "name":
            name = match[3]
        elif match[2] in ("x", "y", "width", "height"):
            rect[match[2]] = int(match[3])
    return found


def test_phaser_reads_a_meta_with_plain_names(tmp_path) -> None:
    sprites = [made(1), replace(made(2), name="red bat (2)"), replace(made(3, "dogs"), name="wolf-1.b")]
    meta = export(tmp_path, sprites, "unity", SheetOptions(margin=3, columns=2))
    with Image.open(tmp_path / "sheet.png") as image:
        rects = phaser_unity(meta.read_text(), image.height)
    assert list(rects) == ["cats_000", "red bat (2)", "wolf-1.b"]
    for sprite, rect in zip(sprites, rects.values(), strict=True):
        assert cut(tmp_path, rect) == sprite.pixels.tobytes()


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12))
@example("true")
@example("No")
@example("null")
@example("12")
@example("1e5")
@example("- a")
@example("a: b")
@example("a #b")
@example(" a ")
@example("~")
@example("=")
def test_yaml_reads_every_name_as_it_is(name) -> None:
    value = yaml_value(name)
    expected = re.sub("[\u2028\u2029]", " ", name)
    if all(c.isprintable() for c in expected) and "\ufffe" not in name and "\uffff" not in name:
        assert yaml.safe_load(f"- name: {value}\n  {value}: 1") == [{"name": expected, expected: 1}]


UNITY_KEYS = (
    "alphaIsTransparency alphaUsage alignment applyGammaDecoding bumpmap compressionQuality compressionQualitySet "
    "cookieLightType cubemapConvolution externalObjects flipbookColumns flipbookRows generateCubemap grayScaleToAlpha "
    "ignoreMipmapLimit ignorePngGamma internalIDToNameTable isReadable lightmap maxTextureSize maxTextureSizeSet "
    "mipmapLimitGroupName mipmaps nPOTScale pSDRemoveMatte platformSettings seamlessCubemap serializedVersion "
    "singleChannelComponent spriteBorder spriteExtrude spriteGenerateFallbackPhysicsShape spriteMeshType spriteMode "
    "spritePivot spritePixelsToUnits spriteSheet spriteTessellationDetail streamingMipmaps streamingMipmapsPriority "
    "swizzle textureFormat textureFormatSet textureSettings textureShape textureType userData vTOnly assetBundleName "
    "assetBundleVariant"
)
"""Of TextureImporter in Unity-Technologies/2d-techdemos, Assets/Tilemap/Normal Mapping/Sprites/sprites.png.meta."""


@pytest.mark.parametrize(("sheet", "size"), [(SheetOptions(), 2048), (SheetOptions(columns=1, scale=16), 4096)])
def test_unity_keeps_the_pixels_as_they_are(tmp_path, sheet, size) -> None:
    meta = yaml.safe_load(export(tmp_path, [made(i) for i in range(9)], "unity", sheet).read_text())
    importer = meta["TextureImporter"]
    assert sorted(importer) == sorted(UNITY_KEYS.split())
    assert importer["nPOTScale"] == 0  # else 48 x 48 is stretched to 64 x 64
    assert importer["mipmaps"]["enableMipMap"] == 0
    assert importer["textureSettings"]["filterMode"] == 0
    (platform,) = importer["platformSettings"]
    assert platform["textureCompression"] == 0  # 1 loses the exact colours
    assert platform["maxTextureSize"] == importer["maxTextureSize"] == size
    names = importer["spriteSheet"]["nameFileIdTable"]
    assert names == {sprite["name"]: sprite["internalID"] for sprite in importer["spriteSheet"]["sprites"]}
    assert all(sprite["border"] == dict.fromkeys("xyzw", 0) for sprite in importer["spriteSheet"]["sprites"])


def test_most_of_an_indexed_sheet_is_its_pixels(tmp_path) -> None:
    """The recipes of 60 sprites took four fifths of the file while they were not compressed."""
    sprites = [replace(made(1), origin=made(seed).origin) for seed in range(60)]
    path = tmp_path / "s.png"
    with_recipes = export_sprites(path, sprites, ExportOptions())[0].stat().st_size
    assert [sprite.seed for sprite in read_sheet(path)] == list(range(60))
    without = export_sprites(path, sprites, ExportOptions(recipes=False))[0].stat().st_size
    assert with_recipes - without < 1500
