from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from pixelforge.errors import DatasetError, RequestError
from pixelforge.imaging.frames import Frames
from pixelforge.services.acting import acting, at_pace, read_acting, together, write_acts
from pixelforge.services.export import ExportOptions, export_files, export_sprites
from pixelforge.services.sprites import Sprite, read_sheet
from tests.made import made


def blinking(seed: int, *durations: int) -> Sprite:
    """A sprite of a recipe that has so many frames, all unlike."""
    sprite = made(seed)
    pictures = [sprite.pixels, *(made(100 * seed + n).pixels for n in range(1, len(durations)))]
    return sprite.acting(Frames.of("wink", [(picture.copy(), ms) for picture, ms in zip(pictures, durations)]))  # noqa: B905


def shown_in(path: Path) -> list[tuple[np.ndarray, int]]:
    with Image.open(path) as image:
        return [(np.asarray(f.convert("RGBA")), int(f.info["duration"])) for f in ImageSequence.Iterator(image)]


def test_a_pace_shortens_every_frame_as_far_as_it_goes() -> None:
    frames = blinking(1, 100, 30).frames
    assert frames is not None
    assert at_pace(frames, 2).durations == (50, 15)
    assert at_pace(frames, 10).durations == (10, 10)
    assert at_pace(frames, 1e-9).durations == (10_000, 10_000)
    for pace in (0, -1, float("nan")):
        with pytest.raises(RequestError, match="above 0"):
            at_pace(frames, pace)
    assert acting(made(1), "bob", pace=4).frames.durations == (100, 100)


def test_the_tags_of_an_aseprite_file_are_what_its_sprites_do(tmp_path: Path) -> None:
    one, still, other = blinking(1, 100, 250), made(2, "dogs"), blinking(3, 70, 80, 90)
    options = ExportOptions(formats=("aseprite-file",))
    export_sprites(tmp_path / "hero.png", [one, still, other], options)
    found = {
        sprite.frames.action if sprite.frames else "": sprite for sprite in read_acting(tmp_path / "hero.aseprite")
    }
    assert list(found) == ["cats_000_wink", "", "cats_001_wink"]
    for tag, sprite in (("cats_000_wink", one), ("cats_001_wink", other)):
        assert (found[tag].class_name, found[tag].recipe) == ("hero", None)
        assert sprite.frames is not None
        assert found[tag].frames.durations == sprite.frames.durations
        for left, right in zip(found[tag].pictures, sprite.pictures, strict=True):
            np.testing.assert_array_equal(left, right)
    assert (found[""].recipe, found[""].class_name) == (still.recipe, "dogs")


def test_sprites_at_rest_in_an_aseprite_file_are_no_animation(tmp_path: Path) -> None:
    sprites = [made(seed) for seed in range(3)]
    export_sprites(tmp_path / "s.png", sprites, ExportOptions(formats=("aseprite-file",)))
    assert [sprite.recipe for sprite in read_acting(tmp_path / "s.aseprite")] == [sprite.recipe for sprite in sprites]
    assert all(sprite.frames is None for sprite in read_acting(tmp_path / "s.aseprite"))


def test_together_shorter_ones_begin_again() -> None:
    """At every moment each shows what it would show alone: by a clock that counts milliseconds."""
    sprites = [blinking(1, 100, 50), blinking(2, 40, 60, 70), made(3)]
    shown = together(sprites)
    assert sum(ms for _, ms in shown) == 170
    time = 0
    for picture, ms in shown:
        for moment in (time, time + ms - 1):
            for number, sprite in enumerate(sprites):
                left, clock, own = 16 * (number % 2), moment, sprite.pixels
                if sprite.frames is not None:
                    clock %= sprite.frames.total
                    for own, duration in zip(sprite.frames.pictures, sprite.frames.durations, strict=True):  # noqa: B007
                        if clock < duration:
                            break
                        clock -= duration
                top = 16 * (number // 2)
                np.testing.assert_array_equal(picture[top : top + 16, left : left + 16], own)
        time += ms


def test_too_much_is_told(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="at most 256"):
        together([blinking(1, 10, 10), blinking(2, 9000)])
    with pytest.raises(RequestError, match="1 to 64 sprites, not 0"):
        write_acts(tmp_path / "a.gif", [], 1)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", [".gif", ".apng"])
def test_an_animation_is_what_it_shows(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    sprite = blinking(1, 120, 50, 80)
    write_acts(path, [sprite], 2)
    shown = shown_in(path)
    assert [ms for _, ms in shown] == [120, 50, 80]
    for (picture, _), own in zip(shown, sprite.pictures, strict=True):
        assert picture.shape == (32, 32, 4)
        np.testing.assert_array_equal(picture[::2, ::2, 3], own[..., 3])
        if suffix == ".apng":
            np.testing.assert_array_equal(
                picture[picture[..., 3] > 0], own.repeat(2, 0).repeat(2, 1)[picture[..., 3] > 0]
            )


def test_an_animated_gif_is_a_sprite_with_frames(tmp_path: Path) -> None:
    path = tmp_path / "walk.gif"
    pictures = [Image.fromarray(made(n).pixels) for n in range(3)]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=[70, 0, 90], disposal=2)
    (sprite,) = read_acting(path)
    assert sprite.frames is not None
    assert (sprite.frames.action, sprite.frames.durations) == ("walk", (70, 100, 90))
    large = tmp_path / "large.gif"
    pictures = [picture.resize((300, 200)) for picture in pictures]
    pictures[0].save(large, save_all=True, append_images=pictures[1:], duration=70)
    with pytest.raises(DatasetError, match="300 x 200 pixels: a sprite with frames has at most 64 a side"):
        read_acting(large)


def test_a_sheet_of_frames_comes_apart_again(tmp_path: Path) -> None:
    sprites = [blinking(1, 100, 50, 60), made(2, "dogs"), blinking(3, 20, 30)]
    path = tmp_path / "sheet.png"
    export_sprites(path, sprites, ExportOptions(formats=("aseprite",)))
    again = read_sheet(path)
    assert [one.fingerprint for one in again] == [one.fingerprint for one in sprites]
    assert [one.recipe for one in again] == [one.recipe for one in sprites]
    with Image.open(path) as image:
        assert image.size == (3 * 16, 3 * 16)  # a row each
    tags = json.loads((tmp_path / "sheet.json").read_text())["meta"]["frameTags"]
    assert [(tag["name"], tag["from"], tag["to"]) for tag in tags] == [
        ("cats_000_wink", 0, 2), ("dogs", 3, 3), ("cats_001_wink", 4, 5),
    ]  # fmt: skip


def test_places_that_lie_outside_are_told(tmp_path: Path) -> None:
    path = tmp_path / "sheet.png"
    export_sprites(path, [blinking(1, 100, 50)], ExportOptions())
    with Image.open(path) as image:
        texts = dict(image.text)
        picture = np.asarray(image.convert("RGBA"))[:, :16]
    from pixelforge.imaging.png import encode_png

    path.write_bytes(encode_png(np.ascontiguousarray(picture), texts))
    with pytest.raises(DatasetError, match="does not tell where"):
        read_sheet(path)


def test_a_folder_gets_a_strip_a_sprite(tmp_path: Path) -> None:
    sprite = blinking(1, 100, 50, 60)
    (path,) = export_files(tmp_path, [sprite], ExportOptions())
    with Image.open(io.BytesIO(path.read_bytes())) as image:
        assert image.size == (48, 16)
    assert read_acting(path)[0].fingerprint == sprite.fingerprint
