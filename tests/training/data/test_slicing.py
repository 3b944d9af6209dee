"""Sheets cut into sprites, and the report on a data set."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pixelforge.errors import DatasetError, OutputError, RequestError
from pixelforge.imaging.pixels import read_sprite
from tests.training.conftest import COLOURS, blob, write_sprite
from training.data.report import report_lines, report_on
from training.data.slicing import Grid, find_slices, slice_sheet, tiles_of, write_slices
from training.data.sprites import load_sprites


def sheet(grid: Grid, columns: int, rows: int) -> tuple[np.ndarray, list[np.ndarray]]:
    """A sheet of different sprites, and the sprites."""
    rng = np.random.default_rng(0)
    sprites = [blob(rng, grid.tile) for _ in range(columns * rows)]
    side = 2 * grid.margin - grid.spacing
    pitch = grid.tile + grid.spacing
    pixels = np.zeros((side + rows * pitch, side + columns * pitch, 4), np.uint8)
    for index, sprite in enumerate(sprites):
        y, x = grid.margin + index // columns * pitch, grid.margin + index % columns * pitch
        pixels[y : y + grid.tile, x : x + grid.tile] = sprite
    return pixels, sprites


@given(st.builds(Grid, st.integers(4, 12), st.integers(0, 3), st.integers(0, 3)), st.integers(1, 5), st.integers(1, 4))
def test_tiles_lie_where_the_grid_says(grid: Grid, columns: int, rows: int) -> None:
    pixels, sprites = sheet(grid, columns, rows)
    tiles = list(tiles_of(pixels, grid))
    assert [(tile.row, tile.column) for tile in tiles] == [(r, c) for r in range(rows) for c in range(columns)]
    np.testing.assert_array_equal([tile.pixels for tile in tiles], sprites)


def test_a_sheet_becomes_a_class_folder(tmp_path: Path) -> None:
    grid = Grid(8, margin=2, spacing=1)
    pixels, sprites = sheet(grid, 4, 2)
    pixels[2:10, 11:19] = 0  # an empty tile
    pixels[2:10, 20:28] = sprites[0]  # and a repeated one
    Image.fromarray(pixels).save(tmp_path / "pack.png")
    done = slice_sheet(tmp_path / "pack.png", grid, tmp_path / "set" / "beasts", leave_out=frozenset({(1, 3)}))
    assert (len(done.files), done.empty, done.duplicates) == (5, 1, 1)
    assert done.files[0].name == "pack_r00c00.png"
    data = load_sprites(tmp_path / "set", 8)
    assert data.counts() == {"beasts": 5}
    np.testing.assert_array_equal(data.sprites, [sprites[i] for i in (0, 3, 4, 5, 6)])


def test_a_flat_ground_of_a_sheet_is_cleared_or_kept(tmp_path: Path) -> None:
    pixels, sprites = sheet(Grid(8, 1, 1), 3, 1)
    pixels[pixels[..., 3] == 0] = (255, 0, 255, 255)
    Image.fromarray(pixels).save(tmp_path / "s.png")
    for keep in (False, True):
        files = slice_sheet(tmp_path / "s.png", Grid(8, 1, 1), tmp_path / str(keep), keep).files
        first = read_sprite(files[0])
        np.testing.assert_array_equal(first[..., 3] > 0, True if keep else sprites[0][..., 3] > 0)


def test_sheets_that_hold_nothing(tmp_path: Path) -> None:
    Image.new("RGBA", (64, 64)).save(tmp_path / "empty.png")
    for grid in (Grid(16), Grid(100)):
        with pytest.raises(DatasetError, match=r"empty\.png has no tile"):
            slice_sheet(tmp_path / "empty.png", grid, tmp_path / "out")
    with pytest.raises(DatasetError, match="cannot be read"):
        slice_sheet(tmp_path / "none.png", Grid(16), tmp_path / "out")
    with pytest.raises(RequestError):
        Grid(0)
    with pytest.raises(RequestError):
        Grid(8, -1)


def test_the_report(folder: Path, tmp_path: Path) -> None:
    (folder / "tools" / "broken.png").write_bytes(b"no")
    copy = folder / "tools" / "zz_copy.png"
    copy.write_bytes((folder / "tools" / "tool_03.png").read_bytes())
    speck = np.zeros((8, 8, 4), np.uint8)
    speck[0, 0] = (*COLOURS[0], 255)
    write_sprite(folder / "tools" / "speck.png", speck)
    big = blob(np.random.default_rng(77))
    write_sprite(folder / "tools" / "big.png", big.repeat(3, 0).repeat(3, 1))
    write_sprite(folder / "tools" / "full.png", np.full((8, 8, 4), (*COLOURS[1], 255), np.uint8))
    (folder / "tools" / "tool_15.png").unlink()
    report, contact = report_on(folder, 8)
    assert report.classes == {"beasts": 48, "tools": 19}
    assert report.few == ("tools",)
    assert report.sizes == {"8 x 8": 66, "24 x 24": 1}
    assert (report.blown_up, report.resized, report.cleared, report.colours) == (1, 0, 0, 4)
    assert (str(folder / "tools" / "tool_03.png"), str(copy)) in report.duplicates
    assert report.opaque == (str(folder / "tools" / "full.png"),)
    assert report.near_empty == (str(folder / "tools" / "speck.png"),)
    assert len(report.left_out) == 1
    assert "broken.png" in report.left_out[0]
    assert contact.shape == (8 * 6, 8 * 14, 4)
    np.testing.assert_array_equal(contact[32:40, :8], big)
    assert [len(row) for row in report.contact] == [14, 14, 14, 6, 14, 5]
    assert report.contact[4][:2] == ("tools/big.png", "tools/full.png")
    text = "\n".join(report_lines(report))
    for word in ("67 sprites in 2 classes", "tools: 19 (few)", "broken.png", "speck.png", "zz_copy.png", "4 colours"):
        assert word in text


def test_nothing_is_replaced_unasked(command, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Image.fromarray(sheet(Grid(8), 3, 1)[0]).save("s.png")
    cut = ("dataset", "slice", "s.png", "--class", "a", "--tile", 8, "--out", "mine")
    assert command("dataset", "slice", "s.png", "--class", "a", "--tile", 500, "--out", "mine")[0] == 1
    assert not Path("mine").exists()
    assert command(*cut)[0] == 0
    first = Path("mine/a/s_r00c00.png")
    first.write_text("mine")
    assert command(*cut)[0] == 1
    assert first.read_text() == "mine"
    assert command(*cut, "--force")[0] == 0
    Path("c.png").write_text("precious")
    look = ("dataset", "check", "mine", "--size", 8, "--contact-sheet")
    assert command(*look, "c.png")[0] == 1
    assert Path("c.png").read_text() == "precious"
    assert command(*look, "c.txt")[0] == 2
    assert command(*look, "c.png", "--force")[0] == 0
    assert command("sheet", "mine/a/s_r00c00.png", "--out", "bad.gif")[0] == 2


def test_pixels_that_belong_to_no_tile_are_told() -> None:
    assert Grid(16, margin=1, spacing=2).left_over(1 + 3 * 16 + 2 * 2 + 1, 1 + 16 + 1) == (0, 0)
    assert Grid(16, margin=1, spacing=2).left_over(1 + 3 * 16 + 2 * 2 + 1 + 5, 1 + 16 + 1 + 7) == (5, 7)
    assert Grid(8).left_over(20, 16) == (4, 0)


def test_each_tile_is_told_as_it_is_written(tmp_path: Path) -> None:
    Image.fromarray(sheet(Grid(8), 3, 2)[0]).save(tmp_path / "s.png")
    slices = find_slices(tmp_path / "s.png", Grid(8), tmp_path / "mine" / "a")
    assert len(slices.tiles) == 6
    assert not (tmp_path / "mine").exists()
    writing = write_slices(slices.tiles)
    for count in range(1, 7):
        assert next(writing) == list(slices.tiles)[count - 1]
        assert len(list((tmp_path / "mine" / "a").iterdir())) == count
    with pytest.raises(OutputError, match="is there already"):
        next(write_slices(slices.tiles))
