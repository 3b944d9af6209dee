"""The words of a model that knows classes, kinds, styles, colours, sizes and facings, each with a row of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pixelforge.core.condition import Condition, Rows
from pixelforge.core.config import MAX_PALETTE, Colour, check_colours
from pixelforge.core.nearest import known
from pixelforge.errors import ConfigError, RequestError

MOST_WORDS = 10_000  # of a part


@dataclass(frozen=True, kw_only=True)
class Style:
    """A way of drawing, and its colours."""

    name: str
    palette: tuple[Colour, ...]  # most used first
    credits: str = ""

    def __post_init__(self) -> None:
        if not 1 <= len(self.palette) <= MAX_PALETTE:
            raise ConfigError(f"the style {self.name!r} has {len(self.palette)} colours, not 1 to {MAX_PALETTE}.")
        check_colours(self.palette)


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a model can be asked for, beside its classes; part of the model file's header."""

    kinds: tuple[str, ...]  # one vocabulary over all styles
    styles: tuple[Style, ...]
    colours: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    facings: tuple[str, ...] = ()  # which ways its figures look
    usual_style: str | None = None  # what whoever has not chosen one yet is shown; None: any

    def __post_init__(self) -> None:
        if self.usual_style is not None and self.usual_style not in (style.name for style in self.styles):
            raise ConfigError(f"the usual style {self.usual_style!r} is none of its styles.")
        for names in (self.kinds, tuple(style.name for style in self.styles), self.colours, self.sizes, self.facings):
            if len(names) > MOST_WORDS or len(set(names)) != len(names) or "" in names:
                raise ConfigError(f"every word needs a name of its own, and a part has at most {MOST_WORDS:,}.")


@dataclass(frozen=True)
class WordVocabulary:
    """Rows: the classes, the kinds, the styles, the colours, the sizes, the facings. The null condition has none."""

    class_names: tuple[str, ...]
    words: Words

    def rows(self, condition: Condition) -> Rows:
        """The rows of what is asked for. Raises RequestError, naming the nearest words, for one that is not known."""
        rows, first = [], 0
        for part, names in self.parts.items():
            asked = getattr(condition, part)
            if asked is not None:
                rows.append(first + _index(asked, names, part))
            first += len(names)
        return tuple(rows)

    @property
    def parts(self) -> dict[str, tuple[str, ...]]:
        """The words by the field of `Condition` that they belong to, in the order of their rows."""
        return {
            "class_name": self.class_names,
            "kind": self.words.kinds,
            "style": tuple(style.name for style in self.words.styles),
            "colour": self.words.colours,
            "size": self.words.sizes,
            "facing": self.words.facings,
        }

    @property
    def num_rows(self) -> int:
        """Rows of the condition embedding."""
        return sum(map(len, self.parts.values()))


def _index(asked: str, names: Sequence[str], part: str) -> int:
    if asked in names:
        return names.index(asked)
    what = part.removesuffix("_name")
    if not names:
        raise RequestError(f"The model knows no {what} {asked!r}, nor any other.")
    raise RequestError(f"The model knows no {what} {asked!r}; {known(asked, names)}.")
