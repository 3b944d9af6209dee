"""Files that are whole and well, and hold very many of something."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from pixelforge.imaging.aseprite_reader import MAX_FRAMES
from tests.robustness.costly.aseprite import ase_chunk, ase_layer, aseprite
from tests.robustness.costly.packs import packed
from tests.robustness.costly.pictures import gif_of_large_frames
from tests.robustness.costly.special import MEGA

ENTRY = struct.Struct("<4s6H3I5H2I")  # of a ZIP's directory, before its name


def zip_of_gifs() -> bytes:
    """200 of 256 frames of 128 x 128: 51,200 sprites."""
    gif = gif_of_large_frames(256, 128)
    return packed((f"cats/{number}.gif", gif) for number in range(200))


def zip_of_a_million() -> bytes:
    """A million entries, each of a name of its own, without content."""
    count = 10**6
    directory = b"".join(
        ENTRY.pack(b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 11, 0, 0, 0, 0, 0, 0) + b"%07d.png" % number
        for number in range(count)
    )
    far = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(directory), 0)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, len(directory), 1)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 2**32 - 1, 2**32 - 1, 0)
    return directory + far + locator + end


def ase_frames(count: int, side: int) -> bytes:
    """Frames, each of its own picture of a pixel."""
    cels = [
        ase_chunk(0x2005, struct.pack("<H2hBHh5x2H", 0, 0, 0, 255, 0, 0, 1, 1) + struct.pack("<I", number | 0xFF << 24))
        for number in range(count)
    ]
    return aseprite([ase_layer(), cels[0]], *[[cel] for cel in cels[1:]], side=side)


ASEPRITE: dict[str, Callable[[], bytes]] = {
    "frames.aseprite": lambda: ase_frames(65_535, 1),  # as many as the format can count
    "half of them.aseprite": lambda: ase_frames(MAX_FRAMES, 1),
    "large frames.aseprite": lambda: ase_frames(MAX_FRAMES, 64),
}

ZIPS: dict[str, Callable[[], bytes]] = {"gifs.zip": zip_of_gifs, "million.zip": zip_of_a_million}


def _padded(line: Callable[[int], bytes], size: int) -> Iterator[bytes]:
    number = total = 0
    while total < size:
        yield (row := line(number))
        total += len(row)
        number += 1


TABLES: dict[str, Callable[[], bytes]] = {
    "kinds.csv": lambda: b"file,kind\n" + b"".join(b"%d.png,kind %d\n" % (n, n) for n in range(10_000)),
    "100 MB.csv": lambda: b"file,kind\n" + b"".join(_padded(lambda n: b"%d.png,k\n" % n, 100 * MEGA)),
}

LISTS: dict[str, Callable[[], bytes]] = {
    "rows.csv": lambda: b"kind,name\n" + b"".join(b"lion,n%d\n" % n for n in range(100_000)),
    "few rows.csv": lambda: b"kind\n" + b"lion\n" * 9_999,
}


def project(*sets: str) -> bytes:
    return "\n".join(sets).encode()


PROJECTS: dict[str, Callable[[], bytes]] = {
    "sets.toml": lambda: project(*[f'[sets.s{n}]\nclass = "cats"' for n in range(10_000)]),
    "more sets.toml": lambda: project(*[f'[sets.s{n}]\nclass = "cats"' for n in range(10_001)]),
    "cycle.toml": lambda: project(*[f'[sets.s{n}]\nsets = ["s{(n + 1) % 10_000}"]' for n in range(10_000)]),
    "chain.toml": lambda: project(
        *[f'[sets.s{n}]\nsets = ["s{n + 1}"]' for n in range(9_999)], '[sets.s9999]\npictures = ["a"]'
    ),
    "each other.toml": lambda: project(
        *[f"[sets.s{n}]\nsets = {[f's{m}' for m in range(100) if m != n]}" for n in range(100)]
    ),
    "tables.toml": lambda: b"[sets.a" + b".a" * 100_000 + b"]\n",
    "list.toml": lambda: b'[sets.a]\nclass = ["' + b'cats","' * 300_000 + b'cats"]\n',
}


def _field(number: int, content: bytes) -> bytes:
    """A field of a protocol buffer with its length before it."""
    sizes, size = bytearray(), len(content)
    while size > 127:
        sizes.append(size & 127 | 128)
        size >>= 7
    return bytes([number << 3 | 2, *sizes, size]) + content


ONNX: dict[str, Callable[[], bytes]] = {
    "truncated.onnx": lambda: b"\x08\x08" + _field(7, b"x" * 100)[:50],
    "external.onnx": lambda: b"\x08\x08" + _field(7, _field(5, _field(13, _field(2, b"../../../etc/passwd")))),
    "custom.onnx": lambda: b"\x08\x08" + _field(7, _field(1, _field(4, b"Evil") + _field(7, b"com.evil"))),
    "newer.onnx": lambda: b"\x08\x7f" + _field(8, b"\x10\xe7\x07") + _field(7, b""),
    "large.onnx": lambda: b"\x08\x08" + _field(7, bytes(60 * MEGA)),
}
"""The program writes such graphs and reads none: each is refused for being no model file."""
