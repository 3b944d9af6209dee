"""The parts of a long day that need no window; see slopes.py. Each yields its share done, 0 to 1, and its pieces."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from pixelforge.core.header import file_sha256
from pixelforge.services.generation import generate, load_model
from pixelforge.services.requests import Finished, make_request, of_classes
from pixelforge.services.saving import Destination
from tests.robustness.sharing.commands import SHARED
from tests.robustness.sharing.told import Book
from tests.robustness.sharing.windows import Window
from tests.tiny import TINY
from tests.training.making import begin_run, config_of
from training.data.sprites import load_sprites
from training.learning.config import TrainConfig

SCRATCH = "scratch"  # where the command lines' temporary files would lie
THINGS = 20  # that a window's models do in a walk
STEPS = 1000  # of a training
LOOK = 0.02  # seconds between two looks at what a command line holds


def generated(home: Path, count: int) -> Iterator[tuple[float, int]]:
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
            done = event.first + len(event.sprites)
            yield done / count, done
    writer.close()


def trained(home: Path, pictures: int) -> Iterator[tuple[float, int]]:
    """A run on so many pictures, with its figures, samples and saves, step by step."""
    rng, colours = np.random.default_rng(0), np.array(TINY.palette, np.uint8)
    for number in range(pictures):
        path = home / "data" / ("cats", "dogs")[number % 2] / f"{number // 1000}" / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.zeros((8, 8, 4), np.uint8)
        pixels[1:7, 1:7, :3] = colours[rng.integers(len(colours), size=(6, 6))]
        pixels[1:7, 1:7, 3] = 255
        Image.fromarray(pixels).save(path)
    data = load_sprites(home / "data", TINY.image_size)
    often = TrainConfig(steps=STEPS, batch_size=16, warmup_steps=1, evaluate_every=100, sample_every=100, save_every=50)
    for step in begin_run(home / "run", config_of(data, TINY, often), data).steps():
        yield step.step / STEPS, step.step


def walked(home: Path, count: int) -> Iterator[tuple[float, int]]:
    """Walks of a window's models, each window opened and closed."""
    for number in range(count):
        window = Window(home, Book(home, number % 2), number)
        window.work(THINGS)
        window.close()
        yield (number + 1) / count, number + 1


class CommandLines:
    """Each a process of its own, over one library, one project and one folder of sheets; in rounds."""

    def __init__(self) -> None:
        self.largest = 0.0  # megabytes at the most, of the last round's largest

    def work(self, home: Path, count: int) -> Iterator[tuple[float, int]]:
        """So many of them, one after the other."""
        (home / SCRATCH).mkdir()
        done = 0
        while done < count:
            peaks = [_ran(home, arguments) for arguments in _round(home, done)]
            self.largest, done = max(peaks), done + len(peaks)
            yield done / count, done


def _ran(home: Path, arguments: list[str]) -> float:
    """Megabytes that a command line took at the most. AssertionError, with what it said, where it was refused."""
    environment = {**os.environ, "TMPDIR": str(home / SCRATCH), "OMP_NUM_THREADS": "1"}
    command, peak = [sys.executable, "-m", "pixelforge", *arguments], 0
    with (home / "said").open("w+") as said:
        child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=said)
        while child.poll() is None:  # in the end the system tells this process's own peak, if that is more
            told = Path(f"/proc/{child.pid}/status").read_text().partition("VmHWM:")[2].split()
            peak = max(peak, int(told[0]) if told else 0)
            time.sleep(LOOK)
    assert child.returncode == 0, f"{arguments}: {(home / 'said').read_text()}"
    return peak / 1024


def _round(home: Path, number: int) -> list[list[str]]:
    out, model = home / "out", str(home / SHARED)
    sheet = str(out / f"{number}.png")
    drawn = ["--model", model, "--steps", "1", "--device", "cpu", "--engine", "torch", "--out"]
    return [
        ["generate", "--class", "cats", "--format", "godot", *drawn, sheet],
        ["vary", sheet, "--count", "2", *drawn, str(out / f"varied {number}.png")],
        ["sheet", sheet, "--out", str(out / f"again {number}.png"), "--format", "css"],
        ["animate", str(home / "project" / "cave" / "0.png"), "--out", str(out / f"{number}.gif")],
        ["info", sheet],
        ["models", "describe", model, "--licence", f"{number}"],
        ["models", "list"],
        ["build", str(home / "project")],
    ]
