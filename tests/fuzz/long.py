"""Ten thousand broken files for every reader: `python -m tests.fuzz.long [--count 10000] [--reader NAME]`.

Each reader has a process of its own, whose memory is measured and whose every write, process, socket and piece of code
is seen by an audit hook. Exit code 1 if anything came out that is not the project's own error.
"""

from __future__ import annotations

import argparse
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import torch
from PIL import Image

from tests.fuzz.readers import READERS, Files, PixelForgeError, Reader, lay_out, reader_input
from tests.fuzz.watch import Watch

MEMORY = 500  # megabytes that a reader may take above what it began with
PATIENCE = 30  # seconds for an input
ROOT = Path(__file__).parents[2]
HEAD = "| reader | inputs | refused | read | other errors | peak memory above start | seconds |"


class Stuck(BaseException):
    """An input took too long."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000, help="inputs a reader")
    parser.add_argument("--seed", type=int, default=0, help="of the first input")
    parser.add_argument("--reader", action="append", choices=[reader.name for reader in READERS])
    parser.add_argument("--keep", type=Path, help="a folder for the inputs that went wrong")
    parser.add_argument("--here", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        return fuzz(options.here, range(options.seed, options.seed + options.count), options.keep)
    print(f"{HEAD}\n{'|---' * 7}|", flush=True)
    failures = 0
    for name in options.reader or [reader.name for reader in READERS]:
        arguments = ["--here", name, "--count", str(options.count), "--seed", str(options.seed)]
        arguments += ["--keep", str(options.keep)] if options.keep else []
        command = [sys.executable, "-m", "tests.fuzz.long", *arguments]
        failures += subprocess.run(command, cwd=ROOT, check=False).returncode != 0
    return int(failures > 0)


def fuzz(name: str, seeds: range, keep: Path | None) -> int:
    """Try one reader in this process; print its line of the table, and on stderr what went wrong."""
    reader = next(reader for reader in READERS if reader.name == name)
    warnings.simplefilter("error")
    signal.signal(signal.SIGALRM, _stuck)
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as root:
        given, made = Path(root, "given"), Path(root, "made")
        made.mkdir()
        variants = reader.make(made)
        _warm_up(reader, variants, Path(root, "warm"))
        watch, start, began = Watch(given), peak(), time.monotonic()
        for seed in seeds:
            given.mkdir()
            path = reader_input(reader, random.Random(seed), variants, given)
            outcome, trace = _try(reader, path, watch, start)
            counts[outcome] += 1
            if trace:
                _tell(name, seed, trace, given, keep)
            shutil.rmtree(given)
        left = sorted(path.name for path in Path(root).iterdir())
        assert left == ["made", "warm"], left
    print(
        f"| {name} | {len(seeds):,} | {counts['refused']:,} | {counts['read']:,} | {counts['other']} | "
        f"{peak() - start:.0f} MB | {time.monotonic() - began:.0f} |",
        flush=True,
    )
    return int(counts["other"] > 0)


def peak() -> float:
    """Megabytes that this process has held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _try(reader: Reader, path: Path, watch: Watch, start: float) -> tuple[str, str]:
    """What came of one input, and what went wrong with it."""
    before, outcome, trace = peak(), "read", ""
    watch.armed = True
    signal.alarm(PATIENCE)
    try:
        reader.read(path)
    except PixelForgeError:
        outcome = "refused"
    except (Exception, Stuck):  # noqa: BLE001 - what comes out here is what is looked for
        outcome, trace = "other", traceback.format_exc()
    signal.alarm(0)
    watch.armed = False
    if watch.seen:
        outcome, trace = "other", "\n".join(watch.seen)
        watch.seen.clear()
    if before - start < MEMORY <= peak() - start:
        outcome, trace = "other", f"it took {peak() - start:.0f} MB"
    return outcome, trace


def _warm_up(reader: Reader, variants: Sequence[Files], folder: Path) -> None:
    """Read whole files first: what that imports is the reader's own, and not what an input takes or does."""
    Image.init()
    repr(torch.zeros(1))  # torch makes classes from text the first time
    for number, files in enumerate(variants):
        reader.read(lay_out(files, folder / str(number)))


def _tell(name: str, seed: int, trace: str, given: Path, keep: Path | None) -> None:
    print(f"--- {name}, input {seed}\n{trace}", file=sys.stderr, flush=True)
    if keep is not None:
        shutil.copytree(given, keep / f"{name.replace(' ', '-')}-{seed}", dirs_exist_ok=True)


def _stuck(*_: object) -> None:
    raise Stuck


if __name__ == "__main__":
    sys.exit(main())
