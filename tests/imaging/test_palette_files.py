from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pixelforge.errors import PaletteError
from pixelforge.imaging.palette import Palette
from pixelforge.imaging.palette_files import read_gpl
from pixelforge.services.palettes import bundled_palettes

HEAD = "GIMP Palette\nName: Two\nColumns: 2\n# Author: me\n"


def test_a_gimp_palette(tmp_path) -> None:
    path = tmp_path / "two.gpl"
    path.write_bytes((HEAD + "#\n  0   1\t2\tdark\r\n255 254 253\n").encode())
    assert read_gpl(path) == Palette("Two", ((0, 1, 2), (255, 254, 253)), "me")


def test_aseprites_kind_has_alpha(tmp_path) -> None:
    path = tmp_path / "ase.gpl"
    path.write_text("GIMP Palette\nChannels: RGBA\n#\n 10  20  30 255 Untitled\n")
    assert read_gpl(path) == Palette("ase", ((10, 20, 30),))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a GIMP palette"),
        (b"\xff\x00\xfe", "not a text file"),
        (b"JASC-PAL\n0100\n", "not a GIMP palette"),
        (HEAD.encode(), "has 0 colours"),
        ((HEAD + "0 0 0\n" * 300).encode(), "has 300 colours"),
        ((HEAD + "0 0 300\n").encode(), "line 5"),
        ((HEAD + "red\n").encode(), "line 5"),
        (b" " * 1_000_001, "too large"),
    ],
)
def test_bad_files_are_named(tmp_path, content, message) -> None:
    path = tmp_path / "bad.gpl"
    path.write_bytes(content)
    with pytest.raises(PaletteError, match=message) as caught:
        read_gpl(path)
    assert str(path) in str(caught.value)


def test_missing_files_are_named(tmp_path) -> None:
    with pytest.raises(PaletteError, match="cannot be read"):
        read_gpl(tmp_path / "none.gpl")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: ("GIMP Palette\n" + text).encode()))
def test_rubbish_gives_no_other_error(tmp_path, content) -> None:
    path = tmp_path / "fuzz.gpl"
    path.write_bytes(content)
    try:
        count = len(read_gpl(path).colours)
    except PaletteError as error:
        message = str(error)
        assert str(path) in message
    else:
        assert 1 <= count <= 256


def test_the_bundled_ones() -> None:
    sizes = {palette.name: len(palette.colours) for palette in bundled_palettes()}
    assert sizes == {
        "DawnBringer 16": 16,
        "DawnBringer 32": 32,
        "Endesga 32": 32,
        "Game Boy": 4,
        "PICO-8": 16,
        "Sweetie 16": 16,
    }
    assert all(palette.author and len(set(palette.colours)) == len(palette.colours) for palette in bundled_palettes())
