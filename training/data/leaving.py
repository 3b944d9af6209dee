"""Sprites that are left out of what is learnt from: a text with the name of one a line, as `RawSprite.name` has it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path, PurePath

from pixelforge.errors import DatasetError
from pixelforge.files import as_text, read_at_most, replacing
from pixelforge.words import counted
from training.data.reading import RawSprite

MAX_LIST = 32 * 2**20  # bytes: as many names as there may be sprites, of 160 letters each


def read_names(path: Path) -> tuple[str, ...]:
    """The names in a file, in their order. Raises DatasetError that names it."""
    try:
        text = read_at_most(path, MAX_LIST, DatasetError).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path} is no text in UTF-8: write the name of a sprite a line.") from error
    return tuple(line for line in text.splitlines() if line.strip())


def write_names(path: Path, names: Iterable[str]) -> None:
    """Write such a file. Raises OutputError."""
    with replacing(path) as part:
        part.write_text("".join(f"{name}\n" for name in names), encoding="utf-8", newline="\n")


def without(raw: Sequence[RawSprite], names: Sequence[str], remarks: list[str]) -> list[RawSprite]:
    """The sprites whose names are not told. What is to be said of it goes to `remarks`, also of names that none has."""
    told = {PurePath(as_text(name)).as_posix() for name in names}
    kept = [sprite for sprite in raw if sprite.name not in told]
    if len(kept) < len(raw):
        remarks.append(f"Left out by name: {counted(len(raw) - len(kept), 'sprite')}.")
    if missing := sorted(told - {sprite.name for sprite in raw}):
        remarks.append(f"Not there to be left out: {missing[0]}{f' and {len(missing) - 1} more' * (len(missing) > 1)}.")
    return kept
