"""Readers of the files beside a sheet, each after the rule of the engine's own, with its source.

A reader takes the file or folder, and gives every sprite as it finds it: its class (or the beginning of its name, where
the engine knows no classes), and its pixels with those of the sheet's scale.
"""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import godot_parser
import numpy as np
from PIL import Image

Rect = tuple[int, int, int, int]
"""x, y, width and height."""


class Found(NamedTuple):
    """A sprite as a reader finds it."""

    class_name: str
    pixels: np.ndarray  # (H, W, 4)


def picture(path: Path) -> np.ndarray:
    """A PNG as (H, W, 4)."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGBA"))


def cut(sheet: np.ndarray, rect: Rect) -> np.ndarray:
    """A rectangle of a picture; it must lie within."""
    x, y, width, height = rect
    assert 0 <= x < x + width <= sheet.shape[1]
    assert 0 <= y < y + height <= sheet.shape[0]
    return sheet[y : y + height, x : x + width]


def class_in(name: str) -> str:
    """The class in a name of the usual pattern."""
    return name.rsplit("_", 1)[0]


def read_hash(path: Path) -> list[Found]:
    """PixiJS, src/spritesheet/Spritesheet.ts: frames by key, `animations` are lists of keys, `trimmed` as it is told.

    Phaser's JSONHash.js reads the same keys.
    """
    content = json.loads(path.read_text())
    sheet = picture(path.parent / content["meta"]["image"])
    assert content["meta"]["size"] == {"w": sheet.shape[1], "h": sheet.shape[0]}
    found = []
    for class_name, keys in content["animations"].items():
        for key in keys:
            frame = content["frames"].pop(key)
            assert not frame["trimmed"]
            assert not frame["rotated"]
            found.append(Found(class_name, cut(sheet, tuple(frame["frame"][k] for k in "xywh"))))
    assert not content["frames"]
    return found


def read_godot_sprites(path: Path) -> list[Found]:
    """Godot 4, scene/resources/sprite_frames.cpp: animations with name, speed, loop and frames."""
    sections = godot_parser.parse(path.read_text().replace('&"', '"')).get_sections()
    textures = {s.header["id"]: s for s in sections if s.header.name == "sub_resource"}
    sheet = picture(path.parent / sections[1].header["path"])
    found = []
    for animation in sections[-1]["animations"]:
        assert set(animation) == {"frames", "loop", "name", "speed"}
        (frame,) = animation["frames"]
        texture = textures[frame["texture"].id]
        assert texture["resource_name"] == animation["name"]
        found.append(Found(class_in(animation["name"]), cut(sheet, tuple(texture["region"].args))))
    return found


def read_godot_textures(path: Path) -> list[Found]:
    """Godot 4, scene/resources/resource_format_text.cpp: a path without :// begins in the folder of the .tres."""
    found, read = [], cache(picture)  # all are of one sheet
    for file in path.iterdir():
        _, image, resource = godot_parser.parse(file.read_text()).get_sections()
        assert resource["resource_name"] == file.stem
        sheet = read((path / image.header["path"]).resolve())
        found.append(Found(class_in(file.stem), cut(sheet, tuple(resource["region"].args))))
    return found


def read_godot_tileset(path: Path) -> list[Found]:
    """Godot 4, scene/resources/2d/tile_set.cpp, get_tile_texture_region: margins + coords * (region + separation).

    A tile must be made (`c:r/0 = 0`) before its data; custom_data_N belongs to layer N, whose type is a Variant's.
    """
    text = path.read_text()
    sheet = picture(path.parent / re.search(r'path="([^"]+)"', text)[1])
    source = {
        key: int(re.search(rf"^{key} = Vector2i\((\d+), \1\)$", text, re.M)[1])
        for key in ("margins", "separation", "texture_region_size")
    }
    side, pitch = source["texture_region_size"], source["texture_region_size"] + source["separation"]
    assert f"tile_size = Vector2i({side}, {side})" in text
    layers = dict(re.findall(r'^custom_data_layer_(\d)/name = "(\w+)"$', text, re.M))
    assert re.findall(r"^custom_data_layer_\d/type = (\d+)$", text, re.M) == ["4"] * 2  # Variant::STRING
    tiles: dict[tuple[int, int], dict[str, str]] = {}
    for column, row, layer, value in re.findall(r'^(\d+):(\d+)/0(?:/custom_data_(\d))? = (0|".*")$', text, re.M):
        if layer:
            tiles[int(column), int(row)][layers[layer]] = json.loads(value)
        else:
            tiles[int(column), int(row)] = {}
    found = []
    for (column, row), data in tiles.items():
        assert class_in(data["name"]) == data["class"]
        place = (source["margins"] + column * pitch, source["margins"] + row * pitch)
        found.append(Found(data["class"], cut(sheet, (*place, side, side))))
    return found


def read_tilesource(path: Path) -> list[Found]:
    """Defold, com.dynamo.bob.tile.TileSetUtil: the margin lies around every tile; tiles count from 1, row by row.

    Animations of one tile are sprites; a longer one must be those of its class, in order.
    """
    text = path.read_text()
    fields = dict(re.findall(r"^(\w+): (.+)$", text, re.M))
    sheet = picture(path.parent / json.loads(fields["image"]).removeprefix("/"))
    side, margin, spacing = (int(fields[key]) for key in ("tile_width", "tile_margin", "tile_spacing"))
    assert min(margin, spacing) >= 0  # uint32 in tile_ddf.proto
    pitch = 2 * margin + spacing + side
    columns = (sheet.shape[1] + spacing) // pitch
    pattern = r'animations \{\n  id: (".*")\n  start_tile: (\d+)\n  end_tile: (\d+)\n'
    animations = {json.loads(name): range(int(a) - 1, int(b)) for name, a, b in re.findall(pattern, text)}
    assert len(animations) == text.count("animations {")

    def tile(index: int) -> np.ndarray:
        row, column = divmod(index, columns)
        return cut(sheet, (margin + column * pitch, margin + row * pitch, side, side))

    singles = {name: span[0] for name, span in animations.items() if re.search(r"_\d+$", name)}
    for name in animations.keys() - singles.keys():
        assert list(animations[name]) == [index for single, index in singles.items() if class_in(single) == name]
    return [Found(class_in(name), tile(index)) for name, index in singles.items()]


def read_libgdx(path: Path) -> list[Found]:
    """libGDX, TextureAtlas.TextureAtlasData.load: the picture, then its fields up to a line without a colon.

    Every such line names a region, and the fields after it are its own; `findRegions` finds those of a name by index.
    """
    lines = path.read_text().split("\n")
    sheet = picture(path.parent / lines[0])
    regions: list[tuple[str, dict[str, str]]] = []
    fields: dict[str, str] = {}
    for line in lines[1:]:
        key, colon, value = line.partition(":")
        if colon:
            fields[key.strip()] = value.strip()
        elif line.strip():
            regions.append((line.strip(), fields := {}))
    assert len({(name, fields["index"]) for name, fields in regions}) == len(regions)
    found = []
    for name, fields in regions:
        assert fields["rotate"] == "false"
        assert fields["orig"] == fields["size"]
        place = tuple(int(number) for key in ("xy", "size") for number in fields[key].split(","))
        found.append(Found(name if fields["index"] != "-1" else class_in(name), cut(sheet, place)))
    return found


def read_strips(path: Path) -> list[Found]:
    """GameMaker's manual, "Strip Images": _stripN at the end of the name, and the width divided by N."""
    found = []
    for file in path.iterdir():
        class_name, count = re.fullmatch(r"([A-Za-z_]\w*)_strip(\d+)", file.stem).groups()
        strip = picture(file)
        width, rest = divmod(strip.shape[1], int(count))
        assert rest == 0
        found += [Found(class_name, strip[:, i * width : (i + 1) * width]) for i in range(int(count))]
    return found


def read_icons(path: Path) -> list[Found]:
    """RPG Maker MV, rpg_windows.js, drawIcon: icons of 32 pixels at index % 16, index / 16. They know no classes."""
    sheet = picture(path)
    assert sheet.shape[1] == 512
    icons = [cut(sheet, (i % 16 * 32, i // 16 * 32, 32, 32)) for i in range(sheet.shape[0] // 32 * 16)]
    assert not icons[0].any()
    return [Found("", icon) for icon in icons if icon.any()]


def read_aseprite_file(path: Path) -> list[Found]:
    """aseprite/docs/ase-file-specs.md, for what is written of it: one layer, cels that are compressed, tags."""
    data = path.read_bytes()
    size, magic, frames, width, height, depth = struct.unpack("<IHHHHH", data[:14])
    assert (size, magic) == (len(data), 0xA5E0)
    at, found, tags, palette = 128, [], {}, {}
    for number in range(frames):
        length, magic, count, duration = struct.unpack("<IHHH", data[at : at + 10])
        assert (magic, duration, struct.unpack("<I", data[at + 12 : at + 16])[0]) == (0xF1FA, 100, count)
        end, chunk = at + length, at + 16
        for _ in range(count):
            step, kind = struct.unpack("<IH", data[chunk : chunk + 6])
            body, chunk = data[chunk + 6 : chunk + step], chunk + step
            if kind == 0x2018:
                tags = _tags(body)
            elif kind == 0x2019:
                entries, first, last = struct.unpack("<III", body[:12])
                assert (first, last, len(body)) == (0, entries - 1, 20 + 6 * entries)
                palette = {i: body[22 + 6 * i : 26 + 6 * i] for i in range(entries)}
            elif kind == 0x2005:
                layer, x, y, opacity, cel, z, w, h = struct.unpack("<HhhBHh5xHH", body[:20])
                assert (layer, x, y, opacity, cel, z) == (0, 0, 0, 255, 2, 0)
                raw = zlib.decompress(body[20:])
                raw = raw if depth == 32 else b"".join(palette[index] for index in raw)
                canvas = np.zeros((height, width, 4), np.uint8)
                canvas[:h, :w] = np.frombuffer(raw, np.uint8).reshape(h, w, 4)
                found.append(Found(tags[number], canvas))
        assert chunk == end
        at = end
    assert at == size
    return found


def _tags(body: bytes) -> dict[int, str]:
    """The tag of each frame."""
    tags: dict[int, str] = {}
    at = 10
    for _ in range(struct.unpack("<H", body[:2])[0]):
        first, last, length = struct.unpack("<HH13xH", body[at : at + 19])
        tags |= dict.fromkeys(range(first, last + 1), body[at + 19 : at + 19 + length].decode())
        at += 19 + length
    assert at == len(body)
    return tags


READERS: dict[str, Callable[[Path], list[Found]]] = {
    "aseprite-file": read_aseprite_file,
    "texturepacker-json": read_hash,
    "godot-sprites": read_godot_sprites,
    "godot-tileset": read_godot_tileset,
    "godot-textures": read_godot_textures,
    "defold": read_tilesource,
    "libgdx": read_libgdx,
    "gamemaker": read_strips,
    "rpgmaker": read_icons,
}
