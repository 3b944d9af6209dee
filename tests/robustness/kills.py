"""Kill -9 at random moments of what writes files: `python -m tests.robustness.kills [--rounds 50] [--only NAME]`.

Each round a child goes on with its work in the same folder and is killed at a moment drawn over several of its
iterations; then everything under a final name must be whole, and nothing that the child said it had written may be
missing. Exit code 1 if that does not hold.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from pixelforge.files import PART_AGE, PART_SUFFIX
from tests.robustness import work
from tests.robustness.desk import DESK

WATCHED = 5  # iterations that are timed before the first kill
LEAST = 0.05  # seconds over which they are drawn at the least
SPREAD = 3  # iterations over which the moments are drawn


@dataclass
class Child:
    """A forked process that works, and what it says on its stdout."""

    pid: int
    pipe: int

    @classmethod
    def begin(cls, job: Callable[[], object]) -> Child:
        read, write = os.pipe()
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                os.close(read)
                os.dup2(write, 1)
                sys.stdout = os.fdopen(1, "w", buffering=1)
                job()
                sys.stdout.flush()
                code = 0
            except SystemExit as end:
                code = int(end.code or 0)
            finally:
                os._exit(code)
        os.close(write)
        return cls(pid, read)

    def first_lines(self, count: int) -> list[str]:
        """Wait for so many lines."""
        data = b""
        while data.count(b"\n") < count and (some := os.read(self.pipe, 1)):
            data += some
        return data.decode().splitlines()

    def kill(self) -> tuple[list[str], bool]:
        """End it now; the whole lines that it had still said, and whether it was not at its end already."""
        os.kill(self.pid, signal.SIGKILL)
        lines, status = self.rest()
        return lines, os.WIFSIGNALED(status)

    def rest(self) -> tuple[list[str], int]:
        """Wait for its end; the whole lines that it had still said, and how it ended."""
        with os.fdopen(self.pipe, "rb") as pipe:
            data = pipe.read()
        _, status = os.waitpid(self.pid, 0)
        return data.decode().split("\n")[:-1], status


def alone(job: Callable[[], object]) -> None:
    """Do something in a child, so that nothing of it is remembered here."""
    _, status = Child.begin(job).rest()
    assert status == 0


def endless(scenario: work.Scenario, folder: Path, rounds: int, rng: random.Random) -> str:
    """Kill what works in a loop; how it went."""
    alone(lambda: scenario.prepare(folder))
    child = Child.begin(lambda: scenario.work(folder))
    child.first_lines(1)
    began = time.monotonic()
    child.first_lines(WATCHED)
    span = max(LEAST, SPREAD * (time.monotonic() - began) / WATCHED)
    child.kill()
    within, notes = 0, Counter[str | None]()
    for _ in range(rounds):
        before = set(parts(folder))
        child = Child.begin(lambda: scenario.work(folder))
        said = child.first_lines(1)
        time.sleep(rng.uniform(0, span))
        said += child.kill()[0]
        within += set(parts(folder)) != before
        notes[scenario.check(folder, said)] += 1
    left = len(parts(folder))
    _check_sweep(scenario, folder)
    noted = "".join(f", {count} times {note}" for note, count in notes.items() if note)
    return (
        f"killed within {1000 * span:.0f} ms, {within} times within a file{noted}, "
        f"{left} temporary files, all removed later"
    )


def to_the_bit(scenario: work.Scenario, folder: Path, rounds: int, rng: random.Random) -> str:
    """Kill a training run anywhere and resume it; how it went."""
    whole = folder / "whole"
    alone(lambda: scenario.prepare(whole))
    began = time.monotonic()
    alone(lambda: scenario.work(whole))
    duration, steps = time.monotonic() - began, []
    for number in range(rounds):
        out = folder / f"killed-{number}"
        alone(lambda out=out: scenario.prepare(out))
        hit = False
        while not hit:
            child = Child.begin(lambda out=out: scenario.work(out))
            time.sleep(rng.uniform(0, duration))
            _, hit = child.kill()
        steps.append(work.saved_step(out))
        alone(lambda out=out: scenario.work(out))
        work.assert_same(whole, out)
    return (
        f"a run {1000 * duration:.0f} ms, killed with {min(steps)} to {max(steps)} steps saved "
        f"(median {statistics.median(steps):.0f} of {work.STEPS})"
    )


def parts(folder: Path) -> list[Path]:
    """Temporary files that kills have left."""
    return list(folder.rglob(f".*{PART_SUFFIX}"))


def _check_sweep(scenario: work.Scenario, folder: Path) -> None:
    old = parts(folder)
    for part in old:
        os.utime(part, (time.time() - 2 * PART_AGE,) * 2)
    child = Child.begin(lambda: scenario.work(folder))
    child.first_lines(3)
    child.kill()
    still = {path for path in old if path.exists()}
    assert not still, f"{len(still)} old temporary files are never removed"


def main() -> int:
    scenarios = (*work.SCENARIOS, DESK)
    names = [scenario.name for scenario in scenarios]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", action="append", choices=names)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.optim.AdamW([torch.zeros(1, requires_grad=True)])  # what torch imports for it, children need not
    for scenario in scenarios:
        if options.only and scenario.name not in options.only:
            continue
        run = endless if scenario.loops else to_the_bit
        with tempfile.TemporaryDirectory() as folder:
            said = run(scenario, Path(folder), options.rounds, random.Random(options.seed))
        print(f"{scenario.name}: {options.rounds} rounds, nothing lost; {said}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
