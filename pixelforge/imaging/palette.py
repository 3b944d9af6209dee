"""Palettes: sprites snapped to given colours, or reduced to a few of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pixelforge.errors import PaletteError
from pixelforge.hex_colours import Colour, to_colour, to_text
from pixelforge.imaging.dither import partners, pattern
from pixelforge.imaging.pixels import Pixels
from pixelforge.imaging.reducing import nearest, representatives
from pixelforge.oklab import Floats, to_oklab

MAX_COLOURS = 256
MIN_REDUCED, MAX_REDUCED = 2, 64
MOST_DIFFERENT = 2**20  # colours of what is recoloured together, which is then a photograph: more of them take minutes

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
    return np.stack(reduce_each(list(sprites), rule.reduce_to, rule.dither))


def recolour_each(groups: Sequence[Pixels], rule: PaletteRule) -> list[Pixels]:
    """Groups of pictures (N, H, W, 4) under a rule, each by itself: reducing looks at all pictures of a group."""
    if rule.reduce_to is not None:
        return reduce_each(groups, rule.reduce_to, rule.dither)
    colours = parse_colours(rule.colours)
    if len({group.shape[1:] for group in groups}) != 1:
        return [snap(group, colours, rule.dither) for group in groups]
    ends = np.cumsum([len(group) for group in groups])
    return np.split(snap(np.concatenate(groups), colours, rule.dither), ends[:-1])


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
    targets = np.array(colours, np.uint8)
    points, goals = to_oklab(unique), to_oklab(targets)
    chosen = nearest(points, goals)
    return _with_chosen(sprites, index, targets, chosen, partners(points, goals, chosen) if dither else None, dither)


def reduce_colours(sprites: Pixels, count: int, dither: Dither = 0) -> Pixels:
    """Sprites (…, H, W, 4) that share at most `count` opaque colours, each of them one that they had."""
    return reduce_each([sprites], count, dither)[0]


def reduce_each(groups: Sequence[Pixels], count: int, dither: Dither = 0) -> list[Pixels]:
    """Pictures (…, H, W, 4) that have at most `count` opaque colours each, chosen as `representatives` does.

    Those that have no more stay as they are, the very arrays. Raises PaletteError for photographs.
    """
    looked_at = [_opaque_colours(group) for group in groups]
    many = [at for at, (unique, *_) in enumerate(looked_at) if len(unique) > count]
    result = list(groups)
    if not many:
        return result
    sizes = np.array([len(looked_at[at][0]) for at in many])
    unique = np.concatenate([looked_at[at][0] for at in many])
    frequency = np.concatenate([looked_at[at][2] for at in many])
    lab = to_oklab(unique)
    chosen = representatives(lab, frequency, sizes, count)
    own = nearest(lab, lab[chosen], np.repeat(np.arange(len(many)), sizes))
    for number, (at, end) in enumerate(zip(many, np.cumsum(sizes), strict=True)):
        points = slice(end - sizes[number], end)
        index, targets = looked_at[at][1], unique[chosen[number]]
        shares = partners(lab[points], lab[chosen[number]], own[points]) if dither else None
        result[at] = _with_chosen(groups[at], index, targets, own[points], shares, dither)
    return result


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


def _with_chosen(
    sprites: Pixels,
    index: NDArray[np.intp],
    targets: Pixels,
    chosen: NDArray[np.intp],
    shares: tuple[NDArray[np.intp], Floats] | None,
    dither: Dither,
) -> Pixels:
    """Sprites whose opaque pixels, each of the colour `index`, take the targets that are chosen for their colours.

    shares: of each colour the partner in the pattern, and how much of it, where there is one.
    """
    opaque = sprites[..., 3] > 0
    taken = chosen[index]
    if shares is not None:
        partner, share = shares
        taken = np.where(pattern(opaque.shape, dither)[opaque] < share[index], partner[index], taken)
    result = sprites.copy()
    result[opaque, :3] = targets[taken]
    return result
