"""What a long day costs: memory, handles, threads and temporary files a thousand pieces of work, which should be flat.

`python -m tests.robustness.slopes [--count 2000] [--walks 100]`: sprites are generated into a folder, then two windows'
models do things at random, one after the other. A line each, with the slopes over the second half; Linux.
"""

from __future__ import annotations

import argparse
import gc
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pixelforge.core.header import file_sha256
from pixelforge.files import PART_SUFFIX
from pixelforge.services.generation import generate, load_model
from pixelforge.services.requests import Finished, make_request, of_classes
from pixelforge.services.saving import Destination
from tests.pulse import resident_megabytes
from tests.robustness.sharing import judging
from tests.robustness.sharing.commands import SHARED
from tests.robustness.sharing.told import Book
from tests.robustness.sharing.windows import Window

LOOKS = 20  # at what the process holds, evenly over the work
THINGS = 20  # that a window's models do in a walk
NAMES = ("MB", "handles", "threads", "temporary files")


def generated(home: Path, count: int) -> Iterator[int]:
    """Sprites of the tiny model to files, as the command line writes them."""
    path = home / SHARED
    model = load_model(path, "cpu", "torch")
    classes = of_classes(model.header.class_names)
    request = make_request(model.header, classes, count=count, seed=0, sampling={"steps": 1})
    target = Destination(target=home / "out", request=request, model="tiny", model_sha256=file_sha256(path))
    writer = target.writer(force=False)
    for event in generate(model, request):
        if isinstance(event, Finished):
            writer.add(event)
            yield event.first + len(event.sprites)
    writer.close()


def walked(home: Path, count: int) -> Iterator[int]:
    """Walks of a window's models, each window opened and closed."""
    for number in range(count):
        window = Window(home, Book(home, number % 2), number)
        window.work(THINGS)
        window.close()
        yield number + 1


def looked(home: Path) -> tuple[float, ...]:
    """What the process holds now, as NAMES has it."""
    gc.collect()
    threads, handles = (len(list(Path("/proc/self", kind).iterdir())) for kind in ("task", "fd"))
    return resident_megabytes(), handles, threads, len(list(home.rglob(f"*{PART_SUFFIX}")))


def slopes(work: Iterator[int], home: Path, count: int) -> tuple[list[float], tuple[float, ...]]:
    """How much more a thousand pieces of the second half took, each of NAMES; and what was held at the end."""
    done, held = [], []
    for now in work:
        if now >= (len(done) + 1) * count / LOOKS:
            done.append(now)
            held.append(looked(home))
    half = len(done) // 2
    rises = [1000 * np.polyfit(done[half:], column[half:], 1)[0] for column in np.array(held).T]
    return rises, held[-1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--walks", type=int, default=100)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="slopes-") as folder:
        home = Path(folder).resolve()
        judging.prepare(home)
        parts = (("sprites", generated, options.count), ("walks", walked, options.walks))
        for name, work, count in parts:
            rises, held = slopes(work(home, count), home, count)
            told = [f"{rise:+.2f} {what} (now {now:.0f})" for rise, what, now in zip(rises, NAMES, held, strict=True)]
            print(f"{count} {name}, a thousand: {', '.join(told)}", flush=True)


if __name__ == "__main__":
    main()
