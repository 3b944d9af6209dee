from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pixelforge.core.condition import WHOLE
from pixelforge.errors import PaletteError, RequestError
from pixelforge.imaging.png import write_png
from pixelforge.services.palettes import find_palette, find_scheme


def test_a_scheme_is_written_as_its_colours() -> None:
    assert find_scheme("#ff0000, #00FF00") == ("#ff0000", "#00ff00")
    assert find_scheme("whole") == WHOLE


def test_a_scheme_is_taken_from_a_palette_or_a_sprite(tmp_path: Path) -> None:
    colours = find_palette("pico-8").colours
    assert find_scheme("pico-8") == tuple(f"#{r:02x}{g:02x}{b:02x}" for r, g, b in colours)
    sprite = np.zeros((4, 4, 4), np.uint8)
    sprite[1:3, 1:3] = (9, 8, 7, 255)
    write_png(tmp_path / "sprite.png", sprite)
    assert find_scheme(str(tmp_path / "sprite.png")) == ("#090807",)


@pytest.mark.parametrize("text", ["#ff00", "#ff0000;#00ff00", "#", "no such palette", ""])
def test_what_is_no_scheme(text: str) -> None:
    with pytest.raises((PaletteError, RequestError)):
        find_scheme(text)
