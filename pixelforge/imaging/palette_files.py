"""Palette files: GIMP's .gpl, .hex, JASC's .pal, Lospec's JSON and a strip of colours as a PNG."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np

from pixelforge.errors import DatasetError, OutputError, PaletteError
from pixelforge.files import parse_json, read_at_most, replacing
from pixelforge.hex_colours import Colour, to_colour
from pixelforge.imaging.palette import MAX_COLOURS, Palette, different_colours
from pixelforge.imaging.pixels import decode_picture

MAX_BYTES = 1_000_000
ENTRY = re.compile(r"\s*(\d{1,3})\s+(\d{1,3})\s+(\d{1,3})(\s.*)?$")
HEX = re.compile(r"(?:#|0x)?([0-9a-fA-F]{6})(?:[0-9a-fA-F]{2})?(?:\s.*)?$")
JASC_HEADER = ["JASC-PAL", "0100"]


def read_palette(path: Path) -> Palette:
    """A palette in any of the known formats, told by the file's suffix. Raises PaletteError that names the file."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise PaletteError(f"{path} is in no format that is known; those are {', '.join(READERS)}.")
    return reader(path)


def read_gpl(path: Path) -> Palette:
    """GIMP's text format: a header, then red, green and blue a line, and with Aseprite alpha, which is passed over.

    The author stands in a comment "# Author: …", which the format leaves to its writers.
    """
    lines = _lines(path)
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
    return _palette(path, name, colours, author)


def read_hex(path: Path) -> Palette:
    """Lospec's text format: rrggbb a line."""
    colours = []
    for number, line in enumerate(_lines(path), start=1):
        if entry := HEX.match(line.strip()):
            colours.append(to_colour(f"#{entry.group(1)}"))
        elif line.strip() and not line.strip().startswith((";", "//")):
            raise PaletteError(f"{path}, line {number}, is not a colour: {line.strip()[:40]!r}.")
    return _palette(path, path.stem, colours)


def read_jasc(path: Path) -> Palette:
    """Paint Shop Pro's text format: JASC-PAL, 0100, the count, then red, green and blue a line."""
    lines = [line.strip() for line in _lines(path) if line.strip()]
    if lines[:2] != JASC_HEADER or len(lines) < 3 or not lines[2].isascii() or not lines[2].isdigit():
        raise PaletteError(f"{path} is not a JASC palette.")
    colours = []
    for number, line in enumerate(lines[3:], start=4):
        entry = ENTRY.match(line)
        if entry is None:
            raise PaletteError(f"{path}, line {number}, is not a colour: {line[:40]!r}.")
        colours.append(_colour(path, number, entry))
    if len(colours) != int(lines[2][:9]):
        raise PaletteError(f"{path} says that it has {lines[2][:9]} colours, but holds {len(colours)}.")
    return _palette(path, path.stem, colours)


def read_lospec(path: Path) -> Palette:
    """Lospec's JSON: name, author, colors."""
    try:
        found = parse_json(_bytes(path), _Lospec)
    except msgspec.DecodeError as error:
        raise PaletteError(f"{path} is not a palette of Lospec's: {error}.") from error
    colours = []
    for text in found.colors:
        entry = HEX.match(text.strip())
        if entry is None:
            raise PaletteError(f"{path} has a colour that is none: {text[:40]!r}.")
        colours.append(to_colour(f"#{entry.group(1)}"))
    return _palette(path, found.name or path.stem, colours, found.author)


def read_strip(path: Path) -> Palette:
    """A picture's opaque colours in the order of reading, each once."""
    try:
        pixels, _ = decode_picture(_bytes(path), str(path))
    except DatasetError as error:
        raise PaletteError(str(error)) from error
    unique, first, _, _ = different_colours(pixels[pixels[..., 3] > 0][:, :3])
    if len(unique) > MAX_COLOURS:
        raise PaletteError(f"{path} has {len(unique):,} colours; a palette has 1 to {MAX_COLOURS}.")
    colours = [(int(r), int(g), int(b)) for r, g, b in unique[np.argsort(first)]]
    return _palette(path, path.stem, colours)


def write_palette(path: Path, palette: Palette) -> None:
    """Write a .gpl or a .hex, as the suffix says. Raises OutputError."""
    if path.suffix.lower() not in (".gpl", ".hex"):
        raise OutputError(f"{path}: palettes are written as .gpl or .hex.")
    codes = [f"{r:02x}{g:02x}{b:02x}" for r, g, b in palette.colours]
    if path.suffix.lower() == ".hex":
        lines = codes
    else:
        rows = [f"{r:3d} {g:3d} {b:3d}\t{code}" for (r, g, b), code in zip(palette.colours, codes, strict=True)]
        author = [f"# Author: {_one_line(palette.author)}"] if palette.author else []
        lines = ["GIMP Palette", f"Name: {_one_line(palette.name)}", "Columns: 8", *author, *rows]
    with replacing(path) as part:
        part.write_text("\n".join(lines) + "\n", encoding="utf-8")


READERS: dict[str, Callable[[Path], Palette]] = {
    ".gpl": read_gpl,
    ".hex": read_hex,
    ".pal": read_jasc,
    ".json": read_lospec,
    ".png": read_strip,
}


class _Lospec(msgspec.Struct):
    colors: list[str]
    name: str = ""
    author: str = ""


def _palette(path: Path, name: str, colours: list[Colour], author: str = "") -> Palette:
    if not 1 <= len(colours) <= MAX_COLOURS:
        raise PaletteError(f"{path} has {len(colours)} colours; a palette has 1 to {MAX_COLOURS}.")
    return Palette(name, tuple(colours), author)


def _lines(path: Path) -> list[str]:
    try:
        return _bytes(path).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise PaletteError(f"{path} is not a text file.") from error


def _bytes(path: Path) -> bytes:
    return read_at_most(path, MAX_BYTES, PaletteError)


def _colour(path: Path, number: int, entry: re.Match[str]) -> Colour:
    red, green, blue = (int(entry.group(i)) for i in (1, 2, 3))
    if max(red, green, blue) > 255:
        raise PaletteError(f"{path}, line {number}: a colour has parts from 0 to 255.")
    return red, green, blue


def _one_line(text: str) -> str:
    return " ".join(text.split())
