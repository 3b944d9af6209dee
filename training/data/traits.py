"""Colour and size of sprites, computed, so that anybody's have them without being labelled.

The bounds were set on contact sheets of the 7,958 sprites, in 14 styles, that the bundled model is to learn from.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pixelforge.imaging.pixels import Pixels
from pixelforge.oklab import Floats, to_oklab

COLOURS = ("red", "orange", "brown", "yellow", "green", "teal", "blue", "purple", "pink", "black", "grey", "white")
SIZES = ("tiny", "small", "medium", "large")
BOUNDS = (0.25, 0.45, 0.65)  # shares of the cell between the sizes; of 3,636 figures 16, 34, 31 and 19% lie between

COLOURLESS = {"black": 0.045, "grey": 0.07, "white": 0.1}  # what a pixel without chroma counts
OUTLINE_LIGHTNESS = 0.4  # that an outline is darker than
OUTLINE_RANGE = 0.04  # of lightness, from its darkest colour on
OUTLINE_SHARE = 0.3  # of the pixels at the edge that are of it, or it is none
BODY_SHARE = 0.15  # of the sprite that is left without it, or it is no outline but the sprite
ORANGE_LIGHTNESS, ORANGE_CHROMA = 0.61, 0.115  # mean of the pixels that are orange or brown: less is a brown thing

Flags = NDArray[np.bool_]
WARM = [COLOURS.index("orange"), COLOURS.index("brown")]


def colour_of(sprite: Pixels) -> str:
    """The name of the colour of a sprite (S, S, 4)."""
    return colour_names_of(sprite[None])[0]


def colour_names_of(sprites: Pixels) -> tuple[str, ...]:
    """The names of the colours of sprites (N, S, S, 4): each pixel but the outline's votes for its own.

    The more chroma, the more a pixel counts; a sprite without an opaque pixel is black.
    """
    opaque = sprites[..., 3] > 0
    codes = sprites[opaque][:, :3].astype(np.int64) @ (1 << 16, 1 << 8, 1)
    unique, place = np.unique(codes, return_inverse=True)
    table = to_oklab((unique[:, None] >> np.array([16, 8, 0]) & 255).astype(np.uint8))
    lab = np.zeros((*opaque.shape, 3))
    lab[opaque] = table[place]
    inner = ~_outline(opaque, lab[..., 0])[opaque]
    votes = _votes(np.nonzero(opaque)[0][inner], table, place[inner], len(sprites))
    votes[~votes.any(axis=1), COLOURS.index("black")] = 1
    return tuple(COLOURS[number] for number in votes.argmax(axis=1))


def size_of(sprite: Pixels) -> str:
    """How large a sprite (S, S, 4) is in its cell."""
    return sizes_of(sprite[None])[0]


def sizes_of(sprites: Pixels) -> tuple[str, ...]:
    """How large sprites (N, S, S, 4) are in their cells, by the share that is opaque."""
    shares = (sprites[..., 3] > 0).mean(axis=(1, 2))
    return tuple(SIZES[number] for number in np.searchsorted(BOUNDS, shares, side="right"))


def _outline(opaque: Flags, lightness: Floats) -> Flags:
    """Whether each pixel (N, S, S) has the dark colour that much of its edge has, within the sprite as well."""
    padded = np.pad(opaque, ((0, 0), (1, 1), (1, 1)))
    inside = padded[:, :-2, 1:-1] & padded[:, 2:, 1:-1] & padded[:, 1:-1, :-2] & padded[:, 1:-1, 2:]
    edge = opaque & ~inside
    darkest = np.where(edge, lightness, 1).min(axis=(1, 2), keepdims=True)
    dark = opaque & (lightness <= darkest + OUTLINE_RANGE) & (lightness < OUTLINE_LIGHTNESS)
    of_edge = (dark & edge).sum(axis=(1, 2)) > OUTLINE_SHARE * edge.sum(axis=(1, 2))
    left = (opaque & ~dark).sum(axis=(1, 2)) > BODY_SHARE * opaque.sum(axis=(1, 2))
    outline: Flags = dark & (of_edge & left)[:, None, None]
    return outline


def _votes(sprite: NDArray[np.int64], table: Floats, place: NDArray[np.intp], count: int) -> Floats:
    """(count, 12), what each colour is voted for with; `place` (M,) in the table (K, 3), each pixel of its `sprite`.

    Orange and brown are one hue in light and shade, so they vote together, and their mean tells which they are.
    """
    names = _names(table)
    chroma = np.hypot(table[:, 1], table[:, 2])
    weights = _weights(table, names)
    cells = sprite * len(COLOURS) + names[place]
    votes = np.bincount(cells, weights[place], minlength=count * len(COLOURS)).reshape(count, len(COLOURS))
    warm = np.isin(names, WARM)[place]
    pixels = np.maximum(np.bincount(sprite[warm], minlength=count), 1)
    means = [np.bincount(sprite[warm], of[place[warm]], minlength=count) / pixels for of in (table[:, 0], chroma)]
    orange = (means[0] > ORANGE_LIGHTNESS) & (means[1] > ORANGE_CHROMA)
    together = votes[:, WARM].sum(axis=1)
    votes[:, WARM] = np.where(np.stack([orange, ~orange], axis=1), together[:, None], 0)
    return np.asarray(votes, np.float64)


def _weights(lab: Floats, names: NDArray[np.intp]) -> Floats:
    """(K,), what a pixel of each colour counts: more with more chroma, and half for skin, which is rarely meant."""
    light, chroma, hue = _polar(lab)
    skin = (light > 0.7) & (hue > 25) & (hue < 75) & (chroma < 0.1)
    coloured = (0.05 + 0.8 * chroma) * np.where(skin, 0.5, 1)
    weights: Floats = np.select(
        [names == COLOURS.index(name) for name in COLOURLESS], list(COLOURLESS.values()), coloured
    )
    return weights


def _names(lab: Floats) -> NDArray[np.intp]:
    """(K,), the number in COLOURS of each colour: of the first rule that holds, or else of purple."""
    light, chroma, hue = _polar(lab)  # hues in degrees: red 29, orange 70, yellow 110, green 142, blue 264
    warm, cool = (hue > 20) & (hue < 110), (hue > 180) & (hue < 320)
    least = np.select(
        [(light > 0.85) & warm, light > 0.85, cool & (light > 0.45), cool], [0.07, 0.06, 0.058, 0.04], 0.032
    )
    grey = chroma < least
    dark = ((light < 0.24) & (chroma < 0.08)) | ((light < 0.34) & (chroma < np.where(warm, 0.03, 0.06)))
    rosy = (hue >= 340) | (hue < 20)
    rules = (
        ("black", dark | (grey & (light < 0.34))),
        ("white", grey & (light > 0.82)),
        ("grey", grey),
        ("pink", rosy & (light > np.where((hue >= 340) | (hue < 8), 0.55, 0.65))),
        ("red", rosy & (chroma > 0.08)),
        ("brown", hue < 20),
        ("pink", (hue < 48) & (light > np.where(hue < 34, 0.68, 0.72)) & (chroma < np.where(hue < 34, 0.16, 0.13))),
        ("orange", (hue < 48) & (hue > np.where(light > 0.62, 38, 44)) & (chroma > 0.13)),
        ("red", (hue < 48) & (chroma > np.where(hue < 32, 0.09, 0.13))),
        ("orange", (hue < 85) & (light > 0.62) & (chroma > 0.1)),
        ("brown", hue < 85),
        ("yellow", (hue < 115) & (light > 0.62)),
        ("brown", hue < 100),
        ("green", hue < 165),
        ("teal", hue < 216),
        ("blue", hue < 285),
        ("pink", (hue < 340) & (light > np.where(hue > 320, 0.6, 0.7))),
    )
    numbers = [COLOURS.index(name) for name, _ in rules]
    return np.select([holds for _, holds in rules], numbers, COLOURS.index("purple"))


def _polar(lab: Floats) -> tuple[Floats, Floats, Floats]:
    """Lightness, chroma and hue in degrees of colours (K, 3): OKLCh."""
    light, a, b = lab.T
    return light, np.hypot(a, b), np.degrees(np.arctan2(b, a)) % 360
