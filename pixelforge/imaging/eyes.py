"""Where a sprite's eyes are, as far as its pixels tell, and how they look when they are shut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pixelforge.imaging.drawing import AROUND, SIDES, Mask, filled
from pixelforge.imaging.pixels import Pixels
from pixelforge.oklab import to_oklab

UPPER = 0.6  # share of the height, from above, in which eyes lie
LARGEST = 4  # pixels of an eye
APART = 7  # pixels between the two, at the most
PAIR = 4.0  # how much more a pair is believed than one alone


@dataclass(frozen=True)
class _Spot:
    mask: Mask
    centre: tuple[float, float]  # y, x
    colour: bytes
    stands_out: float  # how much lighter, or half of how much darker, it is than what is around it


def eyes_of(picture: Pixels) -> Mask:
    """The eyes of a sprite (H, W, 4), as a mask (H, W); empty where nothing looks like one.

    Eyes are small spots of one colour within the upper part, all around them the figure; they stand out by their
    lightness, bright ones more surely than dark ones, and two alike side by side more surely than one.
    """
    spots = _spots(picture)
    best, found = 0.0, np.zeros(picture.shape[:2], np.bool_)
    for index, spot in enumerate(spots):
        if spot.stands_out > best:
            best, found = spot.stands_out, spot.mask
        for other in spots[index + 1 :]:
            if _are_a_pair(spot, other) and PAIR * spot.stands_out > best:
                best, found = PAIR * spot.stands_out, spot.mask | other.mask
    return found


def shut(picture: Pixels, eyes: Mask) -> Pixels:
    """The picture with every pixel of the eyes in the colour that is most frequent around the eye."""
    result = picture.copy()
    rest = eyes.copy()
    while rest.any():
        y, x = (int(n) for n in np.argwhere(rest)[0])
        eye = _island(rest, (x, y))
        result[eye] = _most_frequent(picture[_around(eye) & ~eyes & (picture[..., 3] > 0)], picture[y, x])
        rest &= ~eye
    return result


def _spots(picture: Pixels) -> list[_Spot]:
    opaque = picture[..., 3] > 0
    rows = np.flatnonzero(opaque.any(axis=1))
    lowest = int(rows[0]) + UPPER * (int(rows[-1]) - int(rows[0]) + 1)
    lightness = to_oklab(picture[..., :3])[..., 0]
    spots, seen = [], ~opaque
    for y, x in np.argwhere(opaque):
        if seen[y, x] or y >= lowest:
            continue
        mask = _island((picture == picture[y, x]).all(axis=2), (int(x), int(y)))
        seen = seen | mask
        around = _around(mask, SIDES)
        if mask.sum() <= LARGEST and opaque[around].all() and not _touches_edge(mask):
            lighter = float(lightness[y, x] - lightness[around].mean())
            centre = tuple(np.argwhere(mask).mean(axis=0))
            spots.append(_Spot(mask, centre, picture[y, x].tobytes(), lighter if lighter > 0 else -lighter / 2))
    return spots


def _are_a_pair(one: _Spot, other: _Spot) -> bool:
    level = one.centre[0] == other.centre[0] and 1 < abs(one.centre[1] - other.centre[1]) <= APART
    return level and one.colour == other.colour and one.mask.sum() == other.mask.sum()


def _island(mask: Mask, at: tuple[int, int]) -> Mask:
    """What is connected to a pixel (x, y) of a mask over its sides."""
    shown = np.zeros((*mask.shape, 4), np.uint8)
    shown[mask] = 1
    island: Mask = (filled(shown, at, (2, 2, 2, 2)) == 2).all(axis=2)
    return island


def _around(mask: Mask, ways: tuple[tuple[int, int], ...] = AROUND) -> Mask:
    """The pixels beside a mask."""
    padded = np.pad(mask, 1)
    beside = np.zeros_like(padded)
    for across, down in ways:
        beside |= np.roll(padded, (down, across), axis=(0, 1))
    result: Mask = beside[1:-1, 1:-1] & ~mask
    return result


def _touches_edge(mask: Mask) -> bool:
    return bool(mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any())


def _most_frequent(colours: Pixels, otherwise: Pixels) -> Pixels:
    if len(colours) == 0:
        return otherwise
    unlike, counts = np.unique(colours, axis=0, return_counts=True)
    commonest: Pixels = unlike[counts.argmax()]
    return commonest
