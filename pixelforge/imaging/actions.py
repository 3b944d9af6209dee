"""Actions by rule: from one picture to what the sprite does, in its own colours (a flash may be white).

Pixels are copied, never mixed, and nothing is cut off: where a picture has no room to move, its upper part sinks into
its waist instead, as it does in hand-drawn idles (of DawnLike's second frames most are the first, one pixel lower,
with feet that stay).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pixelforge.errors import RequestError
from pixelforge.imaging.eyes import eyes_of, shut
from pixelforge.imaging.frames import Frames
from pixelforge.imaging.pixels import Pixels
from pixelforge.oklab import to_oklab

WAIST = (0.45, 0.85)  # between which shares of the height a row may be left out or doubled
BRIGHT = 0.85  # OKLab's lightness from which a sprite's lightest colour will do for a flash
JUMP, FLOAT = 3, 1  # pixels, at the most

Shown = list[tuple[Pixels, int]]
Rule = Callable[[Pixels], Shown]
"""A picture (H, W, 4), not empty, to pictures of the same size with their milliseconds; the first is at rest."""


@dataclass(frozen=True)
class Action:
    """Something that any sprite can do."""

    name: str
    help: str
    rule: Rule


def act(picture: Pixels, action: str) -> Frames:
    """What a sprite (H, W, 4) does. Raises RequestError for an empty picture, or one that cannot do it."""
    check_action_by_rule(action)
    check_picture(picture)
    return Frames.of(action, [(shown.copy(), duration) for shown, duration in ACTIONS[action].rule(picture)])


def check_action_by_rule(action: str) -> None:
    """Raises RequestError if there is no such action."""
    if action not in ACTIONS:
        raise RequestError(f"There is no action {action!r}; there are {', '.join(ACTIONS)}.")


def check_picture(picture: Pixels) -> None:
    """Raises RequestError for one that is empty."""
    if not picture[..., 3].any():
        raise RequestError("A sprite that is transparent all over can do nothing.")


def bob(picture: Pixels) -> Shown:
    """Breathes: the upper part sinks by a pixel, the feet stay."""
    return [(picture, 400), (sunk(picture), 400)]


def squash(picture: Pixels) -> Shown:
    """Is pressed flat and broad, and springs back."""
    flat = _broad(sunk(sunk(picture)))
    return [(picture, 320), (sunk(picture), 60), (flat, 120), (sunk(picture), 60), (_tall(picture), 120)]


def hop(picture: Pixels) -> Shown:
    """Crouches, jumps as high as there is room, and lands."""
    crouch = sunk(picture)
    peak = max(1, min(JUMP, _room(picture)[0]))
    body = picture if _room(picture)[0] else crouch
    half = [(_moved(body, 0, -((peak + 1) // 2)), 60)] * (peak > 1)
    return [(picture, 300), (crouch, 100), *half, (_moved(body, 0, -peak), 140), *half, (crouch, 100)]


def hover(picture: Pixels) -> Shown:
    """Floats up and down."""
    above, below = _room(picture)
    up, down = min(FLOAT, above), min(FLOAT, below)
    if up + down == 0:
        return bob(picture)
    steps = [0] + [-up] * bool(up) + [0] * (up > 0 and down > 0) + [down] * bool(down)
    return [(_moved(picture, 0, step), 260) for step in steps]


def blink(picture: Pixels) -> Shown:
    """Shuts its eyes for a moment. Raises RequestError where none are found."""
    eyes = eyes_of(picture)
    if not eyes.any():
        raise RequestError("No eyes were found that could blink: none stand out in the upper half.")
    return [(picture, 2400), (shut(picture, eyes), 130)]


def flash(picture: Pixels) -> Shown:
    """Is hit: all of it lights up, twice."""
    opaque = picture[..., 3] > 0
    colours = np.unique(picture[opaque], axis=0)
    lightness = to_oklab(colours[:, :3])[:, 0]
    lit = picture.copy()
    lit[opaque] = colours[lightness.argmax()] if lightness.max() >= BRIGHT else 255
    return [(picture, 500), (lit, 80), (picture, 80), (lit, 80)]


def shake(picture: Pixels) -> Shown:
    """Trembles from side to side."""
    columns = np.flatnonzero(picture[..., 3].any(axis=0))
    left, right = int(columns[0]) > 0, int(columns[-1]) < picture.shape[1] - 1
    aside = [_moved(picture, step, 0) for step in [-1] * left + [1] * right] or [_narrow(picture)]
    return [(shown, 60) for other in aside for shown in (picture, other)]


def turn(picture: Pixels) -> Shown:
    """Looks the other way."""
    return [(picture, 600), (picture[:, ::-1], 600)]


ACTIONS: dict[str, Action] = {
    name: Action(name, (rule.__doc__ or "").partition(".")[0].replace("\n    ", " "), rule)
    for name, rule in (
        ("bob", bob),
        ("squash", squash),
        ("hop", hop),
        ("float", hover),
        ("blink", blink),
        ("flash", flash),
        ("shake", shake),
        ("turn", turn),
    )
}


def sunk(picture: Pixels) -> Pixels:
    """The part above the waist a pixel lower: the row there is left out that is most like the one above it.

    One of a single row stays.
    """
    top, waist = _waist(picture)
    if waist == top:
        return picture
    result = picture.copy()
    result[top + 1 : waist + 1] = picture[top:waist]
    result[top] = 0
    return result


def _tall(picture: Pixels) -> Pixels:
    """The part above the waist a pixel higher, if there is room: its row is doubled."""
    top, waist = _waist(picture)
    if top == 0:
        return picture
    result = picture.copy()
    result[top - 1 : waist] = picture[top : waist + 1]
    return result


def _broad(picture: Pixels) -> Pixels:
    """Both halves a pixel outwards, as far as there is room; the columns in the middle are doubled."""
    columns = np.flatnonzero(picture[..., 3].any(axis=0))
    middle, result = (int(columns[0]) + int(columns[-1]) + 1) // 2, picture.copy()
    if columns[0] > 0:
        result[:, : middle - 1] = picture[:, 1:middle]
    if columns[-1] < picture.shape[1] - 1:
        result[:, middle + 1 :] = picture[:, middle:-1]
    return result


def _narrow(picture: Pixels) -> Pixels:
    """The left half a pixel to the right, over the middle column."""
    middle, result = picture.shape[1] // 2, picture.copy()
    result[:, 1 : middle + 1] = picture[:, :middle]
    result[:, 0] = 0
    return result


def _moved(picture: Pixels, across: int, down: int) -> Pixels:
    """Shifted; callers see to it that there is room."""
    return np.roll(picture, (down, across), axis=(0, 1))


def _room(picture: Pixels) -> tuple[int, int]:
    """Empty rows above and below."""
    rows = np.flatnonzero(picture[..., 3].any(axis=1))
    return int(rows[0]), picture.shape[0] - 1 - int(rows[-1])


def _waist(picture: Pixels) -> tuple[int, int]:
    """The uppermost row of the sprite, and the row near its middle that is most like the one above it."""
    rows = np.flatnonzero(picture[..., 3].any(axis=1))
    top, height = int(rows[0]), int(rows[-1] - rows[0]) + 1
    first = top + max(1, round(WAIST[0] * height))
    among = range(min(first, int(rows[-1])), max(min(first, int(rows[-1])), top + round(WAIST[1] * height) - 1) + 1)
    unlike = [(picture[row] != picture[row - 1]).any(axis=1).sum() if row > top else 0 for row in among]
    return top, among[int(np.argmin(unlike))]
