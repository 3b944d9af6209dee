"""Aseprite's files (.aseprite, .ase): every frame as one picture, after aseprite/docs/ase-file-specs.md.

Chunks of kinds that are not known are passed over, as the specification asks. What a file can make us do is bounded by
the pixels of all its cels together, whatever it says of itself.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

import msgspec
import numpy as np

from pixelforge.errors import DatasetError
from pixelforge.imaging.aseprite_layers import (
    REFERENCE,
    VISIBLE,
    AsepriteContent,
    Cel,
    Layer,
    Picture,
    drawn_frame,
    spend,
)

FILE_MAGIC, FRAME_MAGIC = 0xA5E0, 0xF1FA
OLD_PALETTE, OLDER_PALETTE, LAYER, CEL, TAGS, PALETTE, USER_DATA = 0x04, 0x11, 0x2004, 0x2005, 0x2018, 0x2019, 0x2020
RAW, LINKED, COMPRESSED = 0, 1, 2  # kinds of cels
DEPTHS = (8, 16, 32)  # bits a pixel: an index; grey and alpha; RGBA
HEAD = 14  # bytes by which such a file can be told
MAX_PARTS = 2**20  # chunks of a file
MAX_TAGS = 4096
MAX_FRAMES = 2**14  # a quarter of what the format can count: seconds to read, and as many are written


@dataclass(frozen=True)
class AsepriteFrame:
    """A frame, its visible layers one upon the other."""

    pixels: Picture  # (H, W, 4), alpha as it is
    duration: int  # milliseconds
    tag: str  # the first that it is in; empty: none
    texts: dict[str, str]  # JSON by keyword, of the user data of its cels


def is_aseprite(data: bytes) -> bool:
    """Whether a file that begins so, with HEAD bytes at least, is one; a WebP may have the magic number by chance."""
    depth = int.from_bytes(data[12:14], "little")
    return int.from_bytes(data[4:6], "little") == FILE_MAGIC and depth in DEPTHS


def read_aseprite(
    data: bytes, name: str, max_side: int, max_pixels: int, first_only: bool = False
) -> list[AsepriteFrame]:
    """The frames of a file's content, in order, or the first alone. Raises DatasetError that names the file.

    max_side: of the picture. max_pixels: of all cels together, and of all frames.
    """
    try:
        return _read(data, name, max_side, max_pixels, first_only)
    except (struct.error, zlib.error, IndexError, KeyError, ValueError) as error:
        raise DatasetError(f"{name} cannot be read: it is damaged.") from error


def _read(data: bytes, name: str, max_side: int, max_pixels: int, first_only: bool) -> list[AsepriteFrame]:
    _, _, count, width, height, depth, flags, transparent = struct.unpack_from("<I5HI10xB", data)
    if max(width, height) > max_side:
        raise DatasetError(f"{name} is {width} x {height}: sprites are at most {max_side}.")
    if min(count, width, height) < 1:
        raise DatasetError(f"{name} cannot be read: it is damaged.")
    wanted = 1 if first_only else count
    if wanted > MAX_FRAMES or wanted * width * height > max_pixels:
        told = f"at most {MAX_FRAMES:,}, and {max_pixels:,} pixels"
        raise DatasetError(f"{name} has too many frames ({count:,}): {told}.")
    file = AsepriteContent(name, width, height, depth, transparent, bool(flags & 1), max_pixels)
    frames, at, parts = [], 128, 0
    for _ in range(wanted):
        size, magic, old_count, duration, new_count = struct.unpack_from("<I3H2xI", data, at)
        chunks = new_count or old_count
        parts += chunks
        if magic != FRAME_MAGIC or size < 16 or parts > MAX_PARTS:
            raise DatasetError(f"{name} cannot be read: it is damaged.")
        _read_chunks(file, data[at + 16 : at + size], chunks)
        frames.append((drawn_frame(file), duration, _texts(file)))
        at += size
    tags = _tags_of_frames(file, wanted)
    return [
        AsepriteFrame(pixels, duration, tag, texts) for tag, (pixels, duration, texts) in zip(tags, frames, strict=True)
    ]


def _read_chunks(file: AsepriteContent, data: bytes, count: int) -> None:
    file.cels.append({})
    at, last_cel = 0, None
    for _ in range(count):
        size, kind = struct.unpack_from("<IH", data, at)
        if size < 6 or at + size > len(data):
            raise ValueError
        content = data[at + 6 : at + size]
        at += size
        if kind == USER_DATA:
            if last_cel is not None:
                last_cel.texts = last_cel.texts or _own_texts(content)
            continue
        last_cel = _read_cel(file, content) if kind == CEL else None
        if kind == LAYER:
            file.layers.append(_read_layer(file, content))
        elif kind == TAGS:
            file.tags += _read_tags(content)
            if len(file.tags) > MAX_TAGS:
                raise DatasetError(f"{file.name} has more than {MAX_TAGS:,} tags, which is the most that is read.")
        elif kind == PALETTE:
            _read_palette(file, content)
        elif kind in (OLD_PALETTE, OLDER_PALETTE) and not file.has_new_palette:
            _read_old_palette(file, content, 1 if kind == OLD_PALETTE else 4)


def _read_layer(file: AsepriteContent, content: bytes) -> Layer:
    flags, kind, depth, _, _, blend, opacity = struct.unpack_from("<6HB", content)
    while file.parents and file.parents[-1].depth >= depth:
        file.parents.pop()
    shown = bool(flags & VISIBLE) and not flags & REFERENCE and (not file.parents or file.parents[-1].shown)
    layer = Layer(shown, flags, kind, depth, blend, opacity if file.has_opacity else 255)
    file.parents.append(layer)
    return layer


def _read_cel(file: AsepriteContent, content: bytes) -> Cel:
    layer, x, y, opacity, kind, order = struct.unpack_from("<H2hBHh", content)
    if kind == LINKED:
        linked = file.cels[struct.unpack_from("<H", content, 16)[0]][layer]
        cel = Cel(linked.picture, x, y, opacity, order, linked.texts)
    elif kind in (RAW, COMPRESSED):
        width, height = struct.unpack_from("<2H", content, 16)
        spend(file, width * height)
        length = width * height * file.depth // 8
        raw = content[20:] if kind == RAW else zlib.decompressobj().decompress(content[20:], length or 1)
        if len(raw) < length:
            raise ValueError
        cel = Cel(np.frombuffer(raw[:length], np.uint8).reshape(height, width, file.depth // 8), x, y, opacity, order)
    else:
        raise DatasetError(f"{file.name} has a tilemap: turn it into a layer of pixels in Aseprite first.")
    file.cels[-1][layer] = cel
    return cel


def _read_tags(content: bytes) -> list[tuple[str, int, int]]:
    tags, at = [], 10
    for _ in range(struct.unpack_from("<H", content)[0]):
        first, last = struct.unpack_from("<2H", content, at)
        text, length = _string(content, at + 17)
        tags.append((text, first, last))
        at += 17 + length
    return tags


def _read_palette(file: AsepriteContent, content: bytes) -> None:
    _, first, last = struct.unpack_from("<3I", content)
    if not file.has_new_palette:
        file.palette = np.zeros((256, 4), np.uint8)
    file.has_new_palette, at = True, 20
    for index in range(first, min(last, 255) + 1):
        flags, *colour = struct.unpack_from("<H4B", content, at)
        file.palette[index] = colour
        at += 6 + (_string(content, at + 6)[1] if flags & 1 else 0)


def _read_old_palette(file: AsepriteContent, content: bytes, factor: int) -> None:
    at, index = 2, 0
    for _ in range(struct.unpack_from("<H", content)[0]):
        skipped, count = content[at], content[at + 1] or 256
        index, at = index + skipped, at + 2
        for _ in range(count):
            if index < 256:
                file.palette[index] = (*(min(255, value * factor) for value in content[at : at + 3]), 255)
            index, at = index + 1, at + 3


def _own_texts(content: bytes) -> dict[str, str]:
    """Of a cel's user data, what PixelForge has put there: an object of JSON."""
    if not struct.unpack_from("<I", content)[0] & 1:
        return {}
    try:
        found = msgspec.json.decode(_string(content, 4)[0], type=dict[str, msgspec.Raw])
        return {keyword: bytes(value).decode() for keyword, value in found.items()}
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return {}


def _string(content: bytes, at: int) -> tuple[str, int]:
    """A string, and how many bytes it takes with its length."""
    length = struct.unpack_from("<H", content, at)[0]
    return content[at + 2 : at + 2 + length].decode(errors="replace"), 2 + length


def _texts(file: AsepriteContent) -> dict[str, str]:
    """Those of the last frame's first cel that has any."""
    return next((cel.texts for cel in file.cels[-1].values() if cel.texts), {})


def _tags_of_frames(file: AsepriteContent, count: int) -> list[str]:
    """The first tag that each frame is in; empty: none."""
    numbers = np.zeros(count, np.intp)
    for number in range(len(file.tags), 0, -1):
        _, first, last = file.tags[number - 1]
        numbers[first : last + 1] = number
    names = ["", *(name for name, _, _ in file.tags)]
    return [names[number] for number in numbers]
