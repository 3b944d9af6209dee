"""The colour scheme of a sprite, and other schemes for what it was made for. See `core.schemes` for what one is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from pixelforge.core.condition import WHOLE, Condition
from pixelforge.core.cues import CueMaker
from pixelforge.core.header import ModelHeader
from pixelforge.core.scheme_file import read_bank
from pixelforge.errors import RequestError
from pixelforge.hex_colours import to_text
from pixelforge.imaging.palette import PaletteRule, recolour
from pixelforge.imaging.pixels import Pixels
from pixelforge.services.sprites import Sprite

Colours = tuple[str, ...]
"""The colours "#rrggbb" of a scheme."""

MOST = 16  # colours that are taken from a picture; sprites are drawn in 9 on average
TRIES = 200  # seeds that are asked for a scheme that was not drawn yet


def scheme_of(sprite: Sprite) -> Colours:
    """The colours that a sprite was drawn in, as its recipe tells, else those that are in it; none: it is empty."""
    recipe = sprite.recipe
    told = None if recipe is None or recipe.request.palette is not None else recipe.request.conditions[0].scheme
    return colours_in(sprite.pixels) if told is None or told == WHOLE else told


def colours_in(pixels: Pixels) -> Colours:
    """The colours of a picture (H, W, 4), brightest last; of very many those that stand for them best."""
    opaque = pixels[..., 3] > 0
    if len(np.unique(pixels[opaque][:, :3], axis=0)) > MOST:
        pixels = recolour(pixels[None], PaletteRule(reduce_to=MOST))[0]
    unique = np.unique(pixels[opaque][:, :3], axis=0)
    return tuple(to_text((int(r), int(g), int(b))) for r, g, b in sorted(unique.tolist(), key=sum))


def other_schemes(path: Path, header: ModelHeader, asked: Condition, count: int, seed: int) -> list[Colours]:
    """Schemes that sprites like what is asked for have, unlike its own and each other; at most `count`.

    path, header: of a model that draws in schemes. They are drawn by seeds from `seed` on: first of its kind, then of
    its class. Raises CheckpointError, or RequestError where there is no other.
    """
    maker = CueMaker(header, read_bank(path, header))
    found: dict[frozenset[str], Colours] = {}
    for scheme in _drawn(maker, asked, seed):
        if asked.scheme in (None, WHOLE) or set(scheme) != set(asked.scheme):
            found.setdefault(frozenset(scheme), scheme)
        if len(found) == count:
            break
    if not found:
        raise RequestError(
            "No sprite that the model learnt from has other colours: drop a picture on the strip instead."
        )
    return list(found.values())


def _drawn(maker: CueMaker, asked: Condition, seed: int) -> Iterator[Colours]:
    bare = replace(asked, scheme=None)
    for wider in (bare, replace(bare, kind=None, colour=None, size=None)):
        for one in range(seed, seed + TRIES):
            scheme = maker.settled(wider, one).scheme
            if scheme is not None and scheme != WHOLE:
                yield scheme
