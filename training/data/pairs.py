"""Pairs of frames of one figure, as a labels.csv tells them: the frame at rest, and one that follows."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from pixelforge.errors import DatasetError
from pixelforge.files import read_at_most
from pixelforge.imaging.pixels import MAX_BYTES, Pixels, decode_picture, picture_size
from training.data.followings import LEARNT, NextFrame
from training.data.labels import LABELS, MAX_LABELS_BYTES
from training.data.naming import figure_of
from training.data.table import read_table

NEEDED = ("file", "frame")
Row = dict[str, str]


@dataclass(frozen=True, eq=False)
class FramePairs:
    """Frames that follow each other in an action."""

    action: str  # of `training.data.followings.LEARNT`
    first: Pixels  # (N, S, S, 4)
    second: Pixels  # (N, S, S, 4)
    rows: NDArray[np.int64]  # (N,), indices of the action's names
    groups: tuple[str, ...]  # equal for the pairs of one figure
    styles: tuple[str, ...]  # "" where none is told

    def __len__(self) -> int:
        return len(self.first)

    def subset(self, chosen: NDArray[np.bool_]) -> FramePairs:
        """Those of the pairs, (N,)."""
        groups, styles = np.array(self.groups, object), np.array(self.styles, object)
        return FramePairs(
            self.action,
            self.first[chosen],
            self.second[chosen],
            self.rows[chosen],
            tuple(groups[chosen]),
            tuple(styles[chosen]),
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the classes."""
        return LEARNT[self.action].names


def read_pairs(source: Path, side: int = 16, action: str = "idle") -> FramePairs:
    """The pairs of an action in a folder with a labels.csv, whose column `frame` names them, of side x side pixels.

    A pair has one pack, one group and one name but for the number at its end. Pictures of other sizes, and pairs
    whose frames are the same, are passed over. Raises DatasetError that names the file and says what is wrong.
    """
    path, learnt = source / LABELS, LEARNT[action]
    if not path.is_file():
        raise DatasetError(f"{source} has no {LABELS} that tells which pictures are frames of which figure.")
    found: dict[tuple[str, str], dict[str, Row]] = {}
    for row in _rows(path):
        name = PurePosixPath(row["file"])
        figure = posixpath.join(row.get("pack", ""), name.parent.as_posix(), figure_of(name.stem))
        found.setdefault((row.get("group", ""), figure), {})[row["frame"]] = row
    pairs = [
        (learnt.names.index(following.name), *read)
        for rows in found.values()
        for following in learnt.followings
        if _has(rows, following) and (read := _read(source, following, rows, side)) is not None
    ]
    used = [pair for pair in pairs if (pair[1] != pair[2]).any()]
    if not used:
        frames = " or ".join(dict.fromkeys(f"{one.first!r} and {one.second!r}" for one in learnt.followings))
        raise DatasetError(f"{path} tells of no two frames {frames}, {side} x {side}, that differ.")
    numbers, first, second, groups, styles = zip(*used, strict=True)
    return FramePairs(action, np.stack(first), np.stack(second), np.array(numbers, np.int64), groups, styles)


def split_pairs(pairs: FramePairs, fraction: float, seed: int) -> tuple[FramePairs, FramePairs]:
    """(training part, held-out part): whole groups are drawn while less than `fraction` of the pairs is out."""
    groups = sorted(set(pairs.groups))
    np.random.RandomState(seed).shuffle(groups)
    sizes = np.cumsum([pairs.groups.count(group) for group in groups])
    out = set(groups[: int(np.searchsorted(sizes, fraction * len(pairs)))])
    held = np.array([group in out for group in pairs.groups], np.bool_)
    return pairs.subset(~held), pairs.subset(held)


def _has(rows: dict[str, Row], following: NextFrame) -> bool:
    """Whether both frames are among a figure's, and it looks that way."""
    if following.first not in rows or following.second not in rows:
        return False
    return following.facing in ("", rows[following.first].get("facing", ""))


def _rows(path: Path) -> Iterator[Row]:
    table = read_table(read_at_most(path, MAX_LABELS_BYTES, DatasetError), str(path))
    _, header = next(table, (1, []))
    names = [cell.strip().lower() for cell in header]
    if missing := [name for name in NEEDED if name not in names]:
        raise DatasetError(f"{path} has no column {missing[0]!r}.")
    for _, cells in table:
        row = dict(zip(names, (cell.strip() for cell in cells), strict=False))
        if row.get("file") and row.get("frame") and row.get("ok") != "0":
            yield row


def _read(
    source: Path, following: NextFrame, rows: dict[str, Row], side: int
) -> tuple[Pixels, Pixels, str, str] | None:
    """None where one of the two has another size."""
    row = rows[following.first]
    first, second = (_frame(_inside(source, one), side) for one in (row, rows[following.second]))
    if first is None or second is None:
        return None
    if following.mirrored:
        first, second = first[:, ::-1], second[:, ::-1]
    group = row.get("group") or figure_of(PurePosixPath(row["file"]).with_suffix("").as_posix())
    return first, second, posixpath.join(row.get("pack", ""), group), row.get("style", "")


def _frame(path: Path, side: int) -> Pixels | None:
    """A picture; None for one of another size, of which no more is read: thousands of rows can name a large one."""
    data = read_at_most(path, MAX_BYTES, DatasetError)
    return decode_picture(data, str(path))[0] if picture_size(data, str(path)) == (side, side) else None


def _inside(source: Path, row: Row) -> Path:
    path = source / row.get("pack", "") / row["file"]
    if not path.resolve().is_relative_to(source.resolve()):
        raise DatasetError(f"{source / LABELS} names {row['file']!r}, which leads out of the folder.")
    return path
