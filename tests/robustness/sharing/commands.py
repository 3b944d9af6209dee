"""Command lines that share a library of models, a model's description, a folder of sheets and a project."""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch

from pixelforge.cli.app import main as command_line
from pixelforge.core.checkpoint import load_checkpoint, save_checkpoint
from pixelforge.files import replacing
from pixelforge.services.sprites import encode_sprite
from tests.made import made
from tests.robustness.sharing.told import Book
from tests.robustness.sharing.windows import NAMES

SHARED = "shared.safetensors"  # the model that all describe and draw with
FORMATS = ("--format", "css", "--format", "godot")


def prepare(home: Path, model: bytes) -> None:
    """A model to describe and to draw with, and a project of pictures."""
    (home / SHARED).write_bytes(model)
    for number, name in enumerate(("cave", "shop")):
        (home / "project" / name).mkdir(parents=True)
        for seed in range(3):
            (home / "project" / name / f"{seed}.png").write_bytes(encode_sprite(made(10 * number + seed, side=8)))
    write_project(home / "project", 0)


def write_project(folder: Path, padding: int) -> None:
    """As somebody saves it in an editor, all at once."""
    sets = [
        f'[sets.{name}]\npictures = ["{name}"]\npadding = {padding}\nformat = ["css", "texturepacker-json"]\n'
        for name in ("cave", "shop")
    ]
    with replacing(folder / "pixelforge.toml") as part:
        part.write_text("\n".join(sets))


class CommandLine:
    """Runs one command after another at random, and tells the book what it was told was done."""

    def __init__(self, home: Path, book: Book, seed: int) -> None:
        self._home, self._book, self._rng = home, book, random.Random(seed)
        self._own = home / f"own-{book.number}"
        self._own.mkdir()
        self._field = ("--licence", "--credits", "--steps")[book.number % 3]
        self._number = 0

    def work(self, count: int) -> None:
        """Run so many commands."""
        for _ in range(count):
            self._number += 1
            self._rng.choice(WORK)(self)

    def close(self) -> None:
        """Nothing is left to tell."""

    def import_model(self) -> None:
        """A model like no other, under a name that others want too."""
        source = self._own / f"model {self._rng.randrange(NAMES)}.safetensors"
        model, mark = load_checkpoint(self._home / SHARED), f"{self._book.number}-{self._number}"
        about = replace(model.header.provenance, data=mark)
        save_checkpoint(source, replace(model.header, provenance=about), model.network.state_dict())
        if self._ran("models", "import", source):
            self._book.put("imported", mark=mark)

    def describe(self) -> None:
        value = f"{self._number % 50 + 1}"
        if self._ran("models", "describe", self._home / SHARED, self._field, value):
            self._book.put("described", field=self._field, value=value)

    def generate(self) -> None:
        """The next sheet of the folder, which others make as well."""
        folder = self._home / "out"
        target = folder / f"{len(list(folder.glob('*.png'))) if folder.is_dir() else 0}.png"
        seed = 1000 * self._book.number + self._number
        told = ("--class", "cats", "--seed", seed, "--count", 1, "--steps", 1, "--device", "cpu", "--engine", "torch")
        if self._ran("generate", *told, "--model", self._home / SHARED, *FORMATS, "--out", target):
            self._book.put("made", path=str(target), seed=seed)

    def build(self) -> None:
        project = self._home / "project"
        if self._rng.random() < 0.5:
            write_project(project, self._rng.randrange(8))
        if not self._ran("build", project):
            self._book.put("not built", text=self._said)

    def _ran(self, *arguments: object) -> bool:
        """Whether a command did what it was told; what it said is at hand, and a trace is taken down."""
        before = os.dup(2)
        with tempfile.TemporaryFile() as said:
            os.dup2(said.fileno(), 2)
            try:
                command_line([str(argument) for argument in arguments])
                code = 0
            except SystemExit as end:
                code = int(end.code or 0)
            finally:
                os.dup2(before, 2)
                os.close(before)
            said.seek(0)
            self._said = said.read().decode()
        if "Traceback" in self._said:
            self._book.put("trace", text=self._said)
        elif code:
            self._book.put("words", text=self._said)
        return code == 0


def warm_up(home: Path) -> None:
    """What every process would load for itself."""
    torch.set_num_threads(1)
    load_checkpoint(home / SHARED)


WORK: tuple[Callable[[CommandLine], None], ...] = (
    CommandLine.import_model, CommandLine.describe, CommandLine.generate, CommandLine.build,
)  # fmt: skip
