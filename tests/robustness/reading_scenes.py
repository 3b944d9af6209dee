"""Every reader of files that may be anything, whose files cannot be opened, read, mapped or closed: words, no trace."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tests.fuzz.reader import Reader, lay_out
from tests.fuzz.readers import READERS
from tests.robustness.scenes import Scene, nothing, same_or_new


def _prepare(reader: Reader, number: int, folder: Path) -> None:
    """What the files come from stays beside them: a run's config names its data."""
    made = folder.with_name(f"{folder.name} made")
    made.mkdir()
    files = reader.make(made)[number]
    lay_out(files, folder)
    folder.with_name("first").write_text(next(iter(files)))


def _read(reader: Reader, folder: Path) -> None:
    reader.read(folder / folder.with_name("first").read_text())


def _scene(reader: Reader, number: int) -> Scene:
    prepare, read = partial(_prepare, reader, number), partial(_read, reader)
    return Scene(f"reading: {reader.name} {number}", prepare, read, same_or_new, whole=nothing)


KINDS = {"zip": 4, "palette": 5, "picture": 5, "built project": 4, "frames in a picture": 3, "labels.csv": 4}
"""Variants of files that are read in ways of their own."""

WRITING = ("settings",)  # it looks for what it has written: a scene of its own knows what holds after a fault

READING_SCENES = tuple(
    _scene(reader, at) for reader in READERS if reader.name not in WRITING for at in range(KINDS.get(reader.name, 1))
)
