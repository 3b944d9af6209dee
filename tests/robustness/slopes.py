"""What a long day costs: memory, handles, threads and temporary files a thousand pieces of work, which should be flat.

`python -m tests.robustness.slopes [--only PART] [--count 100000] [--pictures 50000] [--commands 200] [--walks 100]
[--minutes 480]`: sprites to files, a training, command lines, two windows' models, and an afternoon in the window. A
line each, with the slopes over the second half, and what was held on the way; Linux.
"""

from __future__ import annotations

import argparse
import gc
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pixelforge.files import PART_SUFFIX
from tests.pulse import resident_megabytes
from tests.robustness import long_day, long_walk
from tests.robustness.sharing import judging

LOOKS = 20  # at what is held, evenly over the work
NAMES = ("MB", "handles", "threads", "children", "temporary files")
TIMES = "/proc/self/task/{}/children"  # of a thread: the processes that nobody has waited for

Held = tuple[float, ...]
"""As NAMES has it."""


@dataclass(frozen=True)
class Part:
    """A part of the day. `work` yields how much of it is done, 0 to 1, and how many pieces that are."""

    name: str
    work: Callable[[Path], Iterator[tuple[float, int]]]
    megabytes: Callable[[], float] = resident_megabytes


def looked(home: Path, megabytes: Callable[[], float]) -> Held:
    """What the process holds now, as NAMES has it."""
    gc.collect()
    threads, handles = (list(Path("/proc/self", kind).iterdir()) for kind in ("task", "fd"))
    children = sum(len(Path(TIMES.format(thread.name)).read_text().split()) for thread in threads)
    litter = len(list(home.rglob(f"*{PART_SUFFIX}"))) + len(list((home / long_day.SCRATCH).rglob("*")))
    return megabytes(), len(handles), len(threads), children, litter


def slopes(part: Part, home: Path) -> tuple[int, list[float], list[Held]]:
    """The pieces of work, how much more a thousand of the second half took, each of NAMES; and what was held."""
    done, held = list[int](), list[Held]()
    for share, pieces in part.work(home):
        if share >= (len(done) + 1) / LOOKS - 1e-9:
            done.append(pieces)
            held.append(looked(home, part.megabytes))
    half = len(done) // 2
    rises = [1000 * float(np.polyfit(done[half:], column[half:], 1)[0]) for column in np.array(held).T]
    return done[-1], rises, held


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=("sprites", "steps", "commands", "walks", "acts"))
    parser.add_argument("--count", type=int, default=100_000, help="sprites")
    parser.add_argument("--pictures", type=int, default=50_000, help="that are trained on")
    parser.add_argument("--commands", type=int, default=200, help="command lines, each a process")
    parser.add_argument("--walks", type=int, default=100, help="windows opened and closed, without widgets")
    parser.add_argument("--minutes", type=float, default=480, help="in the window")
    options = parser.parse_args()
    lines = long_day.CommandLines()
    parts = (
        Part("sprites", lambda home: long_day.generated(home, options.count)),
        Part("steps", lambda home: long_day.trained(home, options.pictures)),
        Part("commands", lambda home: lines.work(home, options.commands), lambda: lines.largest),
        Part("walks", lambda home: long_day.walked(home, options.walks)),
        Part("acts", lambda home: long_walk.acted(home, options.minutes)),
    )
    for part in parts:
        if options.only in (None, part.name):
            with tempfile.TemporaryDirectory(prefix="slopes-") as folder:
                home = Path(folder).resolve()
                judging.prepare(home)
                pieces, rises, held = slopes(part, home)
            told = [f"{rise:+.2f} {what}" for rise, what in zip(rises, NAMES, strict=True)]
            print(f"{pieces} {part.name}, a thousand: {', '.join(told)}")
            for place in (0, len(held) // 2, -1):
                print("  held:", ", ".join(f"{now:.0f} {what}" for now, what in zip(held[place], NAMES, strict=True)))
            print("  MB:", ", ".join(f"{one[0]:.0f}" for one in held), flush=True)


if __name__ == "__main__":
    main()
