"""What a project has drawn is read back; whatever else lies in its place is as nothing."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from pixelforge.services.project.sprite_cache import SpriteCache
from tests.made import made

KEY = "ab" + 62 * "0"


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    """The file of a sprite."""
    SpriteCache(tmp_path).write([(KEY, made(1))])
    (path,) = tmp_path.rglob(f"{KEY}.png")
    return path


def test_a_sprite_comes_back(tmp_path: Path, drawn: Path) -> None:
    sprite = SpriteCache(tmp_path).read(KEY)
    assert sprite is not None
    np.testing.assert_array_equal(sprite.pixels, made(1).pixels)
    drawn.write_bytes(drawn.read_bytes()[:-30])
    assert SpriteCache(tmp_path).read(KEY) is None
    drawn.unlink()
    assert SpriteCache(tmp_path).read(KEY) is None


@pytest.mark.skipif(sys.platform == "win32", reason="has no pipes among its files")
@pytest.mark.timeout(30)
def test_what_has_no_end_is_not_read(tmp_path: Path, drawn: Path) -> None:
    drawn.unlink()
    os.mkfifo(drawn)
    assert SpriteCache(tmp_path).read(KEY) is None
