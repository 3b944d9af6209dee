"""The icon's files: all are the same 16x16 pixels, enlarged."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

from pixelforge.imaging.pixels import enlarge
from pixelforge.services.paths import icons_folder

PICTURES = (".png", ".ico", ".icns")


@pytest.fixture(scope="module")
def draw() -> ModuleType:
    spec = importlib.util.spec_from_file_location("draw_icon", icons_folder() / "draw.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def is_enlarged(picture: Image.Image, icon: Image.Image) -> bool:
    pixels = np.asarray(picture.convert("RGBA"))
    return np.array_equal(pixels, enlarge(np.asarray(icon), len(pixels) // 16))


def test_every_png_is_the_drawing(draw: ModuleType) -> None:
    assert draw.draw().size == (16, 16)
    for side in draw.SIDES:
        with Image.open(icons_folder() / f"pixelforge-{side}.png") as picture:
            assert picture.size == (side, side)
            assert is_enlarged(picture, draw.draw())


def test_the_files_for_windows_and_macos_hold_it_in_every_size(draw: ModuleType) -> None:
    with Image.open(icons_folder() / "pixelforge.ico") as ico:
        assert {side for side, _ in ico.info["sizes"]} == {16, 32, 48, 64, 128, 256}
        assert all(is_enlarged(ico.ico.getimage(size), draw.draw()) for size in ico.info["sizes"])
    with Image.open(icons_folder() / "pixelforge.icns") as icns:
        assert (512, 512, 2) in icns.info["sizes"]
        assert all(is_enlarged(icns.icns.getimage(size), draw.draw()) for size in icns.info["sizes"])


def test_the_script_writes_what_is_in_the_tree(draw: ModuleType, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(draw, "FOLDER", tmp_path)
    draw.main()
    written = sorted(path.name for path in tmp_path.iterdir())
    assert written == sorted(path.name for path in icons_folder().iterdir() if path.suffix in PICTURES)
    for path in tmp_path.iterdir():
        with Image.open(path) as now, Image.open(icons_folder() / path.name) as kept:
            assert np.array_equal(np.asarray(now.convert("RGBA")), np.asarray(kept.convert("RGBA")))
