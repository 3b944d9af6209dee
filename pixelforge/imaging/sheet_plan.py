"""Where every sprite of a sheet lies; without pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pixelforge.errors import OutputError, RequestError
from pixelforge.hex_colours import Colour

MAX_SCALE = 16
MAX_COLUMNS = 1024
MAX_SPACE = 64  # pixels of padding and margin
MAX_EXTRUDE = 8
MAX_SIDE = 32_768  # pixels of a sheet; engines stop at half of it


@dataclass(frozen=True)
class SheetOptions:
    """How a sheet is laid out. Lengths are in the sprites' own pixels, before scaling. Raises RequestError."""

    columns: int | None = None  # None: the most nearly square grid
    padding: int = 0  # between two sprites
    scale: int = 1  # 1 to 16, by nearest neighbour
    margin: int = 0  # around the whole
    extrude: int = 0  # how often a sprite's border is repeated outwards, so that filtering never reaches a neighbour
    class_rows: bool = False  # every class begins a row
    power_of_two: bool = False  # width and height are rounded up, with nothing in the rest
    background: Colour | None = None  # None: transparent

    def __post_init__(self) -> None:
        for name, value, least, most in (
            ("columns", 1 if self.columns is None else self.columns, 1, MAX_COLUMNS),
            ("padding", self.padding, 0, MAX_SPACE),
            ("scale", self.scale, 1, MAX_SCALE),
            ("margin", self.margin, 0, MAX_SPACE),
            ("extrude", self.extrude, 0, MAX_EXTRUDE),
        ):
            if not least <= value <= most:
                raise RequestError(f"The sheet's {name} must be {least} to {most}, not {value}.")


@dataclass(frozen=True)
class Cell:
    """A sprite's place, in pixels of the finished sheet."""

    x: int
    y: int
    width: int
    height: int
    column: int
    row: int


@dataclass(frozen=True)
class SheetPlan:
    """A sheet's size and places, in pixels of the finished sheet. Its cells form a regular grid of squares."""

    width: int
    height: int
    cells: tuple[Cell, ...]
    side: int  # of a cell
    margin: int  # from the sheet's edge to the first cell: margin and extrusion
    spacing: int  # from a cell to the next: padding and both extrusions


def grid_columns(count: int) -> int:
    """Columns of the most nearly square grid that is not taller than wide."""
    return max(1, math.ceil(math.sqrt(count)))


def plan_sheet(sizes: Sequence[tuple[int, int]], classes: Sequence[str], options: SheetOptions) -> SheetPlan:
    """Places for sprites of these (height, width) and classes, at least one.

    A cell is as large as the largest sprite; a smaller one lies in its top left corner. Raises OutputError for a sheet
    that is too large.
    """
    places, columns, rows = _places(classes, options)
    side, scale = max(max(size) for size in sizes), options.scale
    first, spacing = options.margin + options.extrude, options.padding + 2 * options.extrude
    width, height = (scale * (2 * first + n * side + (n - 1) * spacing) for n in (columns, rows))
    if options.power_of_two:
        width, height, first = _rounded_up((width, height), rows, first, spacing, side + spacing, scale)
    if max(width, height) > MAX_SIDE:
        raise OutputError(
            f"The sheet would be {width} x {height} pixels: at most {MAX_SIDE}. Scale it less, or split it."
        )
    pitch = side + spacing
    cells = [
        Cell(scale * (first + column * pitch), scale * (first + row * pitch), scale * w, scale * h, column, row)
        for (column, row), (h, w) in zip(places, sizes, strict=True)
    ]
    return SheetPlan(width, height, tuple(cells), scale * side, scale * first, scale * spacing)


def _rounded_up(
    needed: tuple[int, int], rows: int, first: int, spacing: int, pitch: int, scale: int
) -> tuple[int, int, int]:
    """Width and height as powers of two, and how far from the edges the first cell is then.

    Tiled and Phaser count the columns of such a sheet in two ways, and where they differ Phaser shows wrong tiles.
    There the cells move on into the rest; where it has no room for that, the sheet is doubled.
    """
    width, height = (1 << (n - 1).bit_length() for n in needed)
    for wide, high in ((width, height), (2 * width, height), (2 * width, 2 * height)):
        room = min(wide - needed[0], high - needed[1]) // scale
        for moved in range(first, first + room + 1):
            lengths = scale * moved, scale * spacing, scale * pitch
            if _counted_alike(wide, *lengths) and _phaser_counts(high, *lengths) >= rows + moved // pitch:
                return wide, high, moved
    return width, height, first  # a single column, far from the edge


def _counted_alike(width: int, first: int, spacing: int, pitch: int) -> bool:
    """Whether Tiled's Tileset::columnCountForWidth and Phaser's Tileset.updateTileData count as many columns.

    Both are told of a margin that is shorter than a column (`imaging.atlas.tiled`).
    """
    return (width - first % pitch + spacing) // pitch == _phaser_counts(width, first, spacing, pitch)


def _phaser_counts(length: int, first: int, spacing: int, pitch: int) -> int:
    """Columns in a width, or rows in a height, as Phaser counts them."""
    return (length - 2 * (first % pitch) + spacing) // pitch


def _places(classes: Sequence[str], options: SheetOptions) -> tuple[list[tuple[int, int]], int, int]:
    """Column and row of each sprite, and how many of either there are."""
    if not options.class_rows:
        columns = options.columns or grid_columns(len(classes))
        return [(i % columns, i // columns) for i in range(len(classes))], columns, -(-len(classes) // columns)
    counts = {name: classes.count(name) for name in dict.fromkeys(classes)}
    columns = options.columns or grid_columns(max(counts.values()))
    first_row, rows = {}, 0
    for name, count in counts.items():
        first_row[name] = rows
        rows += -(-count // columns)
    seen = dict.fromkeys(counts, 0)
    places = []
    for name in classes:
        places.append((seen[name] % columns, first_row[name] + seen[name] // columns))
        seen[name] += 1
    return places, columns, rows
