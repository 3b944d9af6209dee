"""Sprite sheets cut into sprites."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pixelforge.errors import DatasetError, OutputError, Remedy, RequestError
from pixelforge.files import check_writable, is_there, sync_folders
from pixelforge.imaging.pixels import Pixels, read_sprite
from pixelforge.imaging.png import write_png
from training.data.cleaning import clear_background

MAX_TILE = 512


@dataclass(frozen=True)
class Grid:
    """Where the tiles of a sheet lie, in pixels. Raises RequestError."""

    tile: int  # side of a tile
    margin: int = 0  # around all of them
    spacing: int = 0  # between two of them

    def __post_init__(self) -> None:
        if not 1 <= self.tile <= MAX_TILE:
            raise RequestError(f"A tile has 1 to {MAX_TILE} pixels a side, not {self.tile}.")
        if self.margin < 0 or self.spacing < 0:
            raise RequestError("Margin and spacing cannot be negative.")

    def corners(self, width: int, height: int) -> list[tuple[int, int]]:
        """Top left corners (x, y) of the whole tiles in a sheet, row by row."""
        pitch = self.tile + self.spacing
        across, down = (range(self.margin, length - self.tile + 1, pitch) for length in (width, height))
        return [(x, y) for y in down for x in across]

    def places(self, width: int, height: int) -> dict[tuple[int, int], tuple[int, int]]:
        """Top left corner (x, y) of each whole tile by its (row, column)."""
        corners = self.corners(width, height)
        columns = max(1, len({x for x, _ in corners}))
        return {divmod(index, columns): corner for index, corner in enumerate(corners)}

    def left_over(self, width: int, height: int) -> tuple[int, int]:
        """Pixels at the right and at the bottom of a sheet that are neither tile nor margin."""
        pitch = self.tile + self.spacing
        right, bottom = (max(0, length - 2 * self.margin + self.spacing) for length in (width, height))
        return right % pitch, bottom % pitch


@dataclass(frozen=True, eq=False)
class Tile:
    """A tile of a sheet."""

    row: int
    column: int
    pixels: Pixels


@dataclass(frozen=True, eq=False)
class Slices:
    """What a sheet gives, before it is written."""

    tiles: Mapping[Path, Pixels]  # by the file of each
    empty: int
    duplicates: int
    left_over: tuple[int, int]  # pixels at the right and at the bottom that belong to no tile


@dataclass(frozen=True)
class Sliced:
    """What came of a sheet."""

    files: tuple[Path, ...]
    empty: int
    duplicates: int
    left_over: tuple[int, int]  # pixels at the right and at the bottom that belong to no tile


def tiles_of(sheet: Pixels, grid: Grid) -> Iterator[Tile]:
    """Every tile of a sheet (H, W, 4), the empty ones and repeated ones too."""
    height, width = sheet.shape[:2]
    for (row, column), (x, y) in grid.places(width, height).items():
        yield Tile(row, column, np.ascontiguousarray(sheet[y : y + grid.tile, x : x + grid.tile]))


def unwanted_tiles(
    sheet: Pixels, grid: Grid, leave_out: frozenset[tuple[int, int]] = frozenset()
) -> dict[tuple[int, int], bool]:
    """(row, column) of the tiles that hold nothing (True), or the same as one before that is not left out (False)."""
    seen: set[bytes] = set()
    unwanted: dict[tuple[int, int], bool] = {}
    for tile in tiles_of(sheet, grid):
        content = tile.pixels.tobytes()
        if (tile.row, tile.column) in leave_out:
            continue
        if is_empty(tile.pixels) or content in seen:
            unwanted[tile.row, tile.column] = is_empty(tile.pixels)
        seen.add(content)
    return unwanted


def slice_sheet(
    path: Path,
    grid: Grid,
    folder: Path,
    keep_background: bool = False,
    leave_out: frozenset[tuple[int, int]] = frozenset(),
    force: bool = False,
) -> Sliced:
    """Write a sheet's tiles into a class folder, named by sheet, row and column.

    Empty tiles are skipped and equal ones written once. leave_out: (row, column) of tiles that are not wanted. Raises
    DatasetError if nothing is left, or OutputError, also if a file is there already and `force` is not given.
    """
    slices = find_slices(path, grid, folder, keep_background, leave_out)
    written = tuple(write_slices(slices.tiles, force))
    return Sliced(written, slices.empty, slices.duplicates, slices.left_over)


def find_slices(
    path: Path,
    grid: Grid,
    folder: Path,
    keep_background: bool = False,
    leave_out: frozenset[tuple[int, int]] = frozenset(),
) -> Slices:
    """What `slice_sheet` writes. Raises DatasetError if nothing is left."""
    sheet = read_sprite(path)
    if not keep_background:
        sheet = clear_background(sheet)
    unwanted = unwanted_tiles(sheet, grid, leave_out)
    wanted = {
        folder / f"{path.stem}_r{tile.row:02}c{tile.column:02}.png": tile.pixels
        for tile in tiles_of(sheet, grid)
        if (tile.row, tile.column) not in leave_out | unwanted.keys()
    }
    if not wanted:
        raise DatasetError(f"{path} has no tile of {grid.tile} pixels that holds something.")
    empty = sum(unwanted.values())
    return Slices(wanted, empty, len(unwanted) - empty, grid.left_over(sheet.shape[1], sheet.shape[0]))


def write_slices(tiles: Mapping[Path, Pixels], force: bool = False) -> Iterator[Path]:
    """Write tiles, by their files; each file as soon as it is written.

    Raises OutputError, before any is written if one is there already and `force` is not given.
    """
    there = next((file for file in tiles if is_there(file)), None)
    if there is not None and not force:
        raise OutputError(f"{there} is there already.", Remedy.REPLACE, Remedy.OTHER_FOLDER)
    for folder in {file.parent for file in tiles}:
        check_writable(folder)
    try:
        for file, content in tiles.items():
            write_png(file, content)
            yield file
    finally:
        sync_folders(tiles)


def is_empty(pixels: Pixels) -> bool:
    """Whether there is nothing on a tile: all transparent, or all of one colour."""
    return bool((pixels == pixels[0, 0]).all())
