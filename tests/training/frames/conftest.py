from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from pixelforge.imaging.pixels import Pixels
from pixelforge.imaging.png import write_png

SIDE = 8


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


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "data", figures(12))
