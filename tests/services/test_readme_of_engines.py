"""What the README says of engines, by the rules of their readers: each stands here in words, with its source."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pixelforge.imaging.atlas import ATLAS_FORMATS
from pixelforge.services.export import ExportOptions, export_sprites
from tests.made import made

README = Path(__file__).parents[2] / "README.md"


def engine_rows() -> dict[str, set[str]]:
    """The formats that the README's table of engines names, by the engines that it names them for."""
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", README.read_text(), re.M)
    known = {format_.name for format_ in ATLAS_FORMATS}
    return {row[0]: known & set(re.findall(r"[\w-]+", " ".join(re.findall("`([^`]+)`", row[1])))) for row in rows}


def takes_a_list(content: dict) -> bool:
    """kaplay, src/assets/aseprite.ts, loadAseprite, maps over `frames`; LÖVE's peachy finds no frame in an object."""
    return isinstance(content["frames"], list)


def takes_a_hash(content: dict) -> bool:
    """Phaser, AnimationManager.js, createFromAseprite, and Flame, sprite_animation.dart, fromAsepriteData: by key."""
    return isinstance(content["frames"], dict) and list(content["frames"]) == [str(i) for i in range(2)]


@pytest.mark.parametrize(
    ("engine", "format_", "takes"),
    [
        ("kaplay, LÖVE (peachy)", "aseprite-array", takes_a_list),
        ("Phaser 3, 4", "aseprite", takes_a_hash),
        ("Excalibur, melonJS, Flame", "aseprite", takes_a_hash),
    ],
)
def test_the_readme_gives_each_engine_the_shape_that_it_takes(tmp_path, engine, format_, takes) -> None:
    assert format_ in engine_rows()[engine]
    _, file = export_sprites(tmp_path / "sheet.png", [made(1), made(2)], ExportOptions(formats=(format_,)))
    assert takes(json.loads(file.read_text()))


def test_the_readme_has_an_engine_for_every_format() -> None:
    assert set().union(*engine_rows().values()) == {format_.name for format_ in ATLAS_FORMATS}
