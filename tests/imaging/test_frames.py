from __future__ import annotations

import io
import re

import numpy as np
import pytest
from PIL import Image, ImageSequence

from pixelforge.errors import DatasetError, RequestError
from pixelforge.imaging.frames import KEYWORD, Frames, encode_frames, frames_in
from pixelforge.imaging.pixels import MAX_FRAMES, Pixels, decode_picture
from pixelforge.imaging.png import encode_png


def picture(seed: int, side: int = 16) -> Pixels:
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (side, side, 4), np.uint8)
    pixels[..., 3] = np.where(rng.random((side, side)) < 0.6, 255, 0)
    pixels[pixels[..., 3] == 0] = 0
    return pixels


def frames(*seeds: int, duration: int = 100) -> Frames:
    return Frames.of("walk", [(picture(seed), duration + 10 * at) for at, seed in enumerate(seeds)])


@pytest.mark.parametrize("seeds", [(1,), (1, 2), (1, 2, 1, 3), (1, 1), (1, 2, 2, 2, 1, 1), tuple(range(40))])
def test_frames_survive_their_png_repeated_ones_too(seeds: tuple[int, ...]) -> None:
    made = frames(*seeds)
    data = encode_frames(made, {"other": "text"})
    pixels, texts = decode_picture(data)
    np.testing.assert_array_equal(pixels, made.pictures[0])  # what shows no animations shows the sprite at rest
    assert texts["other"] == "text"
    again = frames_in(data, texts, "it")
    assert again is not None
    assert (again.action, again.durations) == (made.action, made.durations)
    for one, other in zip(again.pictures, made.pictures, strict=True):
        np.testing.assert_array_equal(one, other)
        assert not one.flags.writeable


def test_other_readers_play_it() -> None:
    """As long for each picture as was asked; Pillow is a reader of the standard's chunks."""
    with Image.open(io.BytesIO(encode_frames(frames(1, 2, 2, 3), {}))) as image:
        shown = [(np.asarray(frame.convert("RGBA")), frame.info["duration"]) for frame in ImageSequence.Iterator(image)]
    assert [duration for _, duration in shown] == [100, 110 + 120, 130]
    for (pixels, _), seed in zip(shown, (1, 2, 3), strict=True):
        np.testing.assert_array_equal(pixels[pixels[..., 3] > 0], picture(seed)[picture(seed)[..., 3] > 0])


def test_a_plain_png_has_none() -> None:
    data = encode_png(picture(1))
    assert frames_in(data, decode_picture(data)[1], "it") is None


@pytest.mark.parametrize("told", ["", "{", "{}", '{"action": "a", "durations": [100], "pictures": [7]}',
                                  '{"action": "a", "durations": [100, 100], "pictures": [0]}',
                                  '{"action": "a", "durations": [0], "pictures": [0]}',
                                  '{"action": "a", "durations": [], "pictures": []}'])  # fmt: skip
def test_what_is_told_wrongly_is_said(told: str) -> None:
    data = encode_png(picture(1), {KEYWORD: told})
    with pytest.raises(DatasetError, match=re.escape("it tells its frames wrongly")):
        frames_in(data, decode_picture(data)[1], "it")


def test_what_cannot_be_shown_is_refused() -> None:
    with pytest.raises(RequestError, match="1 to 256 frames, not 0"):
        Frames.of("walk", [])
    with pytest.raises(RequestError, match="not 10,000"):
        Frames.of("walk", [(picture(1), 100)] * 10_000)
    with pytest.raises(RequestError, match="not of 8 x 8, 16 x 16"):
        Frames.of("walk", [(picture(1), 100), (picture(1, side=8), 100)])
    with pytest.raises(RequestError, match="10 to 10,000 milliseconds, not 5"):
        Frames.of("walk", [(picture(1), 5)])
    with pytest.raises(RequestError, match="as many durations"):
        Frames("walk", (picture(1),), ())
    assert len(Frames.of("walk", [(picture(1), 100)] * MAX_FRAMES).pictures) == MAX_FRAMES


def test_which_is_shown_when() -> None:
    made = frames(1, 2, 3)  # 100, 110 and 120 ms
    assert made.total == 330
    shown = [made.at(time) for time in (0, 99, 100, 209, 210, 329, 330, 430, 660)]
    assert shown == [0, 0, 1, 1, 2, 2, 0, 1, 0]
