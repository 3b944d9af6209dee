from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from pixelforge.imaging.pixels import Pixels
from pixelforge.imaging.png import write_png

SIDE = 8
MOVES = {"walk_down": (1, 1), "walk_left": (0, -1), "walk_left_2": (1, 0)}  # rows and columns, of the walks below


def figures(count: int, seed: int = 0) -> list[tuple[Pixels, Pixels]]:
    """Random figures in four rows above an empty last one, and the same a pixel lower."""
    rng, pairs = np.random.default_rng(seed), []
    for _ in range(count):
        first = np.zeros((SIDE, SIDE, 4), np.uint8)
        colours = rng.integers(1, 256, (3, 4), dtype=np.uint8)
        colours[:, 3] = 255
        first[2:6, 2:6] = colours[rng.integers(0, 3, (4, 4))]
        pairs.append((first, np.roll(first, 1, axis=0)))
    return pairs


def write_pack(folder: Path, pairs: Sequence[tuple[Pixels, Pixels]], more: Sequence[str] = ()) -> Path:
    """A folder of pairs with a labels.csv. more: further lines of that."""
    lines = ["pack,file,group,style,frame,ok"]
    for index, pair in enumerate(pairs):
        for number, (frame, picture) in enumerate(zip(("idle", "idle2"), pair, strict=True)):
            name = f"beasts/beast_{index}_f{number}.png"
            (folder / "pack" / "beasts").mkdir(parents=True, exist_ok=True)
            write_png(folder / "pack" / name, picture)
            lines.append(f"pack,{name},beast_{index},ink,{frame},1")
    (folder / "labels.csv").write_text("\n".join([*lines, *more]) + "\n")
    return folder


def write_walks(folder: Path, count: int) -> Path:
    """A folder of figures, 16 x 16, seen from the front and from both sides, who walk as MOVES says."""
    lines = ["file,group,frame,facing"]
    for index, (still, _) in enumerate(figures(count)):
        standing = np.pad(still, ((4, 4), (4, 4), (0, 0)))
        left = [standing, *(np.roll(standing, MOVES[name], (0, 1)) for name in ("walk_left", "walk_left_2"))]
        step = np.roll(standing, MOVES["walk_down"], (0, 1))
        other = np.roll(standing, (MOVES["walk_down"][0], -MOVES["walk_down"][1]), (0, 1))
        seen = {"down": [standing, step, other], "left": left, "right": [picture[:, ::-1] for picture in left]}
        for facing, pictures in seen.items():
            for number, picture in zip((1, 2, 4), pictures, strict=True):
                name = f"beasts/beast_{index}_{facing}_f{number}.png"
                (folder / "beasts").mkdir(parents=True, exist_ok=True)
                write_png(folder / name, np.ascontiguousarray(picture))
                lines.append(f"{name},beast_{index},walk{number},{facing}")
    (folder / "labels.csv").write_text("\n".join(lines) + "\n")
    return folder


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "data", figures(12))
