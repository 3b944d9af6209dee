"""From what is asked for to what a network is conditioned on, sprite by sprite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pixelforge.core.condition import NULL, WHOLE, ClassVocabulary, Condition, Cue
from pixelforge.core.config import MAX_PALETTE, Colour
from pixelforge.core.header import ModelHeader
from pixelforge.core.schemes import SchemeBank, moved_to_palette
from pixelforge.core.symmetry import MIRRORED, ROUGHLY, Symmetry
from pixelforge.core.vocabulary import WordVocabulary
from pixelforge.hex_colours import to_colour, to_text
from pixelforge.oklab import to_oklab


@dataclass(frozen=True)
class CueMaker:
    """Makes the cues of a model. bank: of a `pointer` model."""

    header: ModelHeader
    bank: SchemeBank | None = None

    def weak(self, cue: Cue) -> Cue:
        """What guidance leads away from: anything at all, in the same colours."""
        return Cue(self.header.vocabulary.rows(NULL), cue.palette)

    def drawn(self, condition: Condition, seed: int, also: Sequence[Colour] = ()) -> Cue:
        """The cue for a condition, what it leaves open drawn by the seed. Raises RequestError for unknown words.

        also: colours that are to be had beside those drawn.
        """
        vocabulary = self.header.vocabulary
        if isinstance(vocabulary, ClassVocabulary):
            return Cue(vocabulary.rows(vocabulary.drawn(condition, seed)), symmetry=self.symmetry(condition, None))
        assert self.bank is not None
        drawn = self.bank.drawn(condition, seed, vocabulary)
        condition = drawn.condition
        palettes = {style.name: style.palette for style in vocabulary.words.styles}
        palette = palettes[condition.style or vocabulary.words.styles[0].name]
        few = tuple(palette[index] for index in drawn.colours) or palette
        colours = tuple(dict.fromkeys((*also, *_colours(condition, palette, few))))
        return Cue(vocabulary.rows(condition), colours[:MAX_PALETTE], symmetry=self.symmetry(condition, drawn.symmetry))

    def settled(self, condition: Condition, seed: int) -> Condition:
        """The condition with the scheme told that the seed draws; words left open are drawn as before.

        Given a scheme it draws the same, and the scheme can be looked at, kept and given to other sprites.
        """
        if self.bank is None or condition.scheme is not None:
            return condition
        return replace(condition, scheme=tuple(map(to_text, self.drawn(condition, seed).palette)))

    def plain(self, condition: Condition, palette: Sequence[Colour] = (), symmetry: Symmetry | None = None) -> Cue:
        """The cue for a condition with nothing drawn, in its colours or else in a palette.

        Variations start from a sprite, which has a kind, colours and a symmetry of its own.
        """
        whole = _read(condition.drawn_in) or tuple(palette)
        rows = self.header.vocabulary.rows(condition)
        return Cue(rows, _colours(condition, whole, whole), symmetry=self.symmetry(condition, symmetry))

    def symmetry(self, condition: Condition, own: Symmetry | None) -> Symmetry | None:
        """The symmetry that is asked for: about a sprite's own axis, else about the usual one of its style."""
        if own is None and condition.symmetry in (MIRRORED, ROUGHLY):
            own = Symmetry(self._usual_axis(condition.style), exact=True)
        return None if own is None else own.asked(condition.symmetry)

    def _usual_axis(self, style: str | None) -> int:
        vocabulary, middle = self.header.vocabulary, self.header.model.image_size - 1
        if self.bank is None or not isinstance(vocabulary, WordVocabulary):
            return middle
        return self.bank.usual_axis(style, vocabulary) or middle


def _colours(condition: Condition, whole: tuple[Colour, ...], few: tuple[Colour, ...]) -> tuple[Colour, ...]:
    """What is asked for: all of the palette, a scheme that is given, or `few`; in a palette of one's own, if given."""
    own = _read(condition.drawn_in)
    if condition.scheme == WHOLE:
        return own or whole
    colours = few if condition.scheme is None else _read(condition.scheme)
    return tuple(_moved(colours, own)) if own else colours


def _read(texts: Sequence[str]) -> tuple[Colour, ...]:
    """The colours, each once."""
    return tuple(dict.fromkeys(map(to_colour, texts)))


def _moved(colours: Sequence[Colour], palette: tuple[Colour, ...]) -> list[Colour]:
    from_, to = (to_oklab(np.array(part, np.uint8)) for part in (colours, palette))
    distances = np.linalg.norm(from_[:, None] - to[None], axis=2)
    return moved_to_palette(list(colours), palette, distances)
