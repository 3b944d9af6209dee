from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from pixelforge.errors import OutputError, PaletteError
from pixelforge.imaging.palette import Palette
from pixelforge.imaging.palette_files import READERS, read_gpl, read_palette, write_palette
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


RED_BLACK = ((255, 0, 0), (0, 0, 0))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("p.hex", b"ff0000\r\n\r\n#000000\n"),
        ("p.hex", b"; comment\nFF0000ff\n0x000000 black\n"),
        ("p.pal", b"JASC-PAL\r\n0100\r\n2\r\n255 0 0\r\n0 0 0\r\n"),
        ("p.pal", b"JASC-PAL\n0100\n2\n255\t0\t0\n0 0 0 255\n\n"),
        ("p.json", b'{"name": "p", "author": "", "colors": ["ff0000", "#000000"], "more": 1}'),
        ("P.HEX", b"\xef\xbb\xbfff0000\n000000"),
    ],
)
def test_other_formats(tmp_path, name, content) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert read_palette(path) == Palette(path.stem, RED_BLACK)


def test_lospecs_json_names_its_author(tmp_path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"name": "Two", "author": "me", "colors": ["ff0000", "000000"]}')
    assert read_palette(path) == Palette("Two", RED_BLACK, "me")


def test_a_strip_gives_its_colours_in_the_order_of_reading(tmp_path) -> None:
    strip = np.array([[[255, 0, 0, 255], [0, 0, 0, 255]], [[1, 2, 3, 0], [255, 0, 0, 255]]], np.uint8)
    Image.fromarray(strip).save(tmp_path / "strip.png")
    assert read_palette(tmp_path / "strip.png") == Palette("strip", RED_BLACK)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("p.ase", b"", "in no format that is known"),
        ("p.hex", b"", "has 0 colours"),
        ("p.hex", b"red", "line 1"),
        ("p.hex", b"000000\n" * 300, "has 300 colours"),
        ("p.pal", b"JASC-PAL\n0100\n", "not a JASC palette"),
        ("p.pal", b"JASC-PAL\n0100\n3\n0 0 0\n", "says that it has 3 colours, but holds 1"),
        ("p.pal", b"JASC-PAL\n0100\n1\n0 0 256\n", "line 4"),
        ("p.pal", b"JASC-PAL\n0100\n1\nred\n", "line 4"),
        ("p.json", b'{"colors": ' + b"[" * 20_000, "not a palette of Lospec's"),
        ("p.json", b"[]", "not a palette of Lospec's"),
        ("p.json", b'{"colors": ["zz"]}', "a colour that is none"),
        ("p.json", b'{"colors": []}', "has 0 colours"),
        ("p.png", b"JASC-PAL", "not a picture"),
    ],
)
def test_other_bad_files_are_named(tmp_path, name, content, message) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(PaletteError, match=message) as caught:
        read_palette(path)
    assert str(path) in str(caught.value)


@given(st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=1, max_size=256), st.text(max_size=300), st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_read_back(tmp_path, colours, name, author) -> None:
    palette = Palette(name, tuple(colours), author)
    for suffix in (".gpl", ".hex"):
        path = tmp_path / f"p{suffix}"
        write_palette(path, palette)
        assert read_palette(path).colours == palette.colours
    assert read_palette(tmp_path / "p.gpl").name == (" ".join(name.split()) or "p")


def test_palettes_are_written_as_gpl_or_hex_alone(tmp_path) -> None:
    with pytest.raises(OutputError, match=r"\.gpl or \.hex"):
        write_palette(tmp_path / "p.ase", Palette("p", RED_BLACK))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(READERS)), st.binary(max_size=300) | st.text(max_size=300).map(str.encode), st.booleans())
def test_rubbish_gives_no_other_error(tmp_path, suffix, content, begun_well) -> None:
    beginnings = {".gpl": b"GIMP Palette\n", ".pal": b"JASC-PAL\n0100\n1\n", ".json": b'{"colors": ["'}
    path = tmp_path / f"fuzz{suffix}"
    path.write_bytes(beginnings.get(suffix, b"") + content if begun_well else content)
    try:
        count = len(read_palette(path).colours)
    except PaletteError as error:
        message = str(error)
        assert str(path) in message
    else:
        assert 1 <= count <= 256


def test_the_bundled_ones() -> None:
    sizes = {palette.name: len(palette.colours) for palette in bundled_palettes()}
    assert sizes == {
        "Commodore 64": 16,
        "DawnBringer 16": 16,
        "DawnBringer 32": 32,
        "Endesga 32": 32,
        "Game Boy": 4,
        "NES": 55,
        "PICO-8": 16,
        "Sweetie 16": 16,
    }
    assert all(palette.author and len(set(palette.colours)) == len(palette.colours) for palette in bundled_palettes())
