"""What a sprite does: pictures that follow each other, each for its time; and as an APNG, which any reader shows."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec
import numpy as np
from PIL import Image

from pixelforge.errors import DatasetError, RequestError
from pixelforge.files import parse_json
from pixelforge.imaging.pixels import MAX_FRAMES, Pixels, decode_frames
from pixelforge.imaging.png import itxt

MIN_DURATION, MAX_DURATION = 10, 10_000  # milliseconds
KEYWORD = "pixelforge-frames"  # the PNG text that tells the action, and each frame's time


@dataclass(frozen=True, eq=False)
class Frames:
    """An action of a sprite. Raises RequestError for one that cannot be shown."""

    action: str  # idle, walk, …; the name of the engine's animation
    pictures: tuple[Pixels, ...]  # (H, W, 4) each, of one size, read-only; the first is the sprite at rest
    durations: tuple[int, ...]  # milliseconds, one a picture

    def __post_init__(self) -> None:
        if not 1 <= len(self.pictures) <= MAX_FRAMES:
            raise RequestError(f"A sprite has 1 to {MAX_FRAMES} frames, not {len(self.pictures):,}.")
        sizes = {picture.shape for picture in self.pictures}
        if len(sizes) > 1:
            told = ", ".join(f"{width} x {height}" for height, width, _ in sorted(sizes))
            raise RequestError(f"The frames of a sprite are of one size, not of {told}.")
        if len(self.durations) != len(self.pictures):
            raise RequestError(f"{len(self.pictures)} frames need as many durations, not {len(self.durations)}.")
        for duration in self.durations:
            if not MIN_DURATION <= duration <= MAX_DURATION:
                raise RequestError(
                    f"A frame is shown for {MIN_DURATION} to {MAX_DURATION:,} milliseconds, not {duration:,}."
                )

    @classmethod
    def of(cls, action: str, shown: Sequence[tuple[Pixels, int]]) -> Frames:
        """Pictures with their durations; the pictures become read-only."""
        for picture, _ in shown:
            picture.setflags(write=False)
        return cls(action, tuple(picture for picture, _ in shown), tuple(duration for _, duration in shown))

    @property
    def total(self) -> int:
        """Milliseconds of one round."""
        return sum(self.durations)

    def at(self, time: int) -> int:
        """The frame that is shown `time` milliseconds after the beginning; after the last comes the first again."""
        ends = np.cumsum(self.durations)
        return int(np.searchsorted(ends, time % self.total, side="right"))

    def changed(self, how: Callable[[Pixels], Pixels]) -> Frames:
        """The frames with all pictures, (N, H, W, 4), made others together."""
        return Frames.of(self.action, list(zip(how(np.stack(self.pictures)), self.durations, strict=True)))


@dataclass(frozen=True)
class _Told:
    action: str
    durations: Annotated[tuple[int, ...], msgspec.Meta(max_length=MAX_FRAMES)]
    pictures: Annotated[tuple[int, ...], msgspec.Meta(max_length=MAX_FRAMES)]  # of the file, one a frame


def encode_frames(frames: Frames, texts: dict[str, str]) -> bytes:
    """An APNG with iTXt entries, by keyword; https://www.w3.org/TR/png-3, section 11.3.3."""
    shown, numbers = _unlike_neighbours(frames)
    told = msgspec.json.encode(_Told(frames.action, frames.durations, numbers)).decode()
    info = itxt({**texts, KEYWORD: told}, compress=False)  # the history looks for words among the bytes
    first, *rest = (Image.fromarray(picture) for picture, _ in shown)
    durations = [duration for _, duration in shown]
    buffer = io.BytesIO()
    first.save(
        buffer, "PNG", pnginfo=info, save_all=True, append_images=rest, duration=durations, loop=0, disposal=1, blend=0
    )
    return buffer.getvalue()


def frames_in(data: bytes, texts: dict[str, str], name: str) -> Frames | None:
    """The frames of a picture file's content that `encode_frames` wrote; None for another. Raises DatasetError."""
    if KEYWORD not in texts:
        return None
    try:
        told = parse_json(texts[KEYWORD], _Told)
        pictures = decode_frames(data, name)
        return Frames.of(told.action, [(pictures[n], ms) for n, ms in zip(told.pictures, told.durations, strict=True)])
    except (msgspec.DecodeError, IndexError, ValueError, RequestError) as error:
        raise DatasetError(f"{name} tells its frames wrongly.") from error


def _unlike_neighbours(frames: Frames) -> tuple[list[tuple[Pixels, int]], tuple[int, ...]]:
    """Pictures that differ from the one before with their times, and which of them each frame is.

    Pillow leaves repeated pictures out as well, but does not tell which.
    """
    shown: list[tuple[Pixels, int]] = []
    numbers = []
    for picture, duration in zip(frames.pictures, frames.durations, strict=True):
        if shown and np.array_equal(shown[-1][0], picture):
            shown[-1] = (picture, shown[-1][1] + duration)
        else:
            shown.append((picture, duration))
        numbers.append(len(shown) - 1)
    return shown, tuple(numbers)
