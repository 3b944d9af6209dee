"""A reader of files that may be anything, and the files that it is tried with."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.mutate import Mutation

Files = Mapping[str, bytes]
"""What lies in a reader's folder, by name; the first is the one that is broken."""


@dataclass(frozen=True)
class Reader:
    """A reader and the files that it is tried with."""

    name: str
    make: Callable[[Path], Sequence[Files]]  # in an empty folder; several variants
    mutate: Mutation
    read: Callable[[Path], object]  # the path of the broken file; raises PixelForgeError for what it refuses


def reader_input(reader: Reader, rng: random.Random, variants: Sequence[Files], folder: Path) -> Path:
    """Lay a broken file, and what belongs beside it, into an empty folder; its path."""
    files = dict(rng.choice(variants))
    broken = next(iter(files))
    files[broken] = reader.mutate(rng, files[broken])
    return lay_out(files, folder)


def lay_out(files: Files, folder: Path) -> Path:
    """Write a reader's files into a folder; the path of the first."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder / next(iter(files))
