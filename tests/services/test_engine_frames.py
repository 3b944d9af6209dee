"""What sprites do, in every format that can tell it: rectangles, times and tags as the format's readers find them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from pixelforge.imaging.aseprite_reader import read_aseprite
from pixelforge.imaging.atlas import ATLAS_FORMATS
from pixelforge.imaging.frames import Frames
from pixelforge.imaging.pixels import Pixels
from pixelforge.imaging.sheet_plan import SheetOptions
from pixelforge.services.export import ExportOptions, export_sprites
from pixelforge.services.sprites import Sprite
from tests.made import made
from tests.services.engine_readers import cut, picture

Act = list[tuple[Pixels, int]]
LAYOUTS = (
    SheetOptions(),
    SheetOptions(columns=3, padding=2),
    SheetOptions(padding=2, margin=1, extrude=1),
    SheetOptions(columns=2, power_of_two=True),
)


def winking(seed: int, *durations: int) -> Sprite:
    sprite = made(seed)
    pictures = [sprite.pixels, *(made(1000 * seed + n).pixels for n in range(1, len(durations)))]
    return sprite.acting(Frames.of("wink", [(p.copy(), ms) for p, ms in zip(pictures, durations, strict=True)]))


@pytest.fixture(params=range(len(LAYOUTS)))
def exported(tmp_path: Path, request) -> tuple[Path, dict[str, Act]]:
    """A sheet with every format beside it, and what its acts are, by tag."""
    sprites = [winking(1, 100, 250, 70), made(2), winking(3, *range(50, 350, 50)), made(4, "dogs")]
    sheet = tmp_path / "all.png"
    formats = tuple(known.name for known in ATLAS_FORMATS)
    export_sprites(sheet, sprites, ExportOptions(sheet=LAYOUTS[request.param], formats=formats))
    acts = {
        f"{name}_wink": list(zip(sprite.pictures, sprite.frames.durations, strict=True))
        for name, sprite in (("cats_000", sprites[0]), ("cats_002", sprites[2]))
        if sprite.frames is not None
    }
    return sheet, acts


def same(found: dict[str, Act], acts: dict[str, Act]) -> None:
    assert {tag: found.get(tag, []) and [ms for _, ms in found[tag]] for tag in acts} == {
        tag: [ms for _, ms in act] for tag, act in acts.items()
    }
    for tag, act in acts.items():
        for (one, _), (other, _) in zip(found[tag], act, strict=True):
            np.testing.assert_array_equal(one, other)


def test_aseprites_json(exported) -> None:
    """Tags span frames by their places; Phaser and melonJS take each frame's `duration`."""
    sheet, acts = exported
    for suffix in (".json", ".array.json"):
        told = json.loads(sheet.with_suffix(suffix).read_text())
        frames = list(told["frames"].values()) if isinstance(told["frames"], dict) else told["frames"]
        found = {}
        for tag in told["meta"]["frameTags"]:
            span = frames[tag["from"] : tag["to"] + 1]
            rects = [[frame["frame"][key] for key in "xywh"] for frame in span]
            found[tag["name"]] = [
                (cut(picture(sheet), rect), frame["duration"]) for rect, frame in zip(rects, span, strict=True)
            ]
        same(found, acts)


def test_the_file_of_aseprites_own(exported) -> None:
    sheet, acts = exported
    path = sheet.with_suffix(".aseprite")
    found: dict[str, Act] = {}
    for frame in read_aseprite(path.read_bytes(), str(path), 4096, 2**25):
        found.setdefault(frame.tag, []).append((frame.pixels, frame.duration))
    same(found, acts)


def test_godots_sprite_frames(exported) -> None:
    """A frame lasts its duration divided by the animation's speed (AnimatedSprite2D)."""
    sheet, acts = exported
    for suffix in (".tres", ".sprites.tres"):
        text = sheet.with_suffix(suffix).read_text()
        textures = re.findall(r'"AtlasTexture" id="(s\d+)"\].*?Rect2\((.*?)\)', text, re.S)
        regions = {key: [int(n) for n in numbers.split(", ")] for key, numbers in textures}
        animations = re.findall(r'"frames": \[(.*?)\],\n"loop": true,\n"name": &"(.*?)",\n"speed": (\S+)', text, re.S)
        found = {}
        for frames, name, speed in animations:
            each = re.findall(r'"duration": ([\d.]+),\n"texture": SubResource\("(s\d+)"\)', frames)
            found[name] = [
                (cut(picture(sheet), regions[key]), round(1000 * float(ms) / float(speed))) for ms, key in each
            ]
        same(found, acts)


def test_tileds_tilesets(exported) -> None:
    sheet, acts = exported
    root = ElementTree.parse(sheet.with_suffix(".tsx")).getroot()
    side, spacing, margin, columns = (int(root.get(key, "0")) for key in ("tilewidth", "spacing", "margin", "columns"))

    def tile(index: int) -> Pixels:
        row, column = divmod(index, columns)
        return cut(picture(sheet), [margin + column * (side + spacing), margin + row * (side + spacing), side, side])

    by_xml = [
        [(tile(int(frame.get("tileid", ""))), int(frame.get("duration", ""))) for frame in frames]
        for frames in root.iter("animation")
    ]
    by_json = [
        [(tile(frame["tileid"]), frame["duration"]) for frame in told["animation"]]
        for told in json.loads(sheet.with_suffix(".tsj").read_text())["tiles"]
        if "animation" in told
    ]
    for found in (by_xml, by_json):
        same(dict(zip(acts, found, strict=True)), acts)


def test_a_style_sheet(exported) -> None:
    sheet, acts = exported
    text = sheet.with_suffix(".css").read_text()
    found = {}
    for tag in acts:
        total = int(re.search(rf"animation: {tag} (\d+)ms step-end infinite", text).group(1))
        block = re.search(rf"@keyframes {tag} {{\n(.*?)\n}}", text, re.S).group(1)
        steps = [(float(a), -int(x), -int(y)) for a, x, y in re.findall(r"([\d.]+)% .*?: (-?\d+)px (-?\d+)px", block)]
        ends = [step[0] for step in steps[1:]] + [100.0]
        found[tag] = [
            (cut(picture(sheet), [x, y, 16, 16]), round((end - begin) * total / 100))
            for (begin, x, y), end in zip(steps, ends, strict=True)
        ]
    same(found, acts)


def test_defold_plays_an_act_at_its_mean_pace(exported) -> None:
    sheet, acts = exported
    text = sheet.with_suffix(".tilesource").read_text() if sheet.with_suffix(".tilesource").exists() else ""
    told = {
        name: (int(last) - int(first) + 1, int(fps))
        for name, first, last, fps in re.findall(
            r'id: "(.*?)"\n  start_tile: (\d+)\n  end_tile: (\d+)\n  playback: \S+\n  fps: (\d+)', text
        )
    }
    for tag, act in acts.items():
        if tag in told:  # frames that do not follow one another cannot be told
            assert told[tag] == (len(act), round(1000 * len(act) / sum(ms for _, ms in act)))
