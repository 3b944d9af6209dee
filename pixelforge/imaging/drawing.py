"""Drawing on a sprite: every function gives another picture (H, W, 4) and leaves the one that it got as it was."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from pixelforge.imaging.pixels import Pixels

Point = tuple[int, int]  # x, y from the upper left corner
Box = tuple[int, int, int, int]  # left, top, right, bottom; the last two are outside
Ink = tuple[int, int, int, int]  # red, green, blue, alpha: 0 or 255
Mask = NDArray[np.bool_]  # (H, W)

CLEAR: Ink = (0, 0, 0, 0)
SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1))
AROUND = (*SIDES, (1, 1), (1, -1), (-1, 1), (-1, -1))
STRAY = 2  # pixels of an island, at the most, for it to be stray


def within(at: Point, box: Box) -> bool:
    """Whether a pixel lies in a box."""
    return box[0] <= at[0] < box[2] and box[1] <= at[1] < box[3]


def line(start: Point, end: Point) -> list[Point]:
    """The pixels from one to the other, both among them; Bresenham 1965."""
    (x, y), (last_x, last_y) = start, end
    across, down = abs(last_x - x), -abs(last_y - y)
    step_x, step_y = (1 if last_x > x else -1), (1 if last_y > y else -1)
    error, points = across + down, [(x, y)]
    while (x, y) != (last_x, last_y):
        twice = 2 * error
        if twice >= down:
            error, x = error + down, x + step_x
        if twice <= across:
            error, y = error + across, y + step_y
        points.append((x, y))
    return points


def painted(picture: Pixels, points: Iterable[Point], ink: Ink) -> Pixels:
    """The picture with these pixels in a colour; what lies outside the picture is passed over."""
    height, width = picture.shape[:2]
    result = picture.copy()
    for x, y in points:
        if 0 <= x < width and 0 <= y < height:
            result[y, x] = ink
    return result


def mirrored(points: Iterable[Point], width: int) -> list[Point]:
    """The points and what they are in a mirror that stands in the middle of that width."""
    return [place for x, y in points for place in {(x, y): None, (width - 1 - x, y): None}]


def filled(picture: Pixels, at: Point, ink: Ink) -> Pixels:
    """The picture with the colour of the pixel `at`, as far as it reaches over sides, replaced by another."""
    x, y = at
    result = picture.copy()
    result[_reached((picture == picture[y, x]).all(axis=2), at, SIDES)] = ink
    return result


def replaced(picture: Pixels, old: Ink, new: Ink) -> Pixels:
    """The picture with every pixel of a colour in another one."""
    result = picture.copy()
    result[(picture == np.array(old, np.uint8)).all(axis=2)] = new
    return result


def flipped(picture: Pixels, *, down: bool = False) -> Pixels:
    """Mirrored left to right, or upside down."""
    return np.ascontiguousarray(picture[::-1] if down else picture[:, ::-1])


def shifted(picture: Pixels, across: int, down: int) -> Pixels:
    """Moved by so many pixels; what leaves on one side comes in on the other."""
    return np.roll(picture, (down, across), axis=(0, 1))


def moved(picture: Pixels, box: Box, across: int, down: int) -> Pixels:
    """The picture with what a box holds moved, its opaque pixels over the rest; where it was it is transparent."""
    left, top, right, bottom = box
    piece = picture[top:bottom, left:right].copy()
    result = picture.copy()
    result[top:bottom, left:right] = CLEAR
    return pasted(result, piece, (left + across, top + down))


def pasted(picture: Pixels, piece: Pixels, at: Point) -> Pixels:
    """The picture with the opaque pixels of a piece (h, w, 4) laid over it, its upper left corner at a point."""
    left, top = at
    ys, xs = np.nonzero(piece[..., 3])
    height, width = picture.shape[:2]
    inside = (ys + top >= 0) & (ys + top < height) & (xs + left >= 0) & (xs + left < width)
    result = picture.copy()
    result[ys[inside] + top, xs[inside] + left] = piece[ys[inside], xs[inside]]
    return result


def outlined(picture: Pixels, ink: Ink) -> Pixels:
    """The picture with the transparent pixels that lie beside opaque ones, over sides, in a colour."""
    opaque = picture[..., 3] > 0
    result = picture.copy()
    result[_grown(opaque) & ~opaque] = ink
    return result


def outline_of(picture: Pixels) -> Mask:
    """The opaque pixels that lie at the picture's edge or beside transparent ones, over sides."""
    opaque = picture[..., 3] > 0
    around = np.pad(~opaque, 1, constant_values=True)
    return opaque & _grown(around)[1:-1, 1:-1]


def with_outline(picture: Pixels, ink: Ink) -> Pixels:
    """The picture with its outline in a colour; the colour CLEAR takes it away."""
    result = picture.copy()
    result[outline_of(picture)] = ink
    return result


def stray(picture: Pixels) -> Mask:
    """The pixels of islands of at most STRAY pixels, corners counted as bridges, beside a larger one."""
    left, islands = picture[..., 3] > 0, []
    while left.any():
        y, x = np.argwhere(left)[0]
        island = _reached(left, (int(x), int(y)), AROUND)
        islands.append(island)
        left = left & ~island
    found = np.zeros(picture.shape[:2], np.bool_)
    if any(island.sum() > STRAY for island in islands):
        for island in islands:
            if island.sum() <= STRAY:
                found |= island
    return found


def colours_of(picture: Pixels) -> list[Ink]:
    """Its opaque colours, the most frequent first."""
    colours, counts = np.unique(picture[picture[..., 3] > 0], axis=0, return_counts=True)
    return [_ink(colours[place]) for place in np.argsort(-counts, kind="stable")]


def ink_at(picture: Pixels, at: Point) -> Ink:
    """The colour of a pixel."""
    return _ink(picture[at[1], at[0]])


def _ink(pixel: NDArray[np.uint8]) -> Ink:
    red, green, blue, alpha = map(int, pixel)
    return (red, green, blue, alpha)


def _grown(mask: Mask) -> Mask:
    """A mask and what lies beside it, over sides."""
    padded = np.pad(mask, 1)
    return padded[1:-1, 1:-1] | padded[2:, 1:-1] | padded[:-2, 1:-1] | padded[1:-1, 2:] | padded[1:-1, :-2]


def _reached(mask: Mask, start: Point, steps: tuple[Point, ...]) -> Mask:
    """What of a mask can be reached from a point of it."""
    height, width = mask.shape
    reached = np.zeros_like(mask)
    reached[start[1], start[0]] = True
    waiting = deque([start])
    while waiting:
        x, y = waiting.popleft()
        for across, down in steps:
            to_x, to_y = x + across, y + down
            if 0 <= to_x < width and 0 <= to_y < height and mask[to_y, to_x] and not reached[to_y, to_x]:
                reached[to_y, to_x] = True
                waiting.append((to_x, to_y))
    return reached
