"""How long `pixelforge build` takes where one sprite of 500 changed: `python -m tests.benchmarks.build`."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COUNT, ROUNDS = 500, 5
PROJECT = """[sets.monsters]
class = "monsters"
count = {count}
seed = {seed}
quality = "fast"
format = "godot"
"""


def main() -> None:
    """Times of whole processes: by the clock, and of the processors, which other programs slow down less."""
    with tempfile.TemporaryDirectory() as folder:
        print(f"all {COUNT} of them: {_timed(Path(folder), 0)}")
        for seed in range(1, ROUNDS + 1):
            print(f"one of them: {_timed(Path(folder), seed)}")
        print(f"nothing: {_timed(Path(folder), ROUNDS)}")


def _timed(folder: Path, seed: int) -> str:
    (folder / "pixelforge.toml").write_text(PROJECT.format(count=COUNT, seed=seed))
    clock, before = time.perf_counter(), _processors()
    subprocess.run([sys.executable, "-m", "main", "build", str(folder)], check=True, capture_output=True)
    return f"{time.perf_counter() - clock:.2f} s, {_processors() - before:.2f} s of the processors"


def _processors() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
