from __future__ import annotations

import json
import struct
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

from pixelforge.errors import OutputError
from pixelforge.imaging.pixels import Pixels, decode_picture, read_sprite
from pixelforge.imaging.png import encode_png, write_png


@pytest.fixture
def pixels() -> Pixels:
    pixels = np.random.default_rng(0).integers(0, 256, (16, 24, 4), np.uint8)
    pixels[..., 3] = 255
    pixels[:4] = 0
    return pixels


def test_pixels_and_texts_can_be_read_back(pixels: Pixels, tmp_path: Path) -> None:
    texts = {"pixelforge": '{"class_name": "Bêtes & 道具"}', "parameters": "monsters\nSteps: 30"}
    target = tmp_path / "new folder" / "sheet.png"
    write_png(target, pixels, texts)
    np.testing.assert_array_equal(read_sprite(target), pixels)
    with Image.open(target) as image:
        assert isinstance(image, PngImageFile)
        assert image.text == texts
        assert image.mode == "RGBA"
    assert [entry.name for entry in target.parent.iterdir()] == ["sheet.png"]


def itxt(data: bytes) -> dict[str, tuple[int, int]]:
    """By keyword: the compression flag and the bytes of each iTXt chunk; PNG 3rd edition, sections 5.3 and 11.3.3.4."""
    found, at = {}, 8
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        if kind == b"iTXt":
            keyword, rest = data[at + 8 : at + 8 + size].split(b"\0", 1)
            found[keyword.decode()] = (rest[0], size)
        at += 12 + size
    return found


def test_long_texts_are_compressed_and_short_ones_stay_legible(pixels: Pixels) -> None:
    recipe = json.dumps([{"class_name": "cats", "seed": seed, "sampler": "ddim"} for seed in range(256)])
    texts = {"pixelforge": recipe, "parameters": "cats\nSteps: 30"}
    data = encode_png(pixels, texts)
    flag, size = itxt(data)["pixelforge"]
    assert (flag, size < len(recipe) / 5) == (1, True)
    assert itxt(data)["parameters"][0] == 0
    assert decode_picture(data)[1] == texts
    plain = encode_png(pixels, texts, compress_texts=False)
    assert [flag for flag, _ in itxt(plain).values()] == [0, 0]
    assert decode_picture(plain)[1] == texts


def test_what_pillow_would_not_inflate_is_not_compressed(pixels: Pixels) -> None:
    for length in (2**20, 2**20 + 1):
        data = encode_png(pixels, {"pixelforge": "x" * length})
        assert itxt(data)["pixelforge"][0] == (length <= 2**20)
        assert len(decode_picture(data)[1]["pixelforge"]) == length


@pytest.mark.skipif(sys.platform == "win32", reason="limits a file's size as POSIX does")
def test_a_full_disk_leaves_the_old_picture(tmp_path: Path) -> None:
    import resource

    target = tmp_path / "sheet.png"
    write_png(target, np.zeros((4, 4, 4), np.uint8))
    before = target.read_bytes()
    noise = np.random.default_rng(0).integers(0, 256, (100, 100, 4), np.uint8)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OutputError, match=r"sheet\.png cannot be written"):
            write_png(target, noise)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert target.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["sheet.png"]


def test_a_folder_that_is_a_file(pixels: Pixels, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        write_png(tmp_path / "file" / "sheet.png", pixels)
