"""Frames as copies: a pixel of the next frame has the colour of a pixel beside it, or one of the sprite's colours.

In hand-drawn idles nothing is mixed: of 768 pairs of frames in 10 styles, all pixels of the median second frame lie
within one pixel in the first. So a network chooses among nine places and the sprite's own colours, and what comes out
has hard edges and no new colour. Without torch.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pixelforge.core.config import MAX_PALETTE, Colour

Indices = NDArray[np.int64]

OFFSETS = tuple((down, across) for down in (-1, 0, 1) for across in (-1, 0, 1))
"""Where a pixel's colour can come from, as rows and columns from its own place."""


def indexed(picture: NDArray[np.uint8]) -> tuple[Indices, tuple[Colour, ...]]:
    """RGBA (H, W, 4) as the places of its colours in a palette, and that: 0 is transparent, 1 its first colour.

    The most used colours stand first.
    """
    opaque = picture[..., 3] > 0
    colours, inverse, uses = np.unique(picture[opaque][:, :3], axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(-uses, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    indices = np.zeros(opaque.shape, np.int64)
    indices[opaque] = place[inverse.ravel()] + 1
    return indices, tuple((int(r), int(g), int(b)) for r, g, b in colours[order])


def from_indexed(indices: Indices, palette: tuple[Colour, ...]) -> NDArray[np.uint8]:
    """The picture (H, W, 4) that `to_indexed` took apart."""
    table = np.zeros((1 + len(palette), 4), np.uint8)
    table[1:] = [(*colour, 255) for colour in palette] or np.empty((0, 4))
    picture: NDArray[np.uint8] = table[indices]
    return picture


def sources(indices: Indices) -> Indices:
    """What stands at each of OFFSETS from every pixel: (…, H, W) to (…, 9, H, W); beyond the border is transparent."""
    height, width = indices.shape[-2:]
    padded = np.pad(indices, [(0, 0)] * (indices.ndim - 2) + [(1, 1), (1, 1)])
    return np.stack(
        [padded[..., 1 + down : 1 + down + height, 1 + across : 1 + across + width] for down, across in OFFSETS],
        axis=-3,
    )


def likeliest(logits: NDArray[np.float32], indices: Indices, colours: int) -> Indices:
    """The likeliest colour of each pixel (H, W), all places and paints that give it taken together.

    logits: (9 + 1 + K, H, W), of OFFSETS, of transparent and of the palette's first K colours. indices: the frame that
    is copied from. colours: how many there are in all, transparent among them.
    """
    weights = np.exp(logits - logits.max(axis=0))
    paints = len(weights) - len(OFFSETS)
    mass = np.zeros((colours, *indices.shape), np.float32)
    mass[:paints] = weights[len(OFFSETS) :][:colours]
    rows, columns = np.indices(indices.shape)
    for place, weight in zip(sources(indices), weights, strict=False):
        mass[place, rows, columns] += weight
    best: Indices = mass.argmax(axis=0)
    return best


def paints_of(palette: tuple[Colour, ...]) -> tuple[Colour, ...]:
    """Those of a sprite's colours that can be painted where no neighbour has them."""
    return palette[:MAX_PALETTE]
