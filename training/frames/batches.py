"""Batches of frame pairs, changed in ways that change nothing of how they follow each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

import numpy as np
import torch
from torch import Tensor

from pixelforge.core.colours import stack_palettes
from pixelforge.core.config import Colour
from pixelforge.core.copying import Indices, indexed, paints_of, sources
from pixelforge.imaging.pixels import Pixels
from training.data.followings import LEARNT
from training.data.pairs import FramePairs
from training.learning.tensors import choices, coloured

BACKWARD_SHARE, RECOLOURED, TINTED = 0.2, 0.5, 0.5
TINT = 0.15  # deviation of the logarithm of what a channel is multiplied by
MOST_SHIFTED = 2  # pixels, where both frames have room
NO_COLOUR = -1  # of a pixel that has a colour which the frame before has not
ORDERS = tuple(permutations(range(3)))


@dataclass(frozen=True, eq=False)
class FrameBatch:
    """Frames as a CopyUNet takes them, and what is to come out."""

    x: Tensor  # (B, 4, S, S), the frame at hand, as x_0 is
    palettes: Tensor  # (B, K, 4), its colours that can be painted
    rows: Tensor  # (B,)
    indices: Tensor  # (B, S, S), the frame at hand: 0 transparent, then the places of its colours
    sources: Tensor  # (B, 9, S, S), likewise, at each of `core.copying.OFFSETS` from every pixel
    target: Tensor  # (B, S, S), the next frame likewise, or NO_COLOUR


@dataclass(frozen=True)
class _Pair:
    indices: Indices
    target: Indices
    palette: tuple[Colour, ...]
    row: int


def endless_batches(pairs: FramePairs, size: int, seed: int) -> Iterator[FrameBatch]:
    """Batches without end, drawn by the seed: the other way round, shifted, in other colours, mirrored if they may be.

    The pairs the other way round are of the null condition, which has the row after those of the classes.
    """
    rng, mirrors = np.random.RandomState(seed), LEARNT[pairs.action].mirrors
    there = _pairs(pairs)
    back = [_pair(second, first, len(pairs.names)) for first, second in zip(pairs.first, pairs.second, strict=True)]
    while True:
        chosen = rng.randint(len(pairs), size=size)
        turned = rng.rand(size) < BACKWARD_SHARE
        drawn = [(back if other else there)[i] for i, other in zip(chosen, turned, strict=True)]
        yield stacked_pairs([_changed(pair, rng, mirrors) for pair in drawn])


def unchanged(pairs: FramePairs) -> FrameBatch:
    """All pairs as they are."""
    return stacked_pairs(_pairs(pairs))


def stacked_pairs(pairs: list[_Pair]) -> FrameBatch:
    """Pairs as a batch."""
    colours = torch.from_numpy(stack_palettes([pair.palette for pair in pairs]))
    at_hand = np.stack([pair.indices for pair in pairs])
    indices = torch.from_numpy(at_hand)
    paints = max(1, max(len(paints_of(pair.palette)) for pair in pairs))
    return FrameBatch(
        x=coloured(indices, choices(colours)),
        palettes=colours[:, :paints],
        rows=torch.tensor([pair.row for pair in pairs]),
        indices=indices,
        sources=torch.from_numpy(sources(at_hand)),
        target=torch.from_numpy(np.stack([pair.target for pair in pairs])),
    )


def _pairs(pairs: FramePairs) -> list[_Pair]:
    told = zip(pairs.first, pairs.second, pairs.rows.tolist(), strict=True)
    return [_pair(first, second, row) for first, second, row in told]


def _pair(first: Pixels, second: Pixels, row: int) -> _Pair:
    indices, palette = indexed(first)
    places = {colour: place for place, colour in enumerate(palette, 1)}
    other, colours = indexed(second)
    table = np.array([0, *(places.get(colour, NO_COLOUR) for colour in colours)], np.int64)
    return _Pair(indices, table[other], palette, row)


def _changed(pair: _Pair, rng: np.random.RandomState, mirrors: bool) -> _Pair:
    frames = np.stack([pair.indices, pair.target])
    if mirrors and rng.rand() < 0.5:
        frames = frames[..., ::-1]
    frames = _shifted(_shifted(frames, rng), rng)  # down and across: each turns rows into columns
    return _Pair(frames[0].copy(), frames[1].copy(), _recoloured(pair.palette, rng), pair.row)


def _recoloured(palette: tuple[Colour, ...], rng: np.random.RandomState) -> tuple[Colour, ...]:
    """The pairs with channels exchanged, and each brighter or darker unless colours would become the same."""
    if rng.rand() < RECOLOURED:
        red, green, blue = ORDERS[rng.randint(len(ORDERS))]
        palette = tuple((colour[red], colour[green], colour[blue]) for colour in palette)
    if rng.rand() < TINTED and palette:
        channels = np.array(palette) * np.exp(TINT * rng.randn(3))
        tinted = tuple((int(r), int(g), int(b)) for r, g, b in np.clip(channels, 0, 255))
        palette = tinted if len(set(tinted)) == len(palette) else palette
    return palette


def _shifted(frames: Indices, rng: np.random.RandomState) -> Indices:
    """Frames (2, H, W) moved up or down as far as none of them loses a pixel, and transposed to (2, W, H)."""
    rows = np.flatnonzero((frames != 0).any(axis=(0, 2)))
    step = 0
    if len(rows):
        above, below = int(rows[0]), frames.shape[1] - 1 - int(rows[-1])
        step = int(rng.randint(-min(above, MOST_SHIFTED), min(below, MOST_SHIFTED) + 1))
    return np.roll(frames, step, axis=1).transpose(0, 2, 1)
