"""Pictures that are small and ask for much: huge by what they say of themselves, or of many frames, texts and scans."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
from PIL import Image

from tests.robustness.costly.special import MEGA

SIDE = 4096  # the largest picture that is read
GIF_FRAME = b",\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0"  # of one pixel


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *more: bytes, data: bytes = b"") -> bytes:
    head = struct.pack(">2I5B", width, height, 8, 6, 0, 0, 0)
    parts = (chunk(b"IHDR", head), *more, chunk(b"IDAT", data or zlib.compress(bytes(64))), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def plain_png() -> bytes:
    """4096 x 4096 of one colour, in 70 KB."""
    return saved(Image.new("RGBA", (SIDE, SIDE), (9, 9, 9, 255)), "PNG")


def noise_png() -> bytes:
    rows = np.arange(SIDE * SIDE, dtype=np.uint32).reshape(SIDE, SIDE)
    pixels = rows.view(np.uint8).reshape(SIDE, SIDE, 4).copy()
    pixels[..., 3] = 255
    return saved(Image.fromarray(pixels), "PNG", compress_level=1)


def text_bombs() -> bytes:
    packed = zlib.compress(bytes(MEGA - 10), 9)
    texts = [chunk(b"zTXt", b"pixelforge%d\0\0" % number + packed) for number in range(200)]
    return png(8, 8, chunk(b"zTXt", b"pixelforge\0\0" + zlib.compress(bytes(64 * MEGA), 9)), *texts)


def many_chunks() -> bytes:
    return png(8, 8, *[chunk(b"tEXt", b"k%d\0x" % number) for number in range(100_000)])


def endless_apng() -> bytes:
    control = chunk(b"acTL", struct.pack(">2I", 2**31 - 1, 0))
    frame = struct.pack(">4I2H2B", 8, 8, 0, 0, 1, 10, 0, 0)
    frames = [
        chunk(b"fcTL", struct.pack(">I", 2 * n + 1) + frame) + chunk(b"fdAT", struct.pack(">I", 2 * n + 2) + b"x")
        for n in range(50_000)
    ]
    return png(8, 8, control, chunk(b"fcTL", bytes(4) + frame), data=zlib.compress(bytes(264)) + b"").replace(
        chunk(b"IEND", b""), b"".join(frames) + chunk(b"IEND", b"")
    )


def gif_of_many() -> bytes:
    """600,000 frames of one pixel."""
    head = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff"
    return head + GIF_FRAME * 600_000 + b";"


def gif_of_comment() -> bytes:
    """A comment of a million bytes, each in a block of its own."""
    return b"GIF89a\x08\0\x08\0\x80\0\0\0\0\0\xff\xff\xff!\xfe" + b"\x01x" * MEGA + b"\0" + GIF_FRAME + b";"


def gif_of_large_frames(count: int = 256, side: int = 128) -> bytes:
    frames = [Image.new("P", (side, side), index % 2) for index in range(count)]
    for index, frame in enumerate(frames):
        frame.putpalette([0, 0, 0, 255, index % 256, 0])
    return saved(frames[0], "GIF", save_all=True, append_images=frames[1:], disposal=2)


def ico_of_one_place() -> bytes:
    picture = plain_png()
    count = 60_000
    entries = b"".join(struct.pack("<4B2H2I", 0, 0, 0, 0, 1, 32, len(picture), 6 + 16 * count) for _ in range(count))
    return struct.pack("<3H", 0, 1, count) + entries + picture


def jpeg_of_scans() -> bytes:
    """A progressive picture whose last scan, in which nothing is refined, comes 1,000 times."""
    picture = saved(Image.new("L", (SIDE, SIDE), 128), "JPEG", progressive=True)
    scan = picture.rindex(b"\xff\xda")
    tables = picture.rindex(b"\xff\xc4", 0, scan)
    return picture[:-2] + picture[tables:-2] * 1000 + picture[-2:]


PICTURES: dict[str, Callable[[], bytes]] = {
    "header.png": lambda: png(2**31 - 1, 2**31 - 1),
    "plain.png": plain_png,
    "texts.png": text_bombs,
    "chunks.png": many_chunks,
    "frames.apng": endless_apng,
    "many.gif": gif_of_many,
    "comment.gif": gif_of_comment,
    "large.gif": lambda: gif_of_large_frames(256, 360),
    "one place.ico": ico_of_one_place,
    "scans.jpg": jpeg_of_scans,
    "header.ppm": lambda: b"P6 99999 99999 255\n" + bytes(100),
    "comment.ppm": lambda: b"P6 #" + b"x" * MEGA,
    "header.tga": lambda: struct.pack("<3B2HB4H2B", 0, 0, 10, 0, 0, 0, 0, 0, 65535, 65535, 32, 8) + bytes(9),
    "header.pcx": lambda: b"\n\5\1\x08" + struct.pack("<4H", 0, 0, 65534, 65534) + bytes(200),
    "header.qoi": lambda: b"qoif" + struct.pack(">2I", 2**31, 2**31) + bytes(99),
    "header.bmp": lambda: (
        b"BM" + struct.pack("<3I", 99, 0, 54) + struct.pack("<I2i2H6I", 40, 2**30, 2**30, 1, 32, *[0] * 6)
    ),
}
