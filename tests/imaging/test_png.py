from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

from pixelforge.errors import OutputError
from pixelforge.imaging.pixels import Pixels, read_sprite
from pixelforge.imaging.png import write_png


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
