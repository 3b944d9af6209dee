"""What a sprite is made for, in words, and the embedding rows that a network is conditioned on for them.

Kinds are finer than classes, such as dog and cat among monsters. A class of many unlike things is hard to draw from as
a whole: guidance pulls towards what they have in common. So where no kind is asked for, a sprite's seed draws one of
its class. Without torch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from pixelforge.core.config import MAX_PALETTE, Colour, Kind
from pixelforge.core.nearest import known
from pixelforge.core.symmetry import SYMMETRIES, Symmetry
from pixelforge.errors import RequestError
from pixelforge.fields import check, setting
from pixelforge.hex_colours import is_colour

NO_ROW = -1  # fills up the rows of a condition that has fewer than others

WHOLE: Literal["whole"] = "whole"

Scheme = tuple[str, ...] | Literal["whole"]
"""The colours "#rrggbb" of one sprite, or WHOLE: all of its palette."""

Rows = tuple[int, ...]
"""The embedding rows of one condition; the network adds them up."""


@dataclass(frozen=True)
class Cue:
    """What a network is conditioned on for one sprite."""

    rows: Rows
    palette: tuple[Colour, ...] = ()  # `pointer` networks draw in these
    guidance_scale: float = 1.0  # of networks that take it as an input; others pass over it
    symmetry: Symmetry | None = None  # no network is told it: its estimate is made so


@dataclass(frozen=True, kw_only=True)
class Condition:
    """What a sprite is made for. None leaves a part open; all of them left open is the null condition."""

    class_name: str | None = None
    kind: str | None = setting(None, "Kind", "What it is, more finely than the class: dragon, sword")
    style: str | None = setting(None, "Style", "In which way it is drawn")
    colour: str | None = setting(None, "Colour", "The colour that most of it has")
    size: str | None = setting(None, "Size", "How much of the picture it covers")
    facing: str | None = setting(None, "Facing", "Which way it looks, such as down for towards the viewer")
    symmetry: str | None = setting(
        None,
        "Symmetry",
        "Whether its halves mirror each other: mirrored, roughly (in shapes alone) or free",
        among=SYMMETRIES,
    )
    drawn_in: tuple[str, ...] = ()  # "#rrggbb", at most 64; none: as the model chooses, which is all that most can
    scheme: Scheme | None = None  # the few of its palette's colours that it is drawn in; None: drawn by its seed

    def __post_init__(self) -> None:
        if "" in self._words:
            raise RequestError("A class, kind, style, colour, size or facing is a word, not an empty one.")
        check(self)
        if self.scheme == ():
            raise RequestError("A scheme has a colour at least.")
        for colours in (self.drawn_in, () if self.scheme in (None, WHOLE) else self.scheme):
            if len(colours) > MAX_PALETTE or not all(map(is_colour, colours)):
                raise RequestError(f"Sprites are drawn in at most {MAX_PALETTE} colours, each written as #rrggbb.")

    @property
    def label(self) -> str:
        """A word for it, as a name of files and in lists."""
        return next((word for word in self._words if word), "anything")

    @property
    def _words(self) -> tuple[str | None, ...]:
        return (self.class_name, self.kind, self.style, self.colour, self.size, self.facing)


NULL = Condition()
"""What classifier-free guidance leads away from: anything at all."""


class Vocabulary(Protocol):
    """The words of a model, and the rows that they stand for."""

    def rows(self, condition: Condition) -> Rows:
        """The rows of a condition. Raises RequestError for words that the model does not know."""


@dataclass(frozen=True)
class ClassVocabulary:
    """The words of models of format 1 and their rows: the classes, the null condition, the kinds.

    The row of a kind stands for its class as well.
    """

    class_names: tuple[str, ...]
    kinds: tuple[Kind, ...] = ()

    def rows(self, condition: Condition) -> Rows:
        """The rows of a condition. Raises RequestError for words that the model does not know."""
        if condition == NULL:
            return (len(self.class_names),)
        if condition.style or condition.colour or condition.size or condition.facing:
            raise RequestError("That model knows classes and their kinds, but no styles, colours, sizes or facings.")
        if condition.drawn_in:  # a scheme that another model's seed drew is passed over
            raise RequestError("That model draws in its own colours alone; it can be recoloured afterwards.")
        label = self._label(condition)
        if condition.kind is None:
            return (label,)
        for index, kind in enumerate(self.kinds):
            if (kind.label, kind.name) == (label, condition.kind):
                return (len(self.class_names) + 1 + index,)
        of_class = ", ".join(kind.name for kind in self.kinds if kind.label == label) or "none"
        raise RequestError(f"{condition.class_name} has no kind {condition.kind!r}; it has {of_class}.")

    def every(self) -> list[Condition]:
        """A condition for each row, in their order."""
        classes = [Condition(class_name=name) for name in self.class_names]
        kinds = [Condition(class_name=self.class_names[kind.label], kind=kind.name) for kind in self.kinds]
        return [*classes, NULL, *kinds]

    def drawn(self, condition: Condition, seed: int) -> Condition:
        """The condition with its open parts drawn by a seed: one of the class's kinds by their shares, or none."""
        if condition.class_name is None or condition.kind is not None:
            return condition
        label, left = self._label(condition), uniform("kind", seed)
        for kind in self.kinds:
            if kind.label == label:
                left -= kind.share
                if left < 0:
                    return replace(condition, kind=kind.name)
        return condition

    def _label(self, condition: Condition) -> int:
        if condition.class_name is None:
            raise RequestError(f"That model has to be told a class: {', '.join(self.class_names)}.")
        if condition.class_name not in self.class_names:
            asked = condition.class_name
            raise RequestError(f"The model knows no class {asked!r}; {known(asked, self.class_names)}.")
        return self.class_names.index(condition.class_name)


def stacked(rows: Sequence[Rows]) -> NDArray[np.int64]:
    """The rows of several conditions as (B, R), filled up with NO_ROW."""
    longest = max(1, *(len(row) for row in rows))
    return np.array([[*row, *[NO_ROW] * (longest - len(row))] for row in rows], np.int64)


def uniform(purpose: str, seed: int) -> float:
    """A number in [0, 1), the same on every machine, and unrelated to the seed's noise and to what else it draws."""
    digest = hashlib.sha256(f"{purpose}/{seed}".encode()).digest()
    return int.from_bytes(digest[:6], "little") / 2**48
