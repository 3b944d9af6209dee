"""Colour schemes: which few colours of its style's palette each training sprite was drawn in, and how symmetric it is.

A sprite of a style of 16 colours uses 9 of them; drawn in all 16 it is confetti. So a sprite's seed first draws a
scheme, from the training sprites that fit what is asked for, and the network draws in its colours alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pixelforge.core.condition import Condition, uniform
from pixelforge.core.config import MAX_PALETTE, Colour
from pixelforge.core.symmetry import EXACT_BIT, Symmetry, of_code
from pixelforge.core.vocabulary import WordVocabulary

NO_WORD = -1
PARTS = 6  # of a vocabulary
DRAWN = ("class_name", "kind", "style", "facing")  # what a scheme tells of its sprite, where it was left open
WIDENINGS: tuple[tuple[str, ...], ...] = (
    (),
    ("facing",),
    ("facing", "size"),
    ("facing", "size", "colour"),
    ("facing", "size", "colour", "kind"),
    ("facing", "size", "colour", "kind", "class_name"),
)
"""What of a condition is passed over, in turn, until any row fits. The style is not: a scheme is of its palette."""


@dataclass(frozen=True)
class SchemeDraw:
    """What a seed drew for a condition."""

    condition: Condition  # with the DRAWN parts of a training sprite that fits
    colours: tuple[int, ...] = ()  # that it uses, as indices into its style's palette; none: no sprite fits
    symmetry: Symmetry | None = None  # that it has


@dataclass(frozen=True, eq=False)
class SchemeBank:
    """A row for each training sprite. Raises ValueError where the arrays do not fit each other."""

    words: NDArray[np.int16]  # (N, PARTS): of each part of the vocabulary, or NO_WORD
    masks: NDArray[np.uint8]  # (N, 8): which of its style's colours it uses, the first in the lowest bit of byte 0
    weights: NDArray[np.float32]  # (N,): how often it is drawn
    symmetries: NDArray[np.uint8]  # (N,): `core.symmetry` codes

    def __post_init__(self) -> None:
        arrays = (self.words, self.masks, self.weights, self.symmetries)
        shapes = tuple(array.shape[1:] for array in arrays)
        rows = {len(array) for array in arrays}
        if shapes != ((PARTS,), (MAX_PALETTE // 8,), (), ()) or len(rows) > 1 or rows == {0}:
            raise ValueError(f"a bank of schemes has no such shapes as {shapes}")
        if not (np.isfinite(self.weights).all() and (self.weights >= 0).all() and self.weights.any()):
            raise ValueError("the weights of a bank of schemes must be finite, not negative, and not all 0")

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> SchemeBank:
        """A bank of its arrays; of one that was written before there were symmetries, none is symmetric."""
        return cls(**{"symmetries": np.zeros(len(arrays["words"]), np.uint8), **arrays})

    def check(self, vocabulary: WordVocabulary) -> None:
        """Raises ValueError for words that a vocabulary does not have, or masks of more colours than a style has."""
        for at, (name, words) in enumerate(vocabulary.parts.items()):
            least = 0 if name in ("class_name", "style") else NO_WORD
            if self.words[:, at].min() < least or self.words[:, at].max() >= len(words):
                raise ValueError(f"a bank of schemes has a {name} that there is not")
        sizes = np.array([len(style.palette) for style in vocabulary.words.styles])
        bits = np.unpackbits(self.masks, axis=1, bitorder="little")
        last = np.where(bits.any(axis=1), MAX_PALETTE - 1 - bits[:, ::-1].argmax(axis=1), MAX_PALETTE)
        if (last >= sizes[self.words[:, 2]]).any():
            raise ValueError("a scheme has no colour, or one that its style does not have")

    def drawn(self, condition: Condition, seed: int, vocabulary: WordVocabulary) -> SchemeDraw:
        """A training sprite that fits a condition.

        Things that look no way, such as an apple, are asked for without the facing. Raises RequestError for words that
        the model does not know.
        """
        parts = vocabulary.parts
        vocabulary.rows(condition)
        row = next((row for wider in WIDENINGS if (row := self._row(condition, wider, parts, seed)) is not None), None)
        if row is None:
            return SchemeDraw(condition)
        told = {name: int(self.words[row, at]) for at, name in enumerate(parts) if name in DRAWN}
        found = {name: parts[name][word] for name, word in told.items() if word != NO_WORD}
        asked = {name: value for name in DRAWN if (value := getattr(condition, name)) is not None}
        drawn = replace(condition, **{**found, **asked})
        if drawn.facing is not None and not self._faces(drawn, parts):
            drawn = replace(drawn, facing=None)
        return SchemeDraw(drawn, tuple(colours_in(self.masks[row])), of_code(int(self.symmetries[row])))

    def usual_axis(self, style: str | None, vocabulary: WordVocabulary) -> int | None:
        """The axis that most symmetric sprites of a style, or of all styles, have; None where none is symmetric."""
        there = self._fitting(Condition(style=style), (), vocabulary.parts) & (self.symmetries > 0)
        axes = self.symmetries[there] % EXACT_BIT
        return int(np.bincount(axes).argmax()) if len(axes) else None

    def _faces(self, condition: Condition, parts: dict[str, tuple[str, ...]]) -> bool:
        """Whether any sprite of its class looks the way that is asked for."""
        asked = Condition(class_name=condition.class_name, facing=condition.facing)
        return bool(self._fitting(asked, (), parts).any())

    def _fitting(
        self, condition: Condition, passed_over: tuple[str, ...], parts: dict[str, tuple[str, ...]]
    ) -> NDArray[np.bool_]:
        fits = np.ones(len(self.words), np.bool_)
        for at, (name, words) in enumerate(parts.items()):
            asked = getattr(condition, name)
            if asked is not None and name not in passed_over:
                fits &= self.words[:, at] == words.index(asked)
        return fits

    def _row(
        self, condition: Condition, passed_over: tuple[str, ...], parts: dict[str, tuple[str, ...]], seed: int
    ) -> int | None:
        """One of the rows that fit, by weight and seed; None where there is none."""
        among = np.flatnonzero(self._fitting(condition, passed_over, parts) & (self.weights > 0))
        if not len(among):
            return None
        cumulative = np.cumsum(self.weights[among].astype(np.float64))
        place = int(np.searchsorted(cumulative, uniform("scheme", seed) * cumulative[-1], side="right"))
        return int(among[min(place, len(among) - 1)])


def mask_of(indices: NDArray[np.int64]) -> NDArray[np.uint8]:
    """The mask (8,) of colours of a palette."""
    bits = np.zeros(MAX_PALETTE, np.uint8)
    bits[indices] = 1
    return np.packbits(bits, bitorder="little")


def colours_in(mask: NDArray[np.uint8]) -> list[int]:
    """The indices of the colours in a mask (8,)."""
    return [int(index) for index in np.flatnonzero(np.unpackbits(mask, bitorder="little"))]


def moved_to_palette(scheme: list[Colour], palette: tuple[Colour, ...], distances: NDArray[np.float64]) -> list[Colour]:
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
