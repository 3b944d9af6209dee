"""From what is asked for to what a network is conditioned on, sprite by sprite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pixelforge.core.condition import NULL, Condition, Cue
from pixelforge.core.config import Colour
from pixelforge.core.header import ModelHeader
from pixelforge.core.schemes import SchemeBank, in_palette
from pixelforge.core.words import WordVocabulary
from pixelforge.oklab import to_oklab


@dataclass(frozen=True)
class CueMaker:
    """Makes the cues of a model. bank: of a `pointer` model."""

    header: ModelHeader
    bank: SchemeBank | None = None

    def weak(self, cue: Cue) -> Cue:
        """What guidance leads away from: anything at all, in the same colours."""
        return Cue(self.header.vocabulary.rows(NULL), cue.palette)

    def drawn(self, condition: Condition, seed: int, palette: Sequence[Colour] = ()) -> Cue:
        """The cue for a condition, what it leaves open drawn by the seed. Raises RequestError for unknown words.

        palette: draw in these colours, at most 64, in place of the style's.
        """
        vocabulary, words = self.header.vocabulary, self.header.words
        if words is None or self.bank is None or not isinstance(vocabulary, WordVocabulary):
            return Cue(vocabulary.rows(vocabulary.drawn(condition, seed)), tuple(palette))
        condition, scheme = self.bank.drawn(condition, seed, vocabulary)
        style = next(style for style in words.styles if style.name == condition.style)
        colours = [style.palette[index] for index in scheme if index < len(style.palette)]
        if palette:
            colours = _moved(colours, tuple(palette))
        return Cue(vocabulary.rows(condition), tuple(colours))

    def plain(self, condition: Condition, palette: Sequence[Colour] = ()) -> Cue:
        """The cue for a condition with nothing drawn, in a palette: variations start from a sprite that has both."""
        return Cue(self.header.vocabulary.rows(condition), tuple(palette))


def _moved(colours: Sequence[Colour], palette: tuple[Colour, ...]) -> list[Colour]:
    from_, to = (to_oklab(np.array(part, np.uint8)) for part in (colours, palette))
    distances = np.linalg.norm(from_[:, None] - to[None], axis=2)
    return in_palette(list(colours), palette, distances)
