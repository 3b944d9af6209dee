from __future__ import annotations

import io
import random
import struct
import subprocess
import sys
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from pixelforge.errors import DatasetError
from pixelforge.imaging.pixels import (
    Pixels,
    decode_frames,
    decode_picture,
    enlarge,
    from_values,
    harden_alpha,
    read_sprite,
    resize_nearest,
    to_values,
)

sprites = hnp.arrays(np.uint8, st.tuples(st.integers(1, 3), st.integers(1, 6), st.integers(1, 6), st.just(4)))


@given(sprites)
def test_values_and_back(pixels: Pixels) -> None:
    hard = harden_alpha(pixels)
    values = to_values(hard, 4)
    assert values.dtype == np.float32
    assert values.shape == (len(hard), 4, *hard.shape[1:3])
    assert -1 <= values.min() <= values.max() <= 1
    np.testing.assert_array_equal(from_values(values), hard)


@given(sprites)
def test_three_channels_and_back_are_opaque(pixels: Pixels) -> None:
    back = from_values(to_values(pixels, 3))
    np.testing.assert_array_equal(back[..., :3], pixels[..., :3])
    assert (back[..., 3] == 255).all()


def test_every_byte_survives() -> None:
    ramp = np.zeros((1, 16, 16, 4), np.uint8)
    ramp[..., 0] = np.arange(256).reshape(16, 16)
    ramp[..., 3] = 255
    np.testing.assert_array_equal(from_values(to_values(ramp, 4)), ramp)


def test_values_past_the_ends_are_clipped() -> None:
    values = np.array([[[[5.0]], [[-5.0]], [[0.0]], [[3.0]]]], np.float32)
    assert from_values(values).tolist() == [[[[255, 0, 128, 255]]]]


@given(sprites)
def test_hard_alpha(pixels: Pixels) -> None:
    before = pixels.copy()
    hard = harden_alpha(pixels)
    np.testing.assert_array_equal(pixels, before)
    assert set(np.unique(hard[..., 3])) <= {0, 255}
    opaque = pixels[..., 3] >= 128
    np.testing.assert_array_equal(hard[..., 3] == 255, opaque)
    np.testing.assert_array_equal(hard[opaque][:, :3], pixels[opaque][:, :3])
    assert not hard[~opaque].any()
    np.testing.assert_array_equal(harden_alpha(hard), hard)


@given(hnp.arrays(np.uint8, st.integers(1, 8).map(lambda side: (side, side, 4))), st.integers(1, 5))
def test_whole_blow_ups_are_exact_both_ways(pixels: Pixels, factor: int) -> None:
    side = len(pixels)
    large = resize_nearest(pixels, side * factor)
    np.testing.assert_array_equal(large, enlarge(pixels, factor))
    np.testing.assert_array_equal(resize_nearest(large, side), pixels)


@pytest.mark.parametrize(("before", "after"), [(15, 24), (24, 16), (17, 16), (100, 16), (5, 64), (1, 8)])
def test_resizing_is_pillows_nearest(before: int, after: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (before, before, 4), np.uint8)
    expected = np.asarray(Image.fromarray(pixels).resize((after, after), Image.Resampling.NEAREST))
    np.testing.assert_array_equal(resize_nearest(pixels, after), expected)


@pytest.mark.parametrize("shape", [(16, 10), (10, 16), (16, 9)])
def test_what_is_not_square_is_padded_not_stretched(shape: tuple[int, int]) -> None:
    pixels = np.full((*shape, 4), 255, np.uint8)
    square = resize_nearest(pixels, 16)
    opaque = square[..., 3] == 255
    assert opaque.sum() == shape[0] * shape[1]
    rows, columns = np.flatnonzero(opaque.any(1)), np.flatnonzero(opaque.any(0))
    assert (len(rows), len(columns)) == shape
    for extent in (rows, columns):
        assert abs(extent[0] - (15 - extent[-1])) <= 1  # centred


def test_enlarge() -> None:
    pixels = np.arange(8, dtype=np.uint8).reshape(1, 2, 4)
    large = enlarge(pixels, 3)
    assert large.shape == (3, 6, 4)
    assert (large[:, :3] == pixels[0, 0]).all()
    assert (large[:, 3:] == pixels[0, 1]).all()


# Reading


@pytest.mark.parametrize("mode", ["RGBA", "RGB", "L", "LA", "P", "1", "I;16"])
def test_every_mode_is_read_as_rgba(mode: str, tmp_path: Path) -> None:
    path = tmp_path / "sprite.png"
    Image.new("L", (5, 3), 255).convert(mode).save(path) if mode != "I;16" else Image.new(mode, (5, 3)).save(path)
    sprite = read_sprite(path)
    assert sprite.shape == (3, 5, 4)
    assert sprite.dtype == np.uint8
    assert (sprite[..., 3] == 255).all()


def test_the_first_frame_and_its_transparency(tmp_path: Path) -> None:
    frames = [Image.new("RGBA", (4, 4), colour) for colour in ((200, 10, 10, 255), (10, 200, 10, 255))]
    frames[0].putpixel((1, 2), (9, 9, 9, 0))
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    frames[0].save(tmp_path / "a.png", save_all=True, append_images=frames[1:])
    for name in ("a.gif", "a.png"):
        sprite = read_sprite(tmp_path / name)
        assert sprite[0, 0].tolist() == [200, 10, 10, 255]
        assert sprite[2, 1].tolist() == [0, 0, 0, 0]


def refused(path: Path) -> str:
    with pytest.raises(DatasetError) as caught:
        read_sprite(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_is_no_picture(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture")
    (tmp_path / "empty.png").touch()
    assert "not a picture" in refused(tmp_path / "text.png")
    assert "not a picture" in refused(tmp_path / "empty.png")
    assert "no such file" in refused(tmp_path / "missing.png")
    refused(tmp_path)


def noise_png() -> bytes:
    content = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (32, 32, 4), np.uint8)).save(content, format="PNG")
    return content.getvalue()


def test_a_truncated_picture(tmp_path: Path) -> None:
    whole, path = noise_png(), tmp_path / "half.png"
    for length in (10, 30, 60, len(whole) // 2, len(whole) - 200):
        path.write_bytes(whole[:length])
        refused(path)


@pytest.mark.parametrize("side", [5000, 20_000, 60_000])
def test_a_bomb_is_not_unpacked(side: int, tmp_path: Path) -> None:
    """A header that promises up to 14 GB of pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    path = tmp_path / "bomb.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    refused(path)


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP", "WEBP", "ICO", "TGA"])
def test_random_damage_raises_nothing_else(kind: str, tmp_path: Path) -> None:
    content = io.BytesIO()
    Image.open(io.BytesIO(noise_png())).save(content, format=kind)
    whole, dice, path = content.getvalue(), random.Random(0), tmp_path / f"damaged.{kind.lower()}"
    for _ in range(100):
        damaged = bytearray(whole)
        for _ in range(dice.choice([1, 3, 10])):
            damaged[dice.randrange(dice.choice([40, len(damaged)]))] = dice.randrange(256)
        path.write_bytes(damaged[: dice.choice([len(damaged), dice.randrange(len(damaged))])])
        try:
            assert read_sprite(path).shape[2] == 4
        except DatasetError as error:
            assert path.name in str(error)  # noqa: PT017 - either way is right


def test_a_picture_cut_off_anywhere_gives_no_other_error() -> None:
    frames = [Image.fromarray(np.full((8, 8, 4), (i, 9, 9, 255), np.uint8)) for i in range(3)]
    buffer = io.BytesIO()
    frames[0].save(buffer, "gif", save_all=True, append_images=frames[1:])
    for length in range(len(buffer.getvalue()) - 1):
        with suppress(DatasetError):
            assert len(decode_frames(buffer.getvalue()[:length], "walk.gif")) <= len(frames)


def test_pictures_that_are_programs_are_refused() -> None:
    program = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n%%EndComments\n(/tmp/evil) (w) file\n"
    with pytest.raises(DatasetError, match=r"drawing\.eps is not a picture"):
        decode_picture(program, "drawing.eps")


def test_a_frame_larger_than_the_picture_is_refused_before_it_takes_memory() -> None:
    frames = [Image.fromarray(np.full((8, 8, 4), (i, 9, 9, 255), np.uint8)) for i in range(3)]
    buffer = io.BytesIO()
    frames[0].save(buffer, "gif", save_all=True, append_images=frames[1:])
    content = bytearray(buffer.getvalue())
    second = content.index(b"\x21\xf9", content.index(b"\x2c") + 1) + 8  # its image descriptor
    assert content[second] == 0x2C
    for height in (5000, 60_000):
        content[second + 7 : second + 9] = struct.pack("<H", height)
        with pytest.raises(DatasetError, match=r"walk\.gif"):
            decode_frames(bytes(content), "walk.gif")


def test_a_jpeg_of_many_scans_is_refused() -> None:
    buffer = io.BytesIO()
    Image.new("L", (16, 16), 99).save(buffer, "JPEG", progressive=True)
    data = buffer.getvalue()
    assert len(decode_frames(data, "a.jpg")) == 1
    last = data.rindex(b"\xff\xda")
    with pytest.raises(DatasetError, match=r"a\.jpg cannot be read: it is a JPEG of more than 64 scans"):
        decode_frames(data[:-2] + data[last:-2] * 100 + data[-2:], "a.jpg")


def test_frames_are_not_counted_by_what_the_file_claims() -> None:
    buffer = io.BytesIO()
    frames = [Image.new("RGBA", (8, 8), (value, 0, 0, 255)) for value in range(3)]
    frames[0].save(buffer, "PNG", save_all=True, append_images=frames[1:])
    assert len(decode_frames(buffer.getvalue(), "a.png")) == 3
    head, frame = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff", b",\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0"
    assert len(decode_frames(head + frame * 256 + b";", "a.gif")) == 256
    with pytest.raises(DatasetError, match="too many frames"):
        decode_frames(head + frame * 257 + b";", "a.gif")


READS_ONE = """
import sys
from pathlib import Path
from pixelforge.imaging.pixels import read_sprite
read_sprite(Path(sys.argv[1]))
print(*sorted(name[4:-11] for name in sys.modules if name.startswith("PIL.") and name.endswith("ImagePlugin")))
"""


def test_readers_of_other_formats_are_not_loaded(tmp_path: Path) -> None:
    """For the window's own pictures none but the one for PNG, and never one for a format that is not read."""
    loaded = {}
    for suffix in ("png", "gif"):
        path = tmp_path / f"hero.{suffix}"
        Image.new("RGBA", (4, 4), "red").save(path)
        command = [sys.executable, "-c", READS_ONE, str(path)]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        loaded[suffix] = set(told.split()) - {"Bmp", "Gif", "Jpeg", "Ppm", "Png"}  # which Pillow loads by itself
    assert loaded == {"png": set(), "gif": {"Ico", "Pcx", "Qoi", "Tga", "WebP"}}


@pytest.mark.parametrize("kind", ["bmp", "gif", "ico", "jpeg", "pcx", "png", "ppm", "qoi", "tga", "webp"])
def test_every_format_is_read(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "hero"  # by its content, not its name
    Image.new("RGB", (16, 16), (200, 40, 40)).save(path, kind)
    assert np.abs(read_sprite(path).astype(int) - (200, 40, 40, 255)).max() <= 4  # JPEG loses a little


def test_formats_that_are_not_read_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "hero.png"
    Image.new("RGB", (16, 16)).save(path, "TIFF")
    with pytest.raises(DatasetError, match=r"hero\.png is not a picture"):
        read_sprite(path)
