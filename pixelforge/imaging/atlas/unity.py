"""Unity's .meta beside a sheet: the importer's settings with the rectangles of its sprites.

Written after the shape of the .meta files in Unity's own samples, with the keys that have defaults left out. It was
not opened in Unity. Rectangles have y from the bottom.
"""

from __future__ import annotations

import hashlib
import uuid

from pixelforge.imaging.atlas.model import Atlas, Frame
from pixelforge.imaging.atlas.text import quoted

SPRITE_CLASS = 213  # Unity's class id of Sprite


def encode(atlas: Atlas) -> str:
    """The .meta with a new guid: where one stands already it must be kept, or scenes lose the sheet."""
    table = [line for frame in atlas.frames for line in _name(frame)]
    sprites = [line for frame in atlas.frames for line in _sprite(atlas, frame)]
    lines = [
        "fileFormatVersion: 2",
        f"guid: {uuid.uuid4().hex}",
        "TextureImporter:",
        "  internalIDToNameTable:",
        *table,
        "  serializedVersion: 11",
        "  mipmaps:",
        "    enableMipMap: 0",
        "  textureSettings:",
        "    serializedVersion: 2",
        "    filterMode: 0",
        "    aniso: 1",
        "    wrapU: 1",
        "    wrapV: 1",
        "  spriteMode: 2",
        f"  spritePixelsToUnits: {atlas.side}",
        "  alphaIsTransparency: 1",
        "  textureType: 8",
        "  spriteSheet:",
        "    serializedVersion: 2",
        "    sprites:",
        *sprites,
    ]
    return "\n".join(lines) + "\n"


def _name(frame: Frame) -> list[str]:
    return ["  - first:", f"      {SPRITE_CLASS}: {_id(frame)}", f"    second: {quoted(frame.name)}"]


def _sprite(atlas: Atlas, frame: Frame) -> list[str]:
    return [
        "    - serializedVersion: 2",
        f"      name: {quoted(frame.name)}",
        "      rect:",
        "        serializedVersion: 2",
        f"        x: {frame.x}",
        f"        y: {atlas.height - frame.y - frame.height}",
        f"        width: {frame.width}",
        f"        height: {frame.height}",
        "      alignment: 0",
        "      pivot: {x: 0.5, y: 0.5}",
        f"      spriteID: {hashlib.md5(frame.name.encode(), usedforsecurity=False).hexdigest()}",
        f"      internalID: {_id(frame)}",
    ]


def _id(frame: Frame) -> int:
    """A signed 64-bit number that the name alone decides, never 0."""
    digest = hashlib.sha256(frame.name.encode()).digest()
    return int.from_bytes(digest[:8], "little", signed=True) or 1
