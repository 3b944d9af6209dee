"""Colour schemes: which few colours of its style's palette each training sprite was drawn in.

A sprite of a style of 16 colours uses 9 of them; drawn in all 16 it is confetti. So a sprite's seed first draws a
scheme, from the training sprites that fit what is asked for, and the network draws in its colours alone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pixelforge.core.condition import Condition
from pixelforge.core.config import MAX_PALETTE, Colour
from pixelforge.core.words import WordVocabulary

NO_WORD = -1
WIDENINGS: tuple[tuple[str, ...], ...] = (
    (),
    ("size",),
    ("size", "colour"),
    ("size", "colour", "kind"),
    ("size", "colour", "kind", "class_name"),
)
"""What of a condition is passed over, in turn, until any row fits. The style is not: a scheme is of its palette."""


@dataclass(frozen=True, eq=False)
class SchemeBank:
    """A row for each training sprite. Raises ValueError where the arrays do not fit each other."""

    words: NDArray[np.int16]  # (N, 5): of each part of the vocabulary, or NO_WORD
    masks: NDArray[np.uint8]  # (N, 8): which of its style's colours it uses, the first in the lowest bit of byte 0
    weights: NDArray[np.float32]  # (N,): how often it is drawn

    def __post_init__(self) -> None:
        shapes = (self.words.shape[1:], self.masks.shape[1:], self.weights.shape[1:])
        if shapes != ((5,), (MAX_PALETTE // 8,), ()) or not len(self.words) == len(self.masks) == len(self.weights) > 0:
            raise ValueError(f"a bank of schemes has no such shapes as {shapes}")

    def drawn(self, condition: Condition, seed: int, vocabulary: WordVocabulary) -> tuple[Condition, list[int]]:
        """The condition with class, kind and style of a training sprite that fits, and the colours that it uses.

        The colours are indices into the style's palette. Raises RequestError for words that the model does not know.
        """
        parts = vocabulary.parts
        vocabulary.rows(condition)
        for passed_over in WIDENINGS:
            fits = self._fitting(condition, passed_over, parts)
            if fits.any():
                break
        row = self._row(fits, seed)
        found = {name: words[self.words[row, at]] for at, (name, words) in enumerate(parts.items()) if at < 3}
        asked = {name: value for name in found if (value := getattr(condition, name)) is not None}
        return replace(condition, **{**found, **asked}), colours_in(self.masks[row])

    def _fitting(
        self, condition: Condition, passed_over: tuple[str, ...], parts: dict[str, tuple[str, ...]]
    ) -> NDArray[np.bool_]:
        fits = np.ones(len(self.words), np.bool_)
        for at, (name, words) in enumerate(parts.items()):
            asked = getattr(condition, name)
            if asked is not None and name not in passed_over:
                fits &= self.words[:, at] == words.index(asked)
        return fits

    def _row(self, fits: NDArray[np.bool_], seed: int) -> int:
        among = np.flatnonzero(fits) if fits.any() else np.arange(len(self.words))
        cumulative = np.cumsum(self.weights[among].astype(np.float64))
        place = int(np.searchsorted(cumulative, _uniform(seed) * cumulative[-1], side="right"))
        return int(among[min(place, len(among) - 1)])


def mask_of(indices: NDArray[np.int64]) -> NDArray[np.uint8]:
    """The mask (8,) of colours of a palette."""
    bits = np.zeros(MAX_PALETTE, np.uint8)
    bits[indices] = 1
    return np.packbits(bits, bitorder="little")


def colours_in(mask: NDArray[np.uint8]) -> list[int]:
    """The indices of the colours in a mask (8,)."""
    return [int(index) for index in np.flatnonzero(np.unpackbits(mask, bitorder="little"))]


def in_palette(scheme: list[Colour], palette: tuple[Colour, ...], distances: NDArray[np.float64]) -> list[Colour]:
    """The scheme's colours in another palette: each goes to the nearest that no other has gone to, while there are any.

    distances: (len(scheme), len(palette)), in OKLab. The nearest pairs are matched first.
    """
    left, taken = distances.copy(), {}
    for _ in range(len(scheme)):
        if not np.isfinite(left).any():  # more colours than the palette has
            break
        row, column = np.unravel_index(int(left.argmin()), left.shape)
        taken[int(row)] = int(column)
        left[row], left[:, column] = np.inf, np.inf
    rest = {row: int(distances[row].argmin()) for row in range(len(scheme)) if row not in taken}
    return list(dict.fromkeys(palette[column] for _, column in sorted({**taken, **rest}.items())))


def _uniform(seed: int) -> float:
    """In [0, 1), the same on every machine, and unrelated to the seed's noise."""
    digest = hashlib.sha256(f"scheme/{seed}".encode()).digest()
    return int.from_bytes(digest[:6], "little") / 2**48
