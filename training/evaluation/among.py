"""Which of the real sprites a model is judged by: a class, a kind, a style. Without torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pixelforge.core.nearest import known
from pixelforge.errors import RequestError
from pixelforge.fields import setting

if TYPE_CHECKING:
    from training.data.sprites import SpriteDataset

PARTS = ("class", "kind", "style")

Texts = NDArray[np.str_]


@dataclass(frozen=True, kw_only=True)
class Among:
    """What is left open is all of them."""

    classes: list[str] | None = setting(None, "Class", "Judge sprites of this class alone, repeatable", flag="--class")
    kind: str | None = setting(None, "Kind", "Judge sprites of this kind alone")
    style: str | None = setting(None, "Style", "Judge sprites of this style alone")

    def of(self, data: SpriteDataset) -> SpriteDataset:
        """Those of a data set."""
        fits = np.ones(len(data), np.bool_)
        for asked, words in zip(self._asked, words_by_sprite(data), strict=True):
            if asked:
                fits &= np.isin(words, asked)
        return data.subset(fits)

    def check(self, data: SpriteDataset) -> None:
        """Raises RequestError, naming the nearest words, for one that no sprite of a data set has."""
        for part, asked, words in zip(PARTS, self._asked, words_by_sprite(data), strict=True):
            there = sorted({str(word) for word in words} - {""})
            for word in asked:
                if word not in there:
                    raise RequestError(f"The folder has no {part} {word!r}; {known(word, there, 'has')}.")

    @property
    def _asked(self) -> tuple[list[str], list[str], list[str]]:
        return self.classes or [], [self.kind] if self.kind else [], [self.style] if self.style else []


def words_by_sprite(data: SpriteDataset) -> tuple[Texts, Texts, Texts]:
    """(N,) each: the class, kind and style of every sprite."""
    return np.array(data.class_names)[data.labels], np.array(data.kinds), np.array(data.styles)
