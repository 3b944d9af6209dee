"""`generate --list`: a table becomes a sheet, or a folder, of named sprites."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from tests.conftest import RunCommand
from tests.pointer import write_pointer_model


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "pets.csv"
    path.write_text("class,count,seed,name\ncats,2,70,Tom\ndogs,,,Rex\ncats,,4,\n")
    return path


def test_a_list_becomes_a_folder_of_named_files(generate: RunCommand, table: Path, tmp_path: Path) -> None:
    out = tmp_path / "pets"
    assert generate("--list", table, "--seed", 10, "--out", out)[0] == 0
    assert sorted(path.name for path in out.iterdir()) == ["Rex.png", "Tom_1.png", "Tom_2.png", "cats.png"]
    for name, class_name, seed in (("Tom_2", "cats", 71), ("Rex", "dogs", 12), ("cats", "cats", 4)):
        generate("--class", class_name, "--seed", seed, "--out", tmp_path / "one.png", "--force")
        one, listed = Image.open(tmp_path / "one.png"), Image.open(out / f"{name}.png")
        np.testing.assert_array_equal(np.asarray(one), np.asarray(listed))
        assert one.text["pixelforge"] == listed.text["pixelforge"]
    code, _, err = generate("--list", table, "--out", out)
    assert (code, "are there already" in err) == (1, True)


def test_engine_files_of_a_list_bear_its_names(generate: RunCommand, table: Path, tmp_path: Path) -> None:
    assert generate("--list", table, "--out", tmp_path / "pets.png", "--format", "aseprite-array")[0] == 0
    frames = msgspec.json.decode((tmp_path / "pets.array.json").read_bytes())["frames"]
    assert sorted(frame["filename"] for frame in frames) == ["Rex", "Tom_1", "Tom_2", "cats"]


def test_what_is_told_beside_a_list_fills_its_gaps(command: RunCommand, tmp_path: Path) -> None:
    model = write_pointer_model(tmp_path / "pointer.safetensors")
    (tmp_path / "pets.csv").write_text("kind,colour\nlion,blue\nwolf,\n")
    out = ("--model", model, "--device", "cpu", "--out", tmp_path / "x.png")
    assert command("generate", "--list", tmp_path / "pets.csv", "--colour", "red", *out)[0] == 0
    recipes = msgspec.json.decode(str(Image.open(tmp_path / "x.png").text["pixelforge"]))
    assert [(recipe["kind"], recipe["colour"]) for recipe in recipes] == [("lion", "blue"), ("wolf", "red")]


@pytest.mark.parametrize("others", [("cats",), ("--class", "cats"), ("--count", 3), ("--kind", "lion")])
def test_a_list_alone_says_what_to_make(generate: RunCommand, table: Path, tmp_path: Path, others) -> None:
    code, _, err = generate("--list", table, *others, "--out", tmp_path / "x.png")
    assert (code, "The list says what to make" in err) == (2, True)


def test_a_wrong_list_makes_nothing(generate: RunCommand, table: Path, tmp_path: Path) -> None:
    table.write_text("class,name\ncats,Tom\ncat,Rex\n")
    code, _, err = generate("--list", table, "--out", tmp_path / "pets")
    assert (code, "Line 3: The model knows no class 'cat'; the nearest is cats." in err) == (2, True)
    assert not (tmp_path / "pets").exists()
