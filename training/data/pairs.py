"""Pairs of frames of one figure, as a labels.csv tells them: the frame at rest, and the one that follows."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from pixelforge.errors import DatasetError
from pixelforge.files import read_at_most
from pixelforge.imaging.pixels import Pixels, read_sprite
from training.data.labels import LABELS, MAX_LABELS_BYTES
from training.data.naming import figure_of
from training.data.table import read_table

FIRST, SECOND = "idle", "idle2"  # in the column `frame`
NEEDED = ("file", "frame")


@dataclass(frozen=True, eq=False)
class FramePairs:
    """Frames that follow each other."""

    first: Pixels  # (N, S, S, 4)
    second: Pixels  # (N, S, S, 4)
    groups: tuple[str, ...]  # equal for the pairs of one figure
    styles: tuple[str, ...]  # "" where none is told

    def __len__(self) -> int:
        return len(self.first)

    def subset(self, chosen: NDArray[np.bool_]) -> FramePairs:
        """Those of the pairs, (N,)."""
        groups, styles = np.array(self.groups, object), np.array(self.styles, object)
        return FramePairs(self.first[chosen], self.second[chosen], tuple(groups[chosen]), tuple(styles[chosen]))


def read_pairs(source: Path, side: int = 16) -> FramePairs:
    """The pairs in a folder with a labels.csv, whose column `frame` says idle and idle2, of side x side pixels.

    A pair has one pack, one group and one name but for the number at its end. Pictures of other sizes, and pairs
    whose frames are the same, are passed over. Raises DatasetError that names the file and says what is wrong.
    """
    path = source / LABELS
    if not path.is_file():
        raise DatasetError(f"{source} has no {LABELS} that tells which pictures are frames of which figure.")
    found: dict[tuple[str, str], dict[str, dict[str, str]]] = {}
    for row in _rows(path):
        name = PurePosixPath(row["file"])
        figure = posixpath.join(row.get("pack", ""), name.parent.as_posix(), figure_of(name.stem))
        found.setdefault((row.get("group", ""), figure), {})[row["frame"]] = row
    pairs = [_read(source, rows) for rows in found.values() if FIRST in rows and SECOND in rows]
    used = [pair for pair in pairs if pair[0].shape == pair[1].shape == (side, side, 4) and (pair[0] != pair[1]).any()]
    if not used:
        raise DatasetError(f"{path} tells of no two frames {FIRST!r} and {SECOND!r}, {side} x {side}, that differ.")
    first, second, groups, styles = zip(*used, strict=True)
    return FramePairs(np.stack(first), np.stack(second), groups, styles)


def split_pairs(pairs: FramePairs, fraction: float, seed: int) -> tuple[FramePairs, FramePairs]:
    """(training part, held-out part): whole groups are drawn while less than `fraction` of the pairs is out."""
    groups = sorted(set(pairs.groups))
    np.random.RandomState(seed).shuffle(groups)
    sizes = np.cumsum([pairs.groups.count(group) for group in groups])
    out = set(groups[: int(np.searchsorted(sizes, fraction * len(pairs)))])
    held = np.array([group in out for group in pairs.groups], np.bool_)
    return pairs.subset(~held), pairs.subset(held)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    table = read_table(read_at_most(path, MAX_LABELS_BYTES, DatasetError), str(path))
    _, header = next(table, (1, []))
    names = [cell.strip().lower() for cell in header]
    if missing := [name for name in NEEDED if name not in names]:
        raise DatasetError(f"{path} has no column {missing[0]!r}.")
    for _, cells in table:
        row = dict(zip(names, (cell.strip() for cell in cells), strict=False))
        if row.get("file") and row.get("frame") and row.get("ok") != "0":
            yield row


def _read(source: Path, rows: dict[str, dict[str, str]]) -> tuple[Pixels, Pixels, str, str]:
    first, second = (read_sprite(_inside(source, rows[frame])) for frame in (FIRST, SECOND))
    row = rows[FIRST]
    group = row.get("group") or figure_of(PurePosixPath(row["file"]).with_suffix("").as_posix())
    return first, second, posixpath.join(row.get("pack", ""), group), row.get("style", "")


def _inside(source: Path, row: dict[str, str]) -> Path:
    path = source / row.get("pack", "") / row["file"]
    if not path.resolve().is_relative_to(source.resolve()):
        raise DatasetError(f"{source / LABELS} names {row['file']!r}, which leads out of the folder.")
    return path
