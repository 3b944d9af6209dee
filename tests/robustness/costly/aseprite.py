"""Aseprite files whose layers, tags, texts and cels multiply; after aseprite/docs/ase-file-specs.md."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterable

from tests.robustness.costly.pictures import SIDE


def aseprite(*frames: Iterable[bytes], side: int = 1, depth: int = 32) -> bytes:
    """An Aseprite file of frames of chunks (kind and content)."""
    bodies = []
    for chunks in frames:
        parts = list(chunks)
        body = b"".join(parts)
        bodies.append(struct.pack("<I3H2xI", 16 + len(body), 0xF1FA, min(len(parts), 0xFFFF), 100, len(parts)) + body)
    body = b"".join(bodies)
    return (
        struct.pack("<I5HI10xB", 128 + len(body), 0xA5E0, len(bodies), side, side, depth, 1, 0).ljust(128, b"\0") + body
    )


def ase_chunk(kind: int, content: bytes) -> bytes:
    return struct.pack("<IH", 6 + len(content), kind) + content


def ase_layer(depth: int = 0) -> bytes:
    return ase_chunk(0x2004, struct.pack("<6HB3xH", 1, 0, depth, 0, 0, 0, 255, 0))


def ase_layers() -> bytes:
    """Each layer with every one before it as a parent."""
    return aseprite([ase_layer(min(number, 65_535)) for number in range(100_000)])


def ase_tags() -> bytes:
    """65,000 frames in none of 800,000 tags."""
    tag = struct.pack("<2H13x", 65_535, 65_535) + struct.pack("<H", 0)
    tags = [ase_chunk(0x2018, struct.pack("<H8x", 40_000) + tag * 40_000)] * 20
    return aseprite([ase_layer(), *tags], *[[]] * 65_000)


def ase_blends() -> bytes:
    """A large picture that is half transparent."""
    side = SIDE // 2
    packed = zlib.compress(b"\x10\x20\x30\x80" * side * side, 1)
    cels = [ase_chunk(0x2005, struct.pack("<H2hBHh5x2H", 0, 0, 0, 128, 2, 0, side, side) + packed)]
    return aseprite([ase_layer(), *cels], side=side)


def ase_texts() -> bytes:
    """One text that is no JSON until its last letter, linked to by 10,000 frames."""
    pixel = ase_chunk(0x2005, struct.pack("<H2hBHh5x2H", 0, 0, 0, 255, 0, 0, 1, 1) + bytes(4))
    text = b'{"a":"' + b"x" * 65_000
    told = ase_chunk(0x2020, struct.pack("<IH", 1, len(text)) + text)
    linked = ase_chunk(0x2005, struct.pack("<H2hBHh5xH", 0, 0, 0, 255, 1, 0, 0))
    return aseprite([ase_layer(), pixel, told], *[[linked]] * 10_000)


ASEPRITE: dict[str, Callable[[], bytes]] = {
    "layers.aseprite": ase_layers,
    "tags.aseprite": ase_tags,
    "blends.aseprite": ase_blends,
    "texts.aseprite": ase_texts,
    "header.aseprite": lambda: aseprite([], side=65_535),
}
