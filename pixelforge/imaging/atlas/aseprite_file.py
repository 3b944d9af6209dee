"""Aseprite's own file (.aseprite): a frame a sprite, in its own pixels; a tag a class; the palette.

Chunks are those of aseprite/docs/ase-file-specs.md, in the order in which Aseprite writes them; numbers are
little-endian. How a sprite was made is the user data of its cel: an object of JSON, as text.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import msgspec
import numpy as np

from pixelforge.errors import OutputError
from pixelforge.hex_colours import Colour
from pixelforge.imaging.aseprite_layers import VISIBLE
from pixelforge.imaging.aseprite_reader import (
    CEL,
    COMPRESSED,
    FILE_MAGIC,
    FRAME_MAGIC,
    LAYER,
    MAX_FRAMES,
    PALETTE,
    TAGS,
    USER_DATA,
)
from pixelforge.imaging.atlas.aseprite import DURATION
from pixelforge.imaging.atlas.model import Atlas, Frame
from pixelforge.imaging.indexed import ordered_colours, to_indexed
from pixelforge.imaging.palette import MAX_COLOURS
from pixelforge.imaging.pixels import Pixels

COLOUR_PROFILE, SRGB = 0x2007, 1
EDITABLE, HAS_OPACITY, HAS_TEXT = 2, 1, 1
MAX_TEXT = 65_535  # bytes
LAYER_NAME = "Sprites"


def encode(atlas: Atlas) -> bytes:
    """The file; of indices where the sheet is, so that the palette's order is the sheet's.

    Raises OutputError for too many sprites, PaletteError for too many colours of an index.
    """
    if len(atlas.frames) > MAX_FRAMES:
        raise OutputError(
            f"An Aseprite file holds at most {MAX_FRAMES:,} sprites, and these are {len(atlas.frames):,}."
        )
    height = max(frame.pixels.shape[0] for frame in atlas.frames)
    width = max(frame.pixels.shape[1] for frame in atlas.frames)
    everything = np.concatenate([frame.pixels.reshape(1, -1, 4) for frame in atlas.frames], axis=1)
    colours = ordered_colours(everything, atlas.colours)
    if atlas.indexed:
        indices, colours = to_indexed(everything, atlas.colours)
        ends = np.cumsum([frame.pixels.shape[0] * frame.pixels.shape[1] for frame in atlas.frames])
        pictures = np.split(indices[0], ends[:-1])
    else:
        pictures = [frame.pixels.reshape(-1) for frame in atlas.frames]
    head = _document(atlas, colours[: MAX_COLOURS - 1])
    frames = b"".join(
        _frame([*(head if index == 0 else ()), *_cel(frame, picture)], frame.duration or DURATION)
        for index, (frame, picture) in enumerate(zip(atlas.frames, pictures, strict=True))
    )
    depth = 8 if atlas.indexed else 32
    return _header(len(frames), len(atlas.frames), width, height, depth, min(len(colours) + 1, MAX_COLOURS)) + frames


def _header(size: int, frames: int, width: int, height: int, depth: int, colours: int) -> bytes:
    flags, speed, transparent, no_ratio, no_grid = HAS_OPACITY, DURATION, 0, (1, 1), (0, 0, width, height)
    fields = (FILE_MAGIC, frames, width, height, depth, flags, speed, transparent, colours, *no_ratio, *no_grid)
    return struct.pack("<I5HIH8xB3xH2B2h2H84x", 128 + size, *fields)


def _frame(chunks: list[bytes], duration: int) -> bytes:
    content = b"".join(chunks)
    return struct.pack("<I3H2xI", 16 + len(content), FRAME_MAGIC, len(chunks), duration, len(chunks)) + content


def _chunk(kind: int, content: bytes) -> bytes:
    return struct.pack("<IH", 6 + len(content), kind) + content


def _string(text: str) -> bytes:
    data = text.encode()[:MAX_TEXT].decode(errors="ignore").encode()
    return struct.pack("<H", len(data)) + data


def _document(atlas: Atlas, colours: tuple[Colour, ...]) -> list[bytes]:
    """What stands in the first frame for all of them: colour profile, palette, the one layer, the tags."""
    entries = [struct.pack("<H4B", 0, 0, 0, 0, 0), *(struct.pack("<H4B", 0, *colour, 255) for colour in colours)]
    palette = struct.pack("<3I8x", len(entries), 0, len(entries) - 1) + b"".join(entries)
    layer = struct.pack("<6HB3x", VISIBLE | EDITABLE, 0, 0, 0, 0, 0, 255) + _string(LAYER_NAME)
    return [
        _chunk(COLOUR_PROFILE, struct.pack("<2HI8x", SRGB, 0, 0)),
        _chunk(PALETTE, palette),
        _chunk(LAYER, layer),
        _chunk(TAGS, b"".join(_tags(atlas))),
    ]


def _tags(atlas: Atlas) -> Iterator[bytes]:
    tags = list(atlas.tags().items())[:MAX_FRAMES]
    yield struct.pack("<H8x", len(tags))
    for name, span in tags:
        yield struct.pack("<2HBH6x4B", span.start, span.stop - 1, 0, 0, 0, 0, 0, 0) + _string(name)


def _cel(frame: Frame, picture: Pixels) -> Iterator[bytes]:
    height, width = frame.pixels.shape[:2]
    content = struct.pack("<H2hBHh5x2H", 0, 0, 0, 255, COMPRESSED, 0, width, height)
    yield _chunk(CEL, content + zlib.compress(picture.tobytes(), 9))
    told = msgspec.json.encode({keyword: msgspec.Raw(text.encode()) for keyword, text in frame.texts.items()})
    if frame.texts and len(told) <= MAX_TEXT:
        yield _chunk(USER_DATA, struct.pack("<I", HAS_TEXT) + _string(told.decode()))
