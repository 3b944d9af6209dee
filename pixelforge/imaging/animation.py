"""Animated GIF and APNG."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image

from pixelforge.imaging.pixels import Pixels

FORMATS = {".gif": "GIF", ".apng": "PNG"}  # by suffix
FRAME, LAST = 60, 1500  # milliseconds that a frame is shown


def encode_animation(frames: Sequence[Pixels], suffix: str, durations: Sequence[int] = ()) -> bytes:
    """Pictures (H, W, 4) of one size, at least one, as an animation that begins again.

    suffix: .gif, of 255 colours a frame and transparent, or .apng. durations: milliseconds a picture; none: each for a
    moment, and a rest on the last.
    """
    images = [Image.fromarray(frame) for frame in frames]
    durations = list(durations) or [FRAME] * (len(frames) - 1) + [LAST]
    options = {"disposal": 2} if suffix == ".gif" else {"disposal": 1, "blend": 0}  # clear before the next frame
    buffer = io.BytesIO()
    images[0].save(
        buffer, FORMATS[suffix], save_all=True, append_images=images[1:], duration=durations, loop=0, **options
    )
    return buffer.getvalue()
