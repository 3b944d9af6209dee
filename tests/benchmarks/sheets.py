"""How fast sheets are exported, and with how much memory: `python -m tests.benchmarks.sheets`."""

from __future__ import annotations

import tempfile
import tracemalloc
from pathlib import Path

from pixelforge.imaging.atlas import ATLAS_FORMATS
from pixelforge.services.export import ExportOptions, export_sprites
from tests.benchmarks.machine import best_seconds
from tests.made import made

COUNTS = (256, 1024, 4096)
ROUNDS = 3


def main() -> None:
    options = ExportOptions(formats=tuple(format_.name for format_ in ATLAS_FORMATS))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.png"
        for count in COUNTS:
            sprites = [made(seed, f"class {seed % 6}") for seed in range(count)]
            seconds = best_seconds(lambda sprites=sprites: export_sprites(path, sprites, options), ROUNDS)
            tracemalloc.start()
            export_sprites(path, sprites, options)
            peak = tracemalloc.get_traced_memory()[1] / 2**20
            tracemalloc.stop()
            print(f"{count:5} sprites with {len(ATLAS_FORMATS)} engine files: {seconds:.2f} s, {peak:.0f} MB at most")


if __name__ == "__main__":
    main()
