"""Names inside of data - classes, sprites, models - lead nowhere but into the folder that the user named."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pixelforge.core.checkpoint import load_checkpoint, save_checkpoint
from pixelforge.imaging.atlas import ATLAS_FORMATS
from pixelforge.services.export import ExportOptions, export_files, export_sprites
from pixelforge.services.sprites import read_sheet
from tests.conftest import RunCommand
from tests.made import made

EVIL = ("../../evil", "/tmp/pixelforge-evil", "..", "a\\..\\..\\evil", "C:evil", "~/evil", "file:///evil", "\0evil")
ALL = ExportOptions(formats=tuple(format_.name for format_ in ATLAS_FORMATS), names="{class}/../{index}")


def outside(folder: Path) -> set[Path]:
    """All that stands around a folder."""
    return {path for path in folder.parent.rglob("*") if not path.is_relative_to(folder)}


@pytest.fixture
def inside(tmp_path: Path) -> Path:
    folder = tmp_path / "a" / "b" / "inside"
    folder.mkdir(parents=True)
    return folder


def test_a_models_classes_stay_in_the_folder(command: RunCommand, model: Path, inside: Path) -> None:
    checkpoint = load_checkpoint(model)
    evil = inside.parent / "evil.safetensors"
    names = EVIL[: checkpoint.header.model.num_classes]
    save_checkpoint(evil, replace(checkpoint.header, class_names=names), checkpoint.network.state_dict())
    before = outside(inside)
    code, _, err = command(
        *("generate", "--model", evil, "--device", "cpu", "--steps", 1, "--class", "all", "--count", 6, "--out", inside)
    )
    assert (code, outside(inside)) == (0, before), err
    assert len([path for path in inside.rglob("*.png") if path.resolve().is_relative_to(inside.resolve())]) == 6
    assert not Path("/tmp/pixelforge-evil").exists()


@pytest.mark.parametrize("name", EVIL)
def test_a_sprites_name_stays_in_the_folder(inside: Path, name: str) -> None:
    sprites = [made(seed, name, model=name) for seed in (1, 2)]
    before = outside(inside)
    export_sprites(inside / "sheet.png", sprites, ALL)
    export_files(inside, sprites, ExportOptions(names="{class}_{model}_{index}"))
    assert outside(inside) == before
    folders = [inside / f"sheet{format_.suffix}" for format_ in ATLAS_FORMATS if format_.is_folder]
    assert all(path.parent in (inside, *folders) for path in inside.rglob("*"))
    assert json.loads((inside / "sheet.json").read_text())["meta"]["image"] == "sheet.png"
    assert [e.get("source") for e in ElementTree.parse(inside / "sheet.tsx").iter("image")] == ["sheet.png"]
    assert [sprite.class_name for sprite in read_sheet(inside / "sheet.png")] == [name, name]
