"""Aseprite's files, built here chunk by chunk after aseprite/docs/ase-file-specs.md."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixelforge.errors import DatasetError
from pixelforge.imaging.aseprite_layers import BAND
from pixelforge.imaging.aseprite_reader import MAX_FRAMES, AsepriteFrame, is_aseprite, read_aseprite
from pixelforge.imaging.pixels import decode_frames, decode_picture, read_sprite

RED, GREEN, BLUE = (255, 0, 0, 255), (0, 255, 0, 255), (0, 0, 255, 255)
SIDE = 4


def chunk(kind: int, body: bytes) -> bytes:
    return struct.pack("<IH", 6 + len(body), kind) + body


def frame(*chunks: bytes, duration: int = 100, count: int | None = None) -> bytes:
    body = b"".join(chunks)
    number = len(chunks) if count is None else count
    return struct.pack("<IHHHHI", 16 + len(body), 0xF1FA, min(number, 0xFFFF), duration, 0, number) + body


def file(*frames: bytes, depth: int = 32, transparent: int = 0, count: int | None = None, side: int = SIDE) -> bytes:
    head = struct.pack("<HHHHHIH8xB", 0xA5E0, count or len(frames), side, side, depth, 1, 100, transparent)
    body = b"".join(frames)
    return struct.pack("<I", 128 + len(body)) + head.ljust(124, b"\0") + body


def layer(flags: int = 1, kind: int = 0, depth: int = 0, blend: int = 0, opacity: int = 255) -> bytes:
    return chunk(0x2004, struct.pack("<6HB3xH", flags, kind, depth, 0, 0, blend, opacity, 0))


def cel(
    pixels: object, at: int = 0, x: int = 0, y: int = 0, opacity: int = 255, kind: int = 2, order: int = 0
) -> bytes:
    array = np.asarray(pixels, np.uint8)
    data = array.tobytes() if kind == 0 else zlib.compress(array.tobytes())
    head = struct.pack("<HhhBHh5x", at, x, y, opacity, kind, order)
    return chunk(0x2005, head + struct.pack("<HH", array.shape[1], array.shape[0]) + data)


def link(to: int, at: int = 0, x: int = 0) -> bytes:
    return chunk(0x2005, struct.pack("<HhhBHh5xH", at, x, 0, 255, 1, 0, to))


def tags(*given: tuple[int, int, str]) -> bytes:
    told = [struct.pack("<HHB12xH", first, last, 0, len(name)) + name.encode() for first, last, name in given]
    return chunk(0x2018, struct.pack("<H8x", len(given)) + b"".join(told))


def filled(colour: tuple[int, ...], height: int = SIDE, width: int = SIDE) -> np.ndarray:
    return np.broadcast_to(np.array(colour, np.uint8), (height, width, len(colour)))


def read(data: bytes) -> list[AsepriteFrame]:
    return read_aseprite(data, "a.aseprite", 4096, 2**25)


def colours(data: bytes) -> list[tuple[int, ...]]:
    """The colour in the top left of each frame."""
    return [tuple(found.pixels[0, 0].tolist()) for found in read(data)]


def test_frames_durations_and_tags() -> None:
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (3, SIDE, SIDE, 4), np.uint8)
    pictures[..., 3] = 255
    frames = [frame(layer(), tags((0, 1, "walk"), (2, 2, "stand")), cel(pictures[0]), duration=70)]
    frames += [frame(cel(pictures[1], kind=0)), frame(cel(pictures[2]))]
    found = read(file(*frames))
    np.testing.assert_array_equal([one.pixels for one in found], pictures)
    assert [(one.tag, one.duration) for one in found] == [("walk", 70), ("walk", 100), ("stand", 100)]


def test_cels_lie_where_they_are_told_and_what_is_outside_is_left_out() -> None:
    (found,) = read(file(frame(layer(), cel(filled(RED, 2, 3), x=2, y=-1))))
    expected = np.zeros((SIDE, SIDE, 4), np.uint8)
    expected[0, 2:] = RED
    np.testing.assert_array_equal(found.pixels, expected)
    (found,) = read(file(frame(layer(), cel(filled(RED), x=9))))
    assert not found.pixels.any()


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ((layer(), layer()), GREEN),
        ((layer(), layer(flags=0)), RED),
        ((layer(), layer(flags=1 | 64)), RED),
        ((layer(), layer(opacity=0)), RED),
        ((layer(), layer(opacity=51)), (204, 51, 0, 255)),  # a fifth of green over red
    ],
)
def test_layers_lie_one_upon_the_other(layers, expected) -> None:
    assert colours(file(frame(*layers, cel(filled(RED)), cel(filled(GREEN), at=1)))) == [expected]


def test_what_a_group_hides_is_hidden() -> None:
    group, inside, after = layer(flags=0, kind=1), layer(depth=1), layer()
    cels = (cel(filled(RED), at=1), cel(filled(GREEN), at=3))
    assert colours(file(frame(group, layer(kind=1, depth=1), inside, after, *cels))) == [GREEN]
    assert colours(file(frame(group, layer(kind=1, depth=1), layer(depth=2), after, cel(filled(RED), at=2)))) == [
        (0, 0, 0, 0)
    ]


def test_a_cel_can_be_lifted_above_the_layers() -> None:
    cels = (cel(filled(RED), order=1), cel(filled(GREEN), at=1))
    assert colours(file(frame(layer(), layer(), *cels))) == [RED]


def test_half_of_a_cel_on_nothing_keeps_its_colour() -> None:
    assert colours(file(frame(layer(), cel(filled(RED), opacity=128)))) == [(255, 0, 0, 128)]


def test_linked_cels_are_those_of_the_earlier_frame() -> None:
    data = file(frame(layer(), cel(filled(RED))), frame(link(0)), frame(link(1)))
    assert colours(data) == [RED] * 3


def test_grey_and_alpha() -> None:
    assert colours(file(frame(layer(), cel(filled((9, 255)))), depth=16)) == [(9, 9, 9, 255)]


def test_indices_through_a_palette() -> None:
    entries = struct.pack("<III8x", 3, 0, 2) + struct.pack("<H4BH", 1, *RED, 2) + b"ab"
    entries += struct.pack("<H4B", 0, *GREEN) + struct.pack("<H4B", 0, *BLUE)
    palette = chunk(0x2019, entries)
    for flags, index, expected in ((1, 1, GREEN), (1, 2, (0, 0, 0, 0)), (1, 0, RED), (1 | 8, 2, BLUE)):
        data = file(frame(palette, layer(flags=flags), cel(filled((index,)))), depth=8, transparent=2)
        assert colours(data) == [expected]


@pytest.mark.parametrize(("kind", "value"), [(0x04, 252), (0x11, 63)])
def test_palettes_of_old(kind, value) -> None:
    old = chunk(kind, struct.pack("<HBB3BBB3B", 2, 1, 1, value, 0, 0, 1, 1, 0, value, 0))
    data = file(frame(old, layer(), cel([[[1], [3]]])), depth=8)
    assert read(data)[0].pixels[0, :2].tolist() == [[252, 0, 0, 255], [0, 252, 0, 255]]


def test_chunks_that_nobody_knows_are_passed_over() -> None:
    data = file(frame(chunk(0x7777, b"x" * 9), layer(), chunk(0x2006, b""), cel(filled(RED)), chunk(1, b"")))
    assert colours(data) == [RED]


def test_user_data_that_is_not_ours_is_no_text() -> None:
    for text in (b"hello", b"[1]", b"{", b"\xff", b"[" * 50_000):
        told = chunk(0x2020, struct.pack("<IH", 1, len(text)) + text)
        assert read(file(frame(layer(), cel(filled(RED)), told)))[0].texts == {}
    told = chunk(0x2020, struct.pack("<IH", 1, 7) + b'{"a":1}')
    assert read(file(frame(layer(), told, cel(filled(RED)))))[0].texts == {}  # the layer's
    assert read(file(frame(layer(), cel(filled(RED)), told)))[0].texts == {"a": "1"}


def bomb(width: int, height: int, size: int) -> bytes:
    head = struct.pack("<HhhBHh5xHH", 0, 0, 0, 255, 2, 0, width, height)
    return file(frame(layer(), chunk(0x2005, head + zlib.compress(bytes(size)))))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (file(frame(layer(blend=1), cel(filled(RED)))), "flatten"),
        (file(frame(layer(kind=2), cel(filled(RED), kind=3))), "tilemap"),
        (file(frame(layer(), cel(filled(RED))), count=9), "damaged"),
        (file(frame(), side=4097), "4097 x 4097"),
        (file(frame(), count=65_535, side=4096), "too many frames"),
        (file(frame(), count=MAX_FRAMES + 1), "too many frames"),
        (file(frame(count=2**32 - 1)), "damaged"),
        (file(*[frame(layer(), *[cel(filled(RED))] * 5), frame(link(9))]), "damaged"),
        (file(frame(layer(), cel(filled(RED), at=7))), "damaged"),
        (file(frame(layer(), chunk(0x2005, b"short"))), "damaged"),
        (bomb(4, 4, 3), "damaged"),
        (bomb(65_535, 65_535, 9), "more pixels than can be read"),
        (file(frame(layer(), *[cel(filled(RED))] * 3))[:-5], "damaged"),
    ],
    ids=range(13),
)
def test_files_that_cannot_be_read_are_named(data, message) -> None:
    with pytest.raises(DatasetError, match=message) as error:
        read(data)
    assert "a.aseprite" in str(error.value)


def test_a_cel_that_inflates_to_more_than_it_says_is_cut_off() -> None:
    assert colours(bomb(4, 4, 50 * 2**20)) == [(0, 0, 0, 0)]


def test_many_cels_together_are_bounded() -> None:
    many = [cel(filled(RED))] * 3
    with pytest.raises(DatasetError, match="more pixels"):
        read_aseprite(file(frame(layer(), *many)), "a", 4096, 3 * SIDE**2)


@given(st.data())
def test_a_file_that_ends_anywhere_or_has_a_wrong_byte_gives_no_other_error(data) -> None:
    good = bytearray(file(frame(layer(), tags((0, 1, "a")), cel(filled(RED))), frame(link(0))))
    for _ in range(data.draw(st.integers(0, 3))):
        good[data.draw(st.integers(6, len(good) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(good)))
    try:
        found = read(bytes(good[:cut]))
    except DatasetError:
        return
    assert all(one.pixels.dtype == np.uint8 for one in found)


def test_it_is_read_wherever_pictures_are(tmp_path) -> None:
    data = file(frame(layer(), cel(filled(RED, 2, 2), opacity=200)), frame(cel(filled(GREEN), opacity=100)))
    first = np.zeros((SIDE, SIDE, 4), np.uint8)
    first[:2, :2] = RED  # alpha is made hard
    path = tmp_path / "a.ase"
    path.write_bytes(data)
    np.testing.assert_array_equal(read_sprite(path), first)
    np.testing.assert_array_equal(decode_picture(data)[0], first)
    np.testing.assert_array_equal(decode_frames(data, "a"), [first, np.zeros_like(first)])


def test_other_files_are_none() -> None:
    assert is_aseprite(file(frame()))
    assert not is_aseprite(b"RIFF\xe0\xa5\0\0WEBPVP8L")
    assert not is_aseprite(b"\xe0\xa5")
    assert not is_aseprite(b"")


def test_a_layer_belongs_to_the_last_one_before_it_that_is_less_deep() -> None:
    hidden_group, shown_group = layer(flags=0, kind=1), layer(kind=1)
    inner = layer(kind=1, depth=1)
    for parents, expected in (([hidden_group, inner], (0, 0, 0, 0)), ([hidden_group, shown_group, inner], RED)):
        number = len(parents)
        assert colours(file(frame(*parents, layer(depth=2), cel(filled(RED), at=number)))) == [expected]
    again = [hidden_group, layer(depth=1), layer()]  # the last lies beside the group, not in it
    assert colours(file(frame(*again, cel(filled(RED), at=2)))) == [RED]


def test_the_first_of_several_tags_names_a_frame() -> None:
    told = tags((1, 2, "walk"), (0, 1, "idle"), (2, 9, "run"))
    frames = [frame(layer(), told, cel(filled(RED))), frame(link(0)), frame(link(0)), frame(link(0))]
    assert [found.tag for found in read(file(*frames))] == ["idle", "walk", "walk", "run"]


def test_more_tags_than_anybody_sets_are_refused() -> None:
    with pytest.raises(DatasetError, match="more than 4,096 tags"):
        read(file(frame(layer(), *[tags(*[(9, 9, "x")] * 1000)] * 5)))


def test_a_picture_of_several_bands_is_blended_throughout() -> None:
    side = 2 * BAND + 3
    (found,) = read(file(frame(layer(), layer(), cel(filled(RED, side, side)), cel(filled(BLUE, side, side), at=1,
                    opacity=51)), side=side))  # fmt: skip
    assert np.unique(found.pixels.reshape(-1, 4), axis=0).tolist() == [[204, 0, 51, 255]]
