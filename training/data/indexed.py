"""Sprites as a network learns them that is told words and a palette: indices into their style's colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pixelforge.core.config import MAX_PALETTE
from pixelforge.core.schemes import NO_WORD, PARTS, SchemeBank, mask_of
from pixelforge.core.symmetry import symmetry_of
from pixelforge.core.vocabulary import MOST_WORDS, Style, Words
from pixelforge.errors import DatasetError
from pixelforge.imaging.pixels import Pixels
from training.data.naming import OWN_STYLE
from training.data.palettes import nearest_indices, style_palettes
from training.data.sprites import SpriteDataset
from training.data.traits import COLOURS, SIZES, colour_names_of, sizes_of
from training.data.weights import draw_weights


@dataclass(frozen=True, eq=False)
class IndexedSprites:
    """Sprites of a vocabulary."""

    planes: Pixels  # (N, S, S): 0 is transparent, then the colours of the sprite's style from 1 on
    used: NDArray[np.bool_]  # (N, 64): which of its style's colours it uses
    words: NDArray[np.int16]  # (N, PARTS): class, kind, style, colour, size, facing in the vocabulary, or NO_WORD
    weights: NDArray[np.float64]  # (N,): how often it is drawn

    @classmethod
    def of(cls, data: SpriteDataset, words: Words, factors: Mapping[str, float] | None = None) -> IndexedSprites:
        """A data set in the words of a model, whose styles are all among them. factors: see `draw_weights`."""
        palettes = {style.name: style.palette for style in words.styles}
        named = styled(data)
        planes = nearest_indices(named, palettes)
        used = np.stack([np.isin(np.arange(1, MAX_PALETTE + 1), plane) for plane in planes])
        return cls(planes, used, _word_indices(named, words), draw_weights(named, factors=factors))

    def bank(self) -> SchemeBank:
        """Scheme and symmetry of each sprite that has a colour, drawn as often as it is learnt."""
        has = self.used.any(axis=1)
        masks = np.stack([mask_of(np.flatnonzero(row)) for row in self.used[has]])
        symmetries = [symmetry_of(plane, plane > 0) for plane in self.planes[has]]
        codes = np.array([0 if symmetry is None else symmetry.code for symmetry in symmetries], np.uint8)
        return SchemeBank(self.words[has], masks, self.weights[has].astype(np.float32), codes)


def styled(data: SpriteDataset, unnamed: str = OWN_STYLE) -> SpriteDataset:
    """The sprites with a style each. unnamed: of those that are told none."""
    return replace(data, styles=tuple(style or unnamed for style in data.styles))


def words_of(data: SpriteDataset, credits: str = "") -> Words:
    """The words that a data set tells, and those that are computed. credits: who drew it.

    Raises DatasetError for what cannot be learnt.
    """
    named = styled(data)
    kinds = sorted({kind for kind in named.kinds if kind})
    if len(kinds) > MOST_WORDS:
        raise DatasetError(
            f"{data.source} tells of {len(kinds):,} kinds; at most {MOST_WORDS:,} can be learnt. Where no labels.csv "
            "tells it, a picture's kind is the first word of its name: give a labels.csv with fewer, or empty ones."
        )
    palettes = style_palettes(named.sprites, named.styles)
    empty = next((style for style, palette in sorted(palettes.items()) if not palette), None)
    if empty is not None:
        which = "without a style" if empty == OWN_STYLE else f"of the style {empty!r}"
        raise DatasetError(f"All pictures {which} in {data.source} are wholly transparent: leave them out.")
    return Words(
        kinds=tuple(kinds),
        styles=tuple(Style(name=name, palette=palette, credits=credits) for name, palette in sorted(palettes.items())),
        colours=COLOURS,
        sizes=SIZES,
        facings=tuple(sorted({facing for facing in named.facings if facing})),
    )


def _word_indices(data: SpriteDataset, words: Words) -> NDArray[np.int16]:
    found = np.full((len(data), PARTS), NO_WORD, np.int16)
    found[:, 0] = data.labels
    told = (
        (1, words.kinds, data.kinds),
        (2, tuple(style.name for style in words.styles), data.styles),
        (3, words.colours, colour_names_of(data.sprites)),
        (4, words.sizes, sizes_of(data.sprites)),
        (5, words.facings, data.facings),
    )
    for column, vocabulary, values in told:
        numbers = {word: number for number, word in enumerate(vocabulary)}
        found[:, column] = [numbers.get(value, NO_WORD) for value in values]
    return found
