"""Palettes: sprites snapped to given colours, or reduced to a few of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pixelforge.errors import PaletteError
from pixelforge.hex_colours import Colour, to_colour, to_text
from pixelforge.imaging.dither import BLOCK, partners, pattern
from pixelforge.imaging.pixels import Pixels
from pixelforge.oklab import Floats, to_oklab

MAX_COLOURS = 256
MIN_REDUCED, MAX_REDUCED = 2, 64
MAX_ROUNDS = 50  # of k-means; sprites settle in a handful
MOST_DIFFERENT = 2**20  # colours of what is recoloured together, which is then a photograph: more of them take minutes
MOST_LOOKED_AT = 2**22  # colours in all rounds of k-means

Dither = Literal[0, 2, 4]


@dataclass(frozen=True)
class Palette:
    """Colours in their order, each (r, g, b) from 0 to 255. Raises PaletteError for none, or for more than 256."""

    name: str
    colours: tuple[Colour, ...]
    author: str = ""

    def __post_init__(self) -> None:
        if not 1 <= len(self.colours) <= MAX_COLOURS:
            raise PaletteError(f"{self.name} has {len(self.colours)} colours; a palette has 1 to {MAX_COLOURS}.")


@dataclass(frozen=True, kw_only=True)
class PaletteRule:
    """How finished sprites are recoloured; one of the two, never both. Raises PaletteError for anything else."""

    name: str = ""  # of the palette that `colours` come from
    colours: tuple[str, ...] = ()  # "#rrggbb": every opaque pixel takes the nearest
    reduce_to: int | None = None  # at most so many of its own colours a sprite, 2 to 64
    dither: Dither = 0  # side of the pattern that stands in for colours between two of the palette; 0: none

    def __post_init__(self) -> None:
        if bool(self.colours) == (self.reduce_to is not None):
            raise PaletteError("A palette rule either names colours or a number of them.")
        if self.reduce_to is not None and not MIN_REDUCED <= self.reduce_to <= MAX_REDUCED:
            raise PaletteError(f"Colours can be reduced to {MIN_REDUCED} to {MAX_REDUCED}, not to {self.reduce_to}.")
        parse_colours(self.colours)


def rule_of(palette: Palette) -> PaletteRule:
    """The rule that snaps to a palette."""
    return PaletteRule(name=palette.name, colours=tuple(map(to_text, palette.colours)))


def recolour(sprites: Pixels, rule: PaletteRule | None) -> Pixels:
    """Sprites (N, H, W, 4) under a rule; None leaves them as they are.

    Reducing looks at each sprite alone, so that one out of a batch comes out the same when it is made again alone.
    Raises PaletteError for too many different colours, as of a photograph.
    """
    if rule is None:
        return sprites
    if rule.reduce_to is None:
        return snap(sprites, parse_colours(rule.colours), rule.dither)
    return np.stack([reduce_colours(sprite, rule.reduce_to, rule.dither) for sprite in sprites])


def recolour_together(sprites: Sequence[Pixels], rule: PaletteRule) -> list[Pixels]:
    """Sprites (H, W, 4) of any sizes under a rule; reducing looks at all of them, so that they share their colours."""
    if rule.reduce_to is None:
        return [recolour(sprite[None], rule)[0] for sprite in sprites]
    side = max(max(sprite.shape[:2]) for sprite in sprites)
    stack = np.zeros((len(sprites), side, side, 4), np.uint8)
    for cell, sprite in zip(stack, sprites, strict=True):
        cell[: sprite.shape[0], : sprite.shape[1]] = sprite
    reduced = reduce_colours(stack, rule.reduce_to, rule.dither)
    return [cell[: sprite.shape[0], : sprite.shape[1]] for cell, sprite in zip(reduced, sprites, strict=True)]


def parse_colours(texts: Sequence[str]) -> tuple[Colour, ...]:
    """Colours written as #rrggbb. Raises PaletteError."""
    if len(texts) > MAX_COLOURS:
        raise PaletteError(f"A palette has at most {MAX_COLOURS} colours, not {len(texts)}.")
    try:
        return tuple(map(to_colour, texts))
    except ValueError as error:
        raise PaletteError(str(error)) from error


def snap(sprites: Pixels, colours: Sequence[Colour], dither: Dither = 0) -> Pixels:
    """Sprites (…, H, W, 4), every opaque pixel the nearest of the colours in OKLab; of equals, the first."""
    unique, index, _ = _opaque_colours(sprites)
    return _with_nearest(sprites, unique, index, np.array(colours, np.uint8), dither)


def reduce_colours(sprites: Pixels, count: int, dither: Dither = 0) -> Pixels:
    """Sprites (…, H, W, 4) that share at most `count` opaque colours, each of them one that they had.

    Weighted k-means in OKLab, begun with the most frequent colour and then always the farthest; no chance in it.
    """
    unique, index, frequency = _opaque_colours(sprites)
    if len(unique) <= count:
        return sprites
    lab = to_oklab(unique)
    chosen = _farthest(lab, frequency, count)
    for _ in range(max(1, min(MAX_ROUNDS, MOST_LOOKED_AT // len(lab)))):
        owner = _nearest(lab, lab[chosen])
        settled = np.array([_middle(lab, frequency, owner == i) for i in range(count)])
        if (settled == chosen).all():
            break
        chosen = settled
    return _with_nearest(sprites, unique, index, unique[chosen], dither)


def different_colours(colours: Pixels) -> tuple[Pixels, NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """The different ones (K, 3) of colours (N, 3), in order; where each is first; of all, which they are; how often.

    As `np.unique` along an axis, which takes ten times as long.
    """
    codes = colours.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    unique, first, index, frequency = np.unique(codes, return_index=True, return_inverse=True, return_counts=True)
    return np.stack([unique >> 16, unique >> 8 & 255, unique & 255], axis=1).astype(np.uint8), first, index, frequency


def _opaque_colours(sprites: Pixels) -> tuple[Pixels, NDArray[np.intp], NDArray[np.intp]]:
    """The different opaque colours (K, 3), of each opaque pixel which it is, and how often each occurs."""
    unique, _, index, frequency = different_colours(sprites[sprites[..., 3] > 0][:, :3])
    if len(unique) > MOST_DIFFERENT:
        raise PaletteError(
            f"A picture with {len(unique):,} different colours cannot be recoloured: at most {MOST_DIFFERENT:,} can be."
        )
    return unique, index, frequency


def _with_nearest(sprites: Pixels, unique: Pixels, index: NDArray[np.intp], targets: Pixels, dither: Dither) -> Pixels:
    """Sprites whose opaque pixels, `unique[index]`, take the nearest targets, or a pattern of the nearest two."""
    points, goals = to_oklab(unique), to_oklab(targets)
    nearest = _nearest(points, goals)
    opaque = sprites[..., 3] > 0
    chosen = nearest[index]
    if dither:
        partner, share = partners(points, goals, nearest)
        chosen = np.where(pattern(opaque.shape, dither)[opaque] < share[index], partner[index], chosen)
    result = sprites.copy()
    result[opaque, :3] = targets[chosen]
    return result


def _nearest(points: Floats, targets: Floats) -> NDArray[np.intp]:
    nearest = np.empty(len(points), np.intp)
    for start in range(0, len(points), BLOCK):
        part = points[start : start + BLOCK]
        nearest[start : start + BLOCK] = ((part[:, None] - targets[None]) ** 2).sum(axis=2).argmin(axis=1)
    return nearest


def _farthest(lab: Floats, frequency: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    chosen = [int(frequency.argmax())]
    distance = ((lab - lab[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < count:
        chosen.append(int(distance.argmax()))
        distance = np.minimum(distance, ((lab - lab[chosen[-1]]) ** 2).sum(axis=1))
    return np.array(chosen)


def _middle(lab: Floats, frequency: NDArray[np.intp], members: NDArray[np.bool_]) -> int:
    """The member that is nearest to the weighted mean of all members."""
    mean = np.average(lab[members], axis=0, weights=frequency[members])
    candidates = np.flatnonzero(members)
    return int(candidates[((lab[candidates] - mean) ** 2).sum(axis=1).argmin()])
