"""Sprites that are left out by name, of every kind of source."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pixelforge.errors import DatasetError
from tests.training.conftest import blob, write_sprite
from training.data.leaving import read_names, write_names
from training.data.report import CONTACT_ROWS, report_on
from training.data.sprites import load_sprites


@pytest.fixture
def several(tmp_path: Path) -> Path:
    """Two classes, and a picture of two frames."""
    rng = np.random.default_rng(3)
    folder = tmp_path / "several"
    for name in ("orcs/1.png", "orcs/deep/2.png", "elves/1.png"):
        write_sprite(folder / name, blob(rng))
    frames = [Image.fromarray(blob(rng)) for _ in range(2)]
    frames[0].save(folder / "orcs" / "walk.png", save_all=True, append_images=frames[1:])
    return folder


NAMES = ["elves/1.png", "orcs/1.png", "orcs/deep/2.png", "orcs/walk.png#1", "orcs/walk.png#2"]


def names_in(source: Path) -> list[str]:
    return [name for row in report_on(source, 8)[0].contact for name in row]


def test_the_contact_sheet_tells_the_name_by_which_a_sprite_is_left_out(several: Path) -> None:
    report, sheet = report_on(several, 8)
    whole = load_sprites(several, 8)
    assert [name for row in report.contact for name in row] == NAMES
    for at, name in enumerate(NAMES):
        rest = load_sprites(several, 8, leave_out=[name])
        np.testing.assert_array_equal(rest.sprites, np.delete(whole.sprites, at, axis=0))
        assert "Left out by name: 1 sprite." in rest.warnings
        row, column = next((r, names.index(name)) for r, names in enumerate(report.contact) if name in names)
        np.testing.assert_array_equal(sheet[8 * row : 8 * row + 8, 8 * column : 8 * column + 8], whole.sprites[at])


def test_an_array_holds_all_sprites_of_a_class(command, tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    drawn = [blob(rng) for _ in range(130)]
    for number, pixels in enumerate(drawn):
        write_sprite(tmp_path / "many" / "orcs" / f"{number:03}.png", pixels)
    target = tmp_path / "all.npy"
    status, printed, _ = command(
        "dataset", "check", tmp_path / "many", "--size", 8, "--json", "--contact-sheet", target
    )
    assert status == 0
    rows = json.loads(printed)["contact"]
    assert [name for row in rows for name in row] == [f"orcs/{number:03}.png" for number in range(130)]
    sheet = np.load(target)
    assert sheet.shape == (8 * len(rows), 8 * 14, 4)
    at = 8 * (129 // 14), 8 * (129 % 14)
    np.testing.assert_array_equal(sheet[at[0] : at[0] + 8, at[1] : at[1] + 8], drawn[129])
    assert len(report_on(tmp_path / "many", 8)[0].contact) == CONTACT_ROWS


def test_names_of_an_archive_and_of_arrays(several: Path, tmp_path: Path) -> None:
    archive = tmp_path / "pack.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in sorted(several.rglob("*.png")):
            packed.write(path, path.relative_to(several).as_posix())
    assert names_in(archive) == NAMES
    assert len(load_sprites(archive, 8, leave_out=NAMES[1:4])) == 2
    np.save(tmp_path / "sprites.npy", load_sprites(several, 8).sprites)
    np.save(tmp_path / "sprites_labels.npy", np.array([0, 1, 1, 1, 1]))
    assert names_in(tmp_path / "sprites.npy") == ["0", "1", "2", "3", "4"]
    assert load_sprites(tmp_path / "sprites.npy", 8, leave_out=["0"]).class_names == ("class 2",)


def test_nothing_left_is_said(several: Path) -> None:
    with pytest.raises(DatasetError, match="holds no sprites"):
        load_sprites(several, 8, leave_out=NAMES)


def test_a_list_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "leave-out.txt"
    write_names(path, ["orcs/ä b.png", " x.png", "walk.png#2"])
    assert read_names(path) == ("orcs/ä b.png", " x.png", "walk.png#2")
    path.write_bytes(b"\xef\xbb\xbforcs/1.png\r\n\r\n")  # as Notepad writes it
    assert read_names(path) == ("orcs/1.png",)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DatasetError, match=r"leave-out\.txt is no text in UTF-8"):
        read_names(path)
    with pytest.raises(DatasetError, match="none"):
        read_names(tmp_path / "none")
