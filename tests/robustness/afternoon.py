"""Kill -9 at random moments of an afternoon with the window: `python -m tests.robustness.afternoon [--rounds 50]`.

Each round the app is opened over what the last kill left, and somebody works in it: makes sprites, queues batches,
stars, fills a set, names and sorts it, looks at the history, undoes. What the user sees, and what is about to be
written, is told to this process all the time. After the kill the app is opened again, and shows each thing as it was
within the second before, or as it was just to be written. Exit code 1 if that does not hold.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from pixelforge.core.header import read_header
from pixelforge.errors import RequestError
from pixelforge.gui.app import AppFolders, Desktop, build
from pixelforge.services.history import History
from pixelforge.services.model_library import ModelEntry
from pixelforge.services.pending import PendingStore
from pixelforge.services.sets import SetStore

LOST = 1.0  # seconds of work that a kill may cost
LONGEST = 4.0  # seconds of an afternoon
PAUSE, LOOK = 40, 20  # milliseconds between two acts, and between two looks at what is shown
STEPS = 12  # of a batch, so that several wait
FRESH = 0.7  # of the rounds are killed when something new was made, and not at once
MOST_WAITING, MOST_IN_SET = 3, 12
MODEL = "model.safetensors"

Told = tuple[float, str, Any]
"""When, of what, and how that is then."""


@dataclass
class Afternoon:
    """Works in the window, and tells what is there. Runs in the process that is killed."""

    desktop: Desktop
    rng: random.Random
    stars: set[int] = field(default_factory=set)
    named: int = 0
    told: dict[str, Any] = field(default_factory=dict)

    def tell(self, parts: dict[str, Any]) -> None:
        """What is not as it was told last."""
        new = {part: value for part, value in parts.items() if part not in self.told or self.told[part] != value}
        self.told |= new
        if new:
            tell(new)

    def shown(self) -> dict[str, Any]:
        """What the user sees, but for a batch that forms."""
        studio = self.desktop.studio
        parts: dict[str, Any] = {f"set {one.id}": looks(one) for one in studio.tray.sets.sets}
        parts["queue"] = waiting(studio.generation.pending)
        parts["stars"] = sorted(self.stars)
        parts["rows"] = studio.history.rowCount()
        if studio.stage.sprites is None or studio.stage.cells:
            batch = studio.visit.home or studio.stage.cells
            parts["stage"] = [cell.id for cell in batch if cell.id is not None]
        return parts

    def act(self) -> None:
        """Do one thing."""
        acts = [self.generate, self.generate, self.star, self.add, self.add, self.name, self.sort, self.undo, self.look]
        self.rng.choice(acts)()
        self.tell(self.shown())

    def generate(self) -> None:
        """One more batch, as long as not too many wait; those of last time go on."""
        generation = self.desktop.studio.generation
        if len(generation.pending) < MOST_WAITING:
            generation.roll_seed()
            self.desktop.window.actions_.generate.trigger()
        generation.go_on()

    def star(self) -> None:
        if cells := self.desktop.studio.stage.cells:
            self.desktop.studio.star([self.rng.choice(cells)])

    def add(self) -> None:
        tray = self.desktop.studio.tray
        if cells := self.desktop.studio.stage.cells:
            self.desktop.studio.add_to_tray([self.rng.choice(cells)])
        if tray.rowCount() > MOST_IN_SET:
            tray.remove([self.rng.randrange(tray.rowCount())])

    def name(self) -> None:
        if count := self.desktop.studio.tray.rowCount():
            self.named += 1
            try:
                self.desktop.studio.tray.rename(self.rng.randrange(count), f"sprite {time.time_ns()} {self.named}")
            except RequestError:  # one that another sprite has
                return

    def sort(self) -> None:
        if count := self.desktop.studio.tray.rowCount():
            self.desktop.studio.tray.move([self.rng.randrange(count)], self.rng.randrange(count + 1))

    def undo(self) -> None:
        self.desktop.studio.undo.undo()

    def look(self) -> None:
        """At a sprite of the history, which ends what is being made; seldom."""
        history = self.desktop.studio.history
        if history.rowCount() and self.rng.random() < 0.2:
            entry = history.entry(self.rng.randrange(history.rowCount()))
            assert entry is not None
            self.desktop.window.history.activated.emit(entry)

    def watch_writing(self) -> None:
        """Tell of everything before it is written: a kill may hit between that and the next look."""

        def told_before(kind: type, name: str, told: Callable[..., dict[str, Any]]) -> None:
            write = getattr(kind, name)

            def writing(store: Any, *values: Any) -> Any:
                self.tell(told(*values))
                return write(store, *values)

            setattr(kind, name, writing)

        told_before(SetStore, "save", lambda one: {f"set {one.id}": looks(one)})
        told_before(SetStore, "stage", lambda ids: {"stage": list(ids)})
        told_before(PendingStore, "keep", lambda batches: {"queue": waiting(batches)})
        told_before(History, "set_starred", self._starred)

    def _starred(self, ids: list[int], starred: bool) -> dict[str, Any]:
        self.stars = self.stars | set(ids) if starred else self.stars - set(ids)
        return {"stars": sorted(self.stars)}


def work(folder: Path, seed: int) -> None:
    """Open the window and work in it without end."""
    app = QApplication(sys.argv[:1])
    path = folder / MODEL
    places = AppFolders(*(folder / name for name in ("settings.json", "history.sqlite", "drags")))
    desktop = build([ModelEntry("tiny", path, True, read_header(path))], places)
    history = desktop.studio.history
    entries = [entry for row in range(history.rowCount()) if (entry := history.entry(row)) is not None]
    afternoon = Afternoon(desktop, random.Random(seed), {entry.id for entry in entries if entry.starred})
    tell({"opened": afternoon.shown()})
    afternoon.tell(afternoon.shown())
    afternoon.watch_writing()
    desktop.studio.generation.set_count(4)
    desktop.studio.generation.set_sampling(steps=STEPS)
    desktop.window.show()
    acting, looking = QTimer(), QTimer()
    acting.timeout.connect(afternoon.act)
    looking.timeout.connect(lambda: afternoon.tell(afternoon.shown()))
    acting.start(PAUSE)
    looking.start(LOOK)
    app.exec()


def looks(one: Any) -> list[list[str]]:
    """A set: names and pictures in their order."""
    return [[sprite.name, sprite.fingerprint.hex()] for sprite in one.sprites]


def waiting(batches: Any) -> list[list[int]]:
    """What is to be made."""
    return [[batch.request.seed, batch.request.count] for batch in batches]


def tell(parts: dict[str, Any]) -> None:
    """To the process that kills this one."""
    sys.stdout.write(json.dumps([time.monotonic(), parts]) + "\n")
    sys.stdout.flush()


def one_round(folder: Path, seed: int, rng: random.Random) -> tuple[dict[str, Any], list[Told], float]:
    """Open, work, kill: what stood there at first, all that was told, and when it was killed."""
    path = folder / "told.txt"  # a pipe would be full before it is read, and hold the window up
    command = [sys.executable, "-m", "tests.robustness.afternoon", "--work", str(folder), "--seed", str(seed)]
    with path.open("wb") as out:
        child = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
    opened = wait_for(path, child, lambda told: bool(told))[0][1]["opened"]
    if rng.random() < FRESH:
        rows = opened["rows"]
        wait_for(path, child, lambda told: any(parts.get("rows", 0) > rows for _, parts in told))
    time.sleep(rng.uniform(0, LONGEST))
    killed = time.monotonic()
    child.kill()
    child.wait()
    told = [(at, part, value) for at, parts in read(path)[1:] for part, value in parts.items()]
    return opened, told, killed


def read(path: Path) -> list[Any]:
    """The whole lines of what was told."""
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


def wait_for(path: Path, child: subprocess.Popen[bytes], there: Callable[[list[Any]], bool]) -> list[Any]:
    """What was told, once something is there."""
    while not there(told := read(path)):
        assert child.poll() is None, "the window ended by itself"
        time.sleep(PAUSE / 1000)
    return told


def check(opened: dict[str, Any], told: list[Told], killed: float) -> None:
    """Raises AssertionError for what is not as it was at most a second before the kill."""
    for part in {part for _, part, _ in told}:
        values = [(at, value) for at, name, value in told if name == part]
        late = [value for at, value in values if at >= killed - LOST]
        before = [value for at, value in values if at < killed - LOST][-1:]
        now = opened.get(part)
        if part == "rows":
            assert now >= values[-1][1], f"{values[-1][1] - now} sprites of the history are gone"
        else:
            assert now in before + late, f"{part}: {now} in place of {(before + late)[-1]}"


def afternoons(folder: Path, rounds: int, seed: int) -> str:
    """So many kills in one folder; how they went."""
    from tests.pointer import write_pointer_model  # with torch, which each window would load for nothing

    rng = random.Random(seed)
    write_pointer_model(folder / MODEL, side=16)
    last: tuple[list[Told], float] | None = None
    seen = Counter[str]()
    for number in range(rounds + 1):
        opened, told, killed = one_round(folder, seed + number, rng)
        if last is not None:
            check(opened, *last)
        seen.update(part.split()[0] for part, value in opened.items() if value)
        start = [(0.0, part, value) for part, value in opened.items()]
        last = ([*start, *told], killed)
    return ", ".join(f"{part} in {count}" for part, count in sorted(seen.items()))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work is not None:
        work(options.work, options.seed)
        return 0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        said = afternoons(Path(folder), options.rounds, options.seed)
    print(f"{options.rounds} kills, nothing lost; opened with something in it of {options.rounds + 1}: {said}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
