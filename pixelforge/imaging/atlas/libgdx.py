"""libGDX's .atlas, which TextureAtlas reads: regions by name, those of a class by its name and an index.

Lines are those that TextureAtlas.TextureAtlasData.load looks for; a name that ends in _ and a number is told as its own
TexturePacker tells it (ImageProcessor's pattern), so that `findRegions("monsters")` has all of a class in order.
"""

from __future__ import annotations

import re

from pixelforge.errors import RequestError
from pixelforge.imaging.atlas.model import Atlas, Frame
from pixelforge.imaging.atlas.text import unlike

NUMBERED = re.compile(r"(.+)_(\d{1,9})")
NO_INDEX = -1


def encode(atlas: Atlas) -> str:
    """The text of the file. Raises RequestError for a sheet whose name it cannot hold."""
    if ":" in atlas.image:
        raise RequestError(f"libGDX takes {atlas.image} for no picture: name the sheet without a colon.")
    lines = [
        atlas.image,
        f"size: {atlas.width}, {atlas.height}",
        "format: RGBA8888",
        "filter: Nearest, Nearest",
        "repeat: none",
    ]
    taken: set[str] = set()
    for frame in atlas.frames:
        name, index = _told(frame, taken)
        lines += [
            name,
            "  rotate: false",
            f"  xy: {frame.x}, {frame.y}",
            f"  size: {frame.width}, {frame.height}",
            f"  orig: {frame.width}, {frame.height}",
            "  offset: 0, 0",
            f"  index: {index}",
        ]
    return "\n".join(lines) + "\n"


def _told(frame: Frame, taken: set[str]) -> tuple[str, int]:
    """Name and index; a colon would end the name, spaces around it are lost, and an empty line would begin a sheet."""
    whole = frame.name.replace(":", "_").strip() or "sprite"
    if found := NUMBERED.fullmatch(whole):
        name, index = found[1].rstrip(), int(found[2])
        if name and f"{name}:{index}" not in taken:
            taken.add(f"{name}:{index}")
            return name, index
    return unlike(whole, taken), NO_INDEX
