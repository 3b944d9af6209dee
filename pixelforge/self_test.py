"""Tries the whole program, as `--self-test`: window, sprites, export and training, each in a process of its own.

The processes are this program's own command line, so that a crash of one is a part that failed, and that what is tried
in the packaged app is what its users do. Everything is written to a temporary folder.
"""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pixelforge import __version__
from pixelforge.executable import REHEARSAL, command_line, is_packaged
from pixelforge.training_part import is_torch_installed

TIMEOUT = 300  # seconds that a part may take
CLASSES, SPRITES = 9, 18  # of the bundled model; to make
TOY_CLASSES, STEPS = 2, 10  # of those sprites, to train on; of that training
# What the window's process prints as it gets there.
SHOWN, SPRITE, TRAINING, CLOSED = "shown", "sprite", "training window", "closed"

Seconds = dict[str, float]


class PartFailedError(Exception):
    """A part of the program did not do what it should; the text says what it did."""


@dataclass(frozen=True)
class Found:
    """What a part tells, besides that it works."""

    seconds: Seconds = field(default_factory=dict)  # by its stages; of one that has none they are taken outside
    engine: str = ""  # what made the sprites, as `core.engine` names it


def self_test() -> dict[str, object]:
    """Try every part. `ok` tells whether all of them worked, `failed` why which did not, `seconds` how long they took.

    `window` is from the start of its process until it is painted, `first_sprite` from then until the sprite is there.
    `engine` is what made the sprites, empty where none were made.
    """
    seconds: Seconds = {}
    engine = ""
    failed: dict[str, str] = {}
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="pixelforge-", ignore_cleanup_errors=True) as name:
        for part, attempt in PARTS.items() if is_torch_installed() else PARTS_WITHOUT_TRAINING.items():
            started = time.perf_counter()
            try:
                found = attempt(Path(name))
            except (PartFailedError, OSError) as error:
                failed[part] = str(error)
            else:
                seconds.update(found.seconds or {part: time.perf_counter() - started})
                engine = engine or found.engine
    seconds["total"] = time.perf_counter() - began
    return {
        "ok": not failed,
        "failed": failed,
        "seconds": {part: round(value, 2) for part, value in seconds.items()},
        "version": __version__,
        "packaged": is_packaged(),
        "with_training": is_torch_installed(),
        "engine": engine,
        "platform": platform.platform(),
    }


def _window(folder: Path) -> Found:
    started = time.perf_counter()
    reached: Seconds = {}
    with _process(REHEARSAL, str(folder / "window")) as lines:
        for line in lines:
            reached[line.strip()] = time.perf_counter() - started
    for stage in (SHOWN, SPRITE, TRAINING, CLOSED):
        _check(stage in reached, f"The window did not get to: {stage}.")
    return Found({"window": reached[SHOWN], "first_sprite": reached[SPRITE] - reached[SHOWN]})


def _sprites(folder: Path) -> Found:
    target = folder / "sprites"
    asked = ("--class", "all", "--count", str(SPRITES), "--steps", "10")
    summary = json.loads(_run("generate", *asked, "--out", str(target), "--json"))
    made = list(target.glob("*/*.png"))
    classes = {path.parent for path in made}
    _check(len(made) == SPRITES, f"There are {len(made)} sprites in place of {SPRITES}.")
    _check(len(classes) == CLASSES, f"There are sprites of {len(classes)} classes alone.")
    return Found(engine=summary["engine"])


def _export(folder: Path) -> Found:
    sprites = sorted(map(str, (folder / "sprites").glob("*/*.png")))
    _check(bool(sprites), "There are no sprites to export.")
    sheet = folder / "sheet.png"
    _run("sheet", *sprites, "--out", str(sheet), "--format", "aseprite")
    frames = json.loads(sheet.with_suffix(".json").read_text(encoding="utf-8"))["frames"]
    _check(sheet.read_bytes().startswith(b"\x89PNG"), "The sheet is no PNG.")
    _check(len(frames) == len(sprites), f"The atlas names {len(frames)} frames of {len(sprites)}.")
    return Found()


def _training(folder: Path) -> Found:
    toys, run = folder / "toys", folder / "run"
    for class_ in sorted((folder / "sprites").glob("*"))[:TOY_CLASSES]:
        shutil.copytree(class_, toys / class_.name)
    _run("train", str(toys), "--steps", str(STEPS), "--no-early-stop", "--out", str(run))
    rows = (run / "stats.jsonl").read_text(encoding="utf-8").splitlines()
    _check(json.loads(rows[-1])["step"] == STEPS, f"Training ended before step {STEPS}.")
    _run("models", "info", str(run / "snapshot.safetensors"))
    return Found()


PARTS: dict[str, Callable[[Path], Found]] = {
    "window": _window,
    "sprites": _sprites,
    "export": _export,
    "training": _training,
}
PARTS_WITHOUT_TRAINING = {part: attempt for part, attempt in PARTS.items() if part != "training"}


def _run(*arguments: str) -> str:
    """What this program prints with these arguments. Raises PartFailedError if it fails."""
    with _process(*arguments) as lines:
        return "".join(lines)


@contextmanager
def _process(*arguments: str) -> Iterator[Iterator[str]]:
    """The lines that this program prints with these arguments, as they come. Raises PartFailedError if it fails."""
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            [*command_line(), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            encoding="utf-8",
        )
        watch = threading.Timer(TIMEOUT, process.kill)
        watch.start()
        try:
            assert process.stdout is not None
            with process.stdout as lines:
                yield lines
            code = process.wait()
        finally:
            watch.cancel()
            process.kill()  # where it is still running, whoever read its lines has failed
            process.wait()
        if code != 0:
            complaints.seek(0)
            said = complaints.read().decode(errors="replace").strip().splitlines()
            raise PartFailedError(f"{arguments[0]} ended with {code}: {said[-1] if said else 'it said nothing'}")


def _check(holds: bool, otherwise: str) -> None:
    if not holds:
        raise PartFailedError(otherwise)
