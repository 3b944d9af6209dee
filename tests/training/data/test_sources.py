"""Data in whatever form it lies: zips, arrays, animations, blow-ups, flat grounds, and what must be refused."""

from __future__ import annotations

import errno
import gc
import io
import os
import stat
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from pixelforge.errors import DatasetError
from pixelforge.imaging.pixels import Pixels
from tests.training.conftest import COLOURS, blob, write_sprite
from training.data import arrays, reading, sources, zip_directory
from training.data.cleaning import clear_background, shrink_exactly, thinned
from training.data.reading import read_raw
from training.data.sources import find_items
from training.data.sprites import load_sprites


def png(pixels: Pixels) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def make_zip(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def zipped(folder: Path, path: Path, prefix: str = "") -> Path:
    files = {f"{prefix}{file.relative_to(folder).as_posix()}": file.read_bytes() for file in folder.rglob("*.png")}
    return make_zip(path, files)


@pytest.mark.parametrize("prefix", ["", "pack/", "my pack/v2/"])
def test_a_zip_is_as_the_folder_in_it(folder: Path, tmp_path: Path, prefix: str) -> None:
    plain, packed = load_sprites(folder, 8), load_sprites(zipped(folder, tmp_path / "pack.zip", prefix), 8)
    assert packed.class_names == plain.class_names
    np.testing.assert_array_equal(packed.sprites, plain.sprites)
    np.testing.assert_array_equal(packed.labels, plain.labels)
    assert packed.groups == plain.groups


def test_a_flat_zip_is_one_class(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    path = make_zip(tmp_path / "hats.zip", {f"{i}.png": png(blob(rng)) for i in range(3)})
    assert load_sprites(path, 8).counts() == {"hats": 3}


def test_what_leads_out_of_a_zip_is_refused_by_name(tmp_path: Path) -> None:
    good = png(blob(np.random.default_rng(0)))
    names = ["../evil.png", "a/../../evil.png", "/etc/evil.png", "C:/evil.png", "..\\evil.png", "a/good.png", "b/x.png"]
    path = make_zip(tmp_path / "z.zip", dict.fromkeys(names, good))
    link = zipfile.ZipInfo("a/link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    before = set(tmp_path.rglob("*"))
    data = load_sprites(path, 8)
    assert data.counts() == {"a": 1, "b": 1}
    refused = [warning for warning in data.warnings if warning.startswith("Left out")]
    assert len(refused) == 6
    assert all(any(repr(name) in line for line in refused) for name in (*names[:5], "a/link.png"))
    assert set(tmp_path.rglob("*")) == before


def test_an_entry_that_swells_is_refused(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(sources, "MAX_BYTES", 1000)
    good = png(blob(np.random.default_rng(0)))
    path = tmp_path / "z.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/good.png", good)
        archive.writestr("a/bomb.png", bytes(100_000))
    data = load_sprites(path, 8)
    assert len(data) == 1
    assert "bomb.png" in data.warnings[0]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nothing", b"rubbish" * 100])
def test_a_zip_that_is_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.zip"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=r"bad\.zip"):
        load_sprites(path, 8)


def test_a_damaged_entry_is_left_out_by_name(folder: Path, tmp_path: Path) -> None:
    path = zipped(folder, tmp_path / "z.zip")
    with zipfile.ZipFile(path) as archive:
        first = archive.infolist()[0].filename
    data = bytearray(path.read_bytes())
    at = data.find(b"IDAT")
    data[at + 4 : at + 12] = b"\0" * 8
    path.write_bytes(data)
    loaded = load_sprites(path, 8)
    assert len(loaded) == 63
    assert first in loaded.warnings[0]


def test_links_out_of_the_folder_are_refused(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.png"
    outside.write_bytes(png(blob(np.random.default_rng(3))))
    (folder / "tools" / "link.png").symlink_to(outside)
    (folder / "tools" / "loop.png").symlink_to(folder / "tools" / "loop.png")
    (folder / "tools" / "inside.png").symlink_to(folder / "tools" / "tool_00.png")
    data = load_sprites(folder, 8)
    assert len(data) == 65
    assert any("link.png" in line and "out of the folder" in line for line in data.warnings)


@pytest.mark.parametrize("labels", ["numbers", "column", "one-hot", "float one-hot"])
@pytest.mark.parametrize("kind", ["uint8", "unit", "signed", "rgba"])
def test_the_notebooks_arrays(tmp_path: Path, labels: str, kind: str) -> None:
    rng = np.random.default_rng(0)
    sprites = np.stack([blob(rng) for _ in range(6)])
    numbers = np.array([0, 2, 1, 1, 0, 2])
    white = np.where(sprites[..., 3:] > 0, sprites[..., :3], 255).astype(np.uint8)
    stored = {"uint8": white, "unit": white / 255, "signed": white / np.float32(127.5) - 1, "rgba": sprites}[kind]
    classes = {"numbers": numbers, "column": numbers[:, None], "one-hot": np.eye(3, dtype=int)[numbers]}
    np.save(tmp_path / "sprites.npy", stored)
    np.save(tmp_path / "sprites_labels.npy", classes.get(labels, np.eye(3)[numbers]))
    for source in (tmp_path, tmp_path / "sprites.npy"):
        data = load_sprites(source, 8)
        assert data.class_names == ("class 1", "class 3", "class 2")
        assert [data.class_names[label] for label in data.labels] == [f"class {n + 1}" for n in numbers]
        if kind == "rgba":
            np.testing.assert_array_equal(data.sprites, sprites)
        else:
            assert (data.sprites[..., 3] == 0).any(axis=(1, 2)).all()
            opaque = data.sprites[..., 3] > 0
            np.testing.assert_array_equal(data.sprites[opaque][:, :3], white[opaque])


@pytest.mark.parametrize(
    ("sprites", "labels", "message"),
    [
        (np.zeros((2, 8, 8), np.uint8), np.zeros(2), "shape"),
        (np.zeros((2, 8, 8, 3), np.uint8), np.zeros(3), "3 labels"),
        (np.zeros((2, 8, 8, 3), np.uint8), np.array([0.5, 1]), "no class numbers"),
        (np.zeros((2, 8, 8, 3), np.uint8), np.array([-1, 1]), "no class numbers"),
        (np.zeros((2, 8, 8, 3), np.uint8), np.ones((2, 3)), "one-hot"),
        (np.full((2, 8, 8, 3), np.nan), np.zeros(2), "no colours"),
        (np.full((2, 8, 8, 3), 300.0), np.zeros(2), "no colours"),
        (np.full((2, 8, 8, 3), 0x7FA00000, np.uint32).view(np.float32), np.zeros(2), "no colours"),  # signalling NaN
        (np.zeros((2, 8, 8, 3), np.uint8), np.full(2, 0x7FA00000, np.uint32).view(np.float32), "no class numbers"),
        (np.array([{"code": 1}], dtype=object), np.zeros(1), "not an array of numbers"),
        (np.array(["a", "b"]), np.zeros(2), "not an array of numbers"),
    ],
)
def test_arrays_that_are_none(tmp_path: Path, sprites, labels, message: str) -> None:
    np.save(tmp_path / "sprites.npy", sprites, allow_pickle=True)
    np.save(tmp_path / "sprites_labels.npy", labels)
    with pytest.raises(DatasetError, match=message) as caught:
        load_sprites(tmp_path, 8)
    assert "npy" in str(caught.value)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.binary(max_size=300), st.booleans())
def test_rubbish_arrays_give_no_other_error(tmp_path: Path, content: bytes, begun_well: bool) -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.zeros((1, 8, 8, 3), np.uint8))
    (tmp_path / "sprites.npy").write_bytes(buffer.getvalue()[:80] + content if begun_well else content)
    np.save(tmp_path / "sprites_labels.npy", np.zeros(1))
    try:
        data = load_sprites(tmp_path / "sprites.npy", 8)
    except DatasetError as error:
        message = str(error)
        assert "npy" in message or "no sprites" in message
    else:
        assert len(data) >= 1


@pytest.mark.parametrize("suffix", ["gif", "png", "webp"])
def test_the_frames_of_an_animation_stay_together(folder: Path, suffix: str) -> None:
    rng = np.random.default_rng(9)
    frames = [Image.fromarray(blob(rng)) for _ in range(3)]
    path = folder / "tools" / f"walk.{suffix}"
    options = {"lossless": True} if suffix == "webp" else {"disposal": 2 if suffix == "gif" else 1}
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=100, **options)
    data = load_sprites(folder, 8)
    assert data.groups.count("tools/walk") == 3
    for index, frame in zip([i for i, g in enumerate(data.groups) if g == "tools/walk"], frames, strict=True):
        np.testing.assert_array_equal(data.sprites[index], np.asarray(frame))


@given(st.integers(2, 8), st.integers(0, 10_000))
def test_blow_ups_come_back_exactly(factor: int, seed: int) -> None:
    sprite = np.random.default_rng(seed).integers(0, 256, (8, 8, 4), np.uint8)
    np.testing.assert_array_equal(shrink_exactly(sprite.repeat(factor, 0).repeat(factor, 1), 8), sprite)


def test_what_is_no_blow_up_stays() -> None:
    sprite = np.random.default_rng(0).integers(0, 256, (16, 16, 4), np.uint8)
    assert shrink_exactly(sprite, 16) is sprite
    coarse = sprite[:8, :8].repeat(2, 0).repeat(2, 1)
    assert shrink_exactly(coarse, 16) is coarse  # it has the size that is wanted
    large = sprite.repeat(2, 0).repeat(2, 1)
    large[0, 0] = 255 - large[0, 0]
    assert shrink_exactly(large, 16) is large


def test_a_flat_ground_is_cleared_from_the_borders_alone() -> None:
    pixels = np.full((8, 8, 4), (255, 0, 255, 255), np.uint8)
    pixels[2:6, 2:6] = (10, 20, 30, 255)
    pixels[3, 3] = (255, 0, 255, 255)  # enclosed: a part of the sprite
    cleared = clear_background(pixels)
    assert (cleared[0] == 0).all()
    assert cleared[3, 3].tolist() == [255, 0, 255, 255]
    assert (cleared[..., 3] > 0).sum() == 16


def test_other_grounds_stay() -> None:
    rng = np.random.default_rng(0)
    noise = np.dstack([rng.integers(0, 256, (8, 8, 3), np.uint8), np.full((8, 8), 255, np.uint8)])
    assert clear_background(noise) is noise
    flat = np.full((8, 8, 4), 255, np.uint8)
    assert clear_background(flat) is flat
    sprite = blob(rng)
    assert clear_background(sprite) is sprite


def test_grounds_are_cleared_where_a_class_is_opaque_and_can_be_kept(tmp_path: Path, folder: Path) -> None:
    rng = np.random.default_rng(0)
    for number in range(5):
        pixels = blob(rng)
        pixels[pixels[..., 3] == 0] = (255, 255, 255, 255)
        pixels[[0, -1]] = pixels[:, [0, -1]] = (255, 255, 255, 255)
        write_sprite(folder / "opaque" / f"{number}.png", pixels)
    tile = np.full((8, 8, 4), (*COLOURS[0], 255), np.uint8)
    tile[2:4] = (*COLOURS[1], 255)
    write_sprite(folder / "tools" / "wall.png", tile)  # an opaque one among transparent ones is meant so
    data, kept = load_sprites(folder, 8), load_sprites(folder, 8, keep_background=True)
    opaque = data.labels == data.class_names.index("opaque")
    assert (data.sprites[opaque][:, 0, 0, 3] == 0).all()
    assert (kept.sprites[opaque][..., 3] == 255).all()
    assert any("flat ground of 5 pictures" in line for line in data.warnings)
    np.testing.assert_array_equal(data.sprites[~opaque], kept.sprites[~opaque])


def test_a_huge_picture_is_refused_unread(folder: Path) -> None:
    Image.new("1", (5000, 3)).save(folder / "tools" / "wide.png")
    data = load_sprites(folder, 8)
    assert len(data) == 64
    assert "wide.png is 5000 x 3" in data.warnings[0]


@pytest.mark.parametrize("name", ["ö ä.png", "a'b\"c.png", "x" * 200 + ".png", "🐉.png", "new\nline.png"])
def test_odd_names_are_read(folder: Path, name: str) -> None:
    write_sprite(folder / "tools" / name, blob(np.random.default_rng(1)))
    assert len(load_sprites(folder, 8)) == 65


def test_too_many_files_are_refused(folder: Path, monkeypatch) -> None:
    monkeypatch.setattr(sources, "MAX_ITEMS", 10)
    with pytest.raises(DatasetError, match="at most 10"):
        find_items(folder)


@pytest.mark.parametrize("name", ["", ".", "./", "a//", "a/../.."])
def test_an_entry_without_a_name_is_passed_over(folder: Path, tmp_path: Path, name: str) -> None:
    path = zipped(folder, tmp_path / "z.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(zipfile.ZipInfo(name), b"x")
    assert len(load_sprites(path, 8)) == 64


@pytest.mark.parametrize("shape", [(0, 8, 8, 4), (4, 0, 0, 4), (4, 8, 0, 4)])
def test_arrays_without_pixels(tmp_path: Path, shape: tuple[int, ...]) -> None:
    np.save(tmp_path / "sprites.npy", np.zeros(shape, np.uint8))
    np.save(tmp_path / "sprites_labels.npy", np.zeros(shape[0]))
    with pytest.raises(DatasetError, match=r"sprites\.npy"):
        load_sprites(tmp_path, 8)


@pytest.mark.parametrize("labels", [np.array(1), np.zeros((4, 0)), np.zeros(0)], ids=["number", "no width", "none"])
def test_labels_without_a_number_for_each(tmp_path: Path, labels: np.ndarray) -> None:
    np.save(tmp_path / "sprites.npy", np.zeros((4, 8, 8, 4), np.uint8))
    np.save(tmp_path / "sprites_labels.npy", labels)
    with pytest.raises(DatasetError, match=r"sprites_labels\.npy"):
        load_sprites(tmp_path, 8)


def test_an_archive_in_place_of_an_array(folder: Path, tmp_path: Path) -> None:
    zipped(folder, tmp_path / "sprites.npy")
    with pytest.raises(DatasetError, match=r"sprites\.npy"):
        load_sprites(tmp_path / "sprites.npy", 8)


def test_large_pictures_are_not_kept_in_memory(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    flat, noise = np.full((2048, 2048, 4), 255, np.uint8), rng.integers(0, 256, (1500, 900, 4), np.uint8)
    noise[..., 3] = 255
    path = make_zip(tmp_path / "z.zip", {"a/flat.png": png(flat), "a/noise.png": png(noise)})
    refused: list[str] = []
    raw = read_raw(path, 8, keep_background=True, refused=refused, remarks=refused)
    assert refused == []
    assert [(sprite.size, sprite.own_size) for sprite in raw] == [((2048, 2048), (8, 8)), ((900, 1500), (900, 1500))]
    assert all(max(sprite.pixels.shape[:2]) <= 128 and sprite.pixels.base is None for sprite in raw)
    assert "900 x 1500" in "".join(load_sprites(path, 8).warnings)


@given(st.integers(1, 500), st.integers(1, 500), st.integers(1, 128))
def test_a_thinned_picture_keeps_its_shape(height: int, width: int, side: int) -> None:
    rows, columns = thinned(np.zeros((height, width, 4), np.uint8), side).shape[:2]
    assert 1 <= min(rows, columns) <= max(rows, columns) <= side
    assert abs(rows / max(rows, columns) - height / max(height, width)) <= 2 / max(rows, columns)


def test_a_zip_is_opened_once_however_many_pictures_it_has(folder: Path, tmp_path: Path, monkeypatch) -> None:
    path, opened = zipped(folder, tmp_path / "z.zip"), []

    class Counted(sources._Archive):
        def __init__(self, *arguments, **options) -> None:
            super().__init__(*arguments, **options)
            opened.append(self)

    monkeypatch.setattr(sources, "_Archive", Counted)
    assert len(load_sprites(path, 8)) == 64
    assert len(opened) == 1


def test_many_frames_are_refused_before_they_fill_the_memory(tmp_path: Path, monkeypatch) -> None:
    """A small zip can hold thousands of animations, each of hundreds of frames."""
    rng = np.random.default_rng(0)
    frames = [Image.fromarray(rng.integers(0, 256, (32, 32), np.uint8)) for _ in range(50)]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    path = make_zip(tmp_path / "frames.zip", {f"{number}.gif": buffer.getvalue() for number in range(50)})
    monkeypatch.setattr(reading, "MAX_KEPT", 60 * 32 * 32 * 4)
    read: list[str] = []
    decode = sources.decode_frames
    monkeypatch.setattr(sources, "decode_frames", lambda data, name: read.append(name) or decode(data, name))
    with pytest.raises(DatasetError, match=r"frames\.zip holds too much"):
        load_sprites(path, 8)
    assert len(read) == 2


def test_large_pictures_are_counted_as_they_are_found(tmp_path: Path, monkeypatch) -> None:
    """Of what is kept they take little, but each is read as a whole."""
    buffer = io.BytesIO()
    Image.new("RGBA", (256, 256), (1, 2, 3, 255)).save(buffer, "PNG")
    path = make_zip(tmp_path / "large.zip", {f"{number}.png": buffer.getvalue() for number in range(9)})
    assert len(load_sprites(path, 8)) == 9
    monkeypatch.setattr(reading, "MAX_SEEN", 5 * 256 * 256)
    with pytest.raises(DatasetError, match=r"large\.zip holds too much"):
        load_sprites(path, 8)


def test_too_many_sprites_are_refused_however_few_files_they_are_in(folder: Path, monkeypatch) -> None:
    monkeypatch.setattr(reading, "MAX_ITEMS", 3)
    with pytest.raises(DatasetError, match="holds too much"):
        load_sprites(folder, 8)


@pytest.mark.skipif(sys.platform == "win32", reason="limits open files as POSIX does")
def test_a_file_that_cannot_be_read_for_a_moment_ends_it(folder: Path, monkeypatch) -> None:
    """Without that sprite, a run would be begun that cannot be resumed once it can be read again."""
    import resource

    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    found = find_items(folder)
    second = found.items[1]

    def with_no_handle_left() -> list[Pixels]:
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, limits[1]))
        try:
            return second.frames()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)

    items = (found.items[0], replace(second, frames=with_no_handle_left), *found.items[2:])
    monkeypatch.setattr(reading, "find_items", lambda _: replace(found, items=items))
    with pytest.raises(DatasetError, match=r"\.png cannot be read: too many open files"):
        load_sprites(folder, 8)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes")
def test_pipes_in_place_of_arrays_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "sprites.npy", np.zeros((2, 8, 8, 3), np.uint8))
    os.mkfifo(tmp_path / "sprites_labels.npy")
    with pytest.raises(DatasetError, match="pipe"):
        load_sprites(tmp_path, 8)


@pytest.mark.parametrize("kind", [np.float16, np.uint8])
def test_arrays_that_claim_gigabytes_are_refused(tmp_path: Path, kind: type) -> None:
    """A sparse file of 2^31 values takes no room on the disk."""
    shape = (2**31 // (64 * 64 * 4), 64, 64, 4)
    array = np.lib.format.open_memmap(tmp_path / "sprites.npy", mode="w+", dtype=kind, shape=shape)
    del array
    np.save(tmp_path / "sprites_labels.npy", np.zeros(shape[0], np.uint8))
    with pytest.raises(DatasetError, match="holds 2,147,483,648 numbers"):
        load_sprites(tmp_path, 8)


@pytest.mark.parametrize("least", [0.0, -1.0])
def test_arrays_are_the_same_in_parts_and_as_a_whole(tmp_path: Path, monkeypatch, least: float) -> None:
    values = np.random.default_rng(0).uniform(least, 1, (7, 8, 8, 3))
    np.save(tmp_path / "sprites.npy", values)
    np.save(tmp_path / "sprites_labels.npy", np.zeros(7, np.uint8))
    whole = load_sprites(tmp_path, 8, keep_background=True).sprites
    monkeypatch.setattr(arrays, "AT_ONCE", 8 * 8 * 3 * 2)
    np.testing.assert_array_equal(load_sprites(tmp_path, 8, keep_background=True).sprites, whole)
    np.testing.assert_array_equal(whole[..., :3], np.rint((values - least) / (1 - least) * 255))


def test_frames_are_counted_however_small_their_file(tmp_path: Path, monkeypatch) -> None:
    buffer = io.BytesIO()
    Image.new("L", (32, 32)).save(buffer, "GIF", save_all=True, append_images=[Image.new("L", (32, 32), 9)] * 9)
    files = {"a.gif": buffer.getvalue(), "b.gif": buffer.getvalue()}
    monkeypatch.setattr(reading, "MAX_MOVING", 3 * 32 * 32)
    assert len(load_sprites(make_zip(tmp_path / "few.zip", files), 8)) == 4  # Pillow keeps frames that differ
    monkeypatch.setattr(reading, "MAX_MOVING", 32 * 32)
    with pytest.raises(DatasetError, match=r"many\.zip holds too much"):
        load_sprites(make_zip(tmp_path / "many.zip", files), 8)


@pytest.mark.parametrize("far", [False, True], ids=["usual", "ZIP64"])
def test_a_zip_of_too_many_files_is_refused_before_they_are_listed(tmp_path: Path, monkeypatch, far: bool) -> None:
    path = tmp_path / "many.zip"
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 3 if far else 65_535)
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(9):
            archive.writestr(f"cats/{number}.png", b"")
        archive.comment = b"with a comment"
    monkeypatch.setattr(zip_directory, "MAX_DIRECTORY", 9 * (46 + 10))
    zip_directory.check_directory(path)
    monkeypatch.setattr(zip_directory, "MAX_DIRECTORY", 9 * (46 + 10) - 1)
    with pytest.raises(DatasetError, match=r"many\.zip holds too many files"):
        load_sprites(path, 8)


def test_an_archive_that_cannot_be_closed_prints_nothing(folder: Path, tmp_path: Path, monkeypatch) -> None:
    def failing(self: zipfile.ZipFile, file: io.BufferedReader) -> None:
        file.close()
        raise OSError(errno.EIO, "Input/output error")

    told: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    items = find_items(zipped(folder, tmp_path / "z.zip")).items
    assert items
    monkeypatch.setattr(zipfile.ZipFile, "_fpclose", failing)
    del items
    gc.collect()
    assert not told
