"""Palette files: GIMP's .gpl, which Aseprite reads and writes as well."""

from __future__ import annotations

import re
from pathlib import Path

from pixelforge.errors import PaletteError
from pixelforge.files import reason
from pixelforge.imaging.palette import MAX_COLOURS, Colour, Palette

MAX_BYTES = 1_000_000
ENTRY = re.compile(r"\s*(\d{1,3})\s+(\d{1,3})\s+(\d{1,3})(\s.*)?$")


def read_gpl(path: Path) -> Palette:
    """A palette of GIMP's text format: a header, then red, green and blue a line. Raises PaletteError.

    The author stands in a comment "# Author: …", which the format leaves to its writers.
    """
    lines = _text(path).splitlines()
    if not lines or lines[0].strip() != "GIMP Palette":
        raise PaletteError(f"{path} is not a GIMP palette.")
    name, author, colours = path.stem, "", []
    for number, line in enumerate(lines[1:], start=2):
        key, _, value = line.partition(":")
        if key == "Name":
            name = value.strip() or name
        elif key == "# Author":
            author = value.strip()
        elif entry := ENTRY.match(line):
            colours.append(_colour(path, number, entry))
        elif line.strip() and not line.startswith("#") and key not in ("Columns", "Channels"):
            raise PaletteError(f"{path}, line {number}, is not a colour: {line.strip()[:40]!r}.")
    if not 1 <= len(colours) <= MAX_COLOURS:
        raise PaletteError(f"{path} has {len(colours)} colours; a palette has 1 to {MAX_COLOURS}.")
    return Palette(name, tuple(colours), author)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise PaletteError(f"{path} is too large for a palette.")
        return data.decode("utf-8-sig")
    except OSError as error:
        raise PaletteError(f"{path} cannot be read: {reason(error)}.") from error
    except UnicodeDecodeError as error:
        raise PaletteError(f"{path} is not a text file.") from error


def _colour(path: Path, number: int, entry: re.Match[str]) -> Colour:
    red, green, blue = (int(entry.group(i)) for i in (1, 2, 3))
    if max(red, green, blue) > 255:
        raise PaletteError(f"{path}, line {number}: a colour has parts from 0 to 255.")
    return red, green, blue
