"""The words of a model joined by those of other sprites, and its colour schemes by theirs.

New words stand behind the old ones of their part: the numbers by which a bank of schemes knows words and colours stay.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pixelforge.core.config import MAX_PALETTE
from pixelforge.core.schemes import NO_WORD, PARTS, SchemeBank
from pixelforge.core.vocabulary import Style, Words, WordVocabulary

FACING = PARTS - 1  # the column of the facing in the words of a bank
OTHERS = 1e-4  # how often, where no style is asked for, a scheme of a parent comes for one of the new sprites'

T = TypeVar("T")


def joined_words(model: WordVocabulary, own: WordVocabulary) -> WordVocabulary:
    """The words of both."""
    before, new = model.words, own.words
    words = Words(
        kinds=_union(before.kinds, new.kinds),
        styles=_joined_styles(before.styles, new.styles),
        colours=_union(before.colours, new.colours),
        sizes=_union(before.sizes, new.sizes),
        facings=_union(before.facings, new.facings),
    )
    return WordVocabulary(_union(model.class_names, own.class_names), words)


def joined_banks(model: SchemeBank, own: SchemeBank) -> SchemeBank:
    """The schemes of both, in a vocabulary of both.

    What is asked for in no style is meant in that of the new sprites, where one of them fits: the parent's schemes come
    where their style is asked for, or a class or kind that only they have. A scheme of the same words that is in both,
    as where a model goes on with some of its sprites, is kept once.
    """
    told_less = _without_facing(model, own)
    parts = [np.concatenate([bank.words, bank.masks, bank.symmetries[:, None]], axis=1) for bank in (model, own)]
    rows = np.concatenate([parts[0][~told_less], parts[1]])
    weights = np.concatenate([_shares(model)[~told_less] * OTHERS, _shares(own)])
    different, which = np.unique(rows, axis=0, return_inverse=True)
    words, masks, symmetries = np.split(different, [PARTS, PARTS + model.masks.shape[1]], axis=1)
    together = np.bincount(which.ravel(), weights, minlength=len(different))
    return SchemeBank(
        words.copy(), masks.astype(np.uint8), together.astype(np.float32), symmetries[:, 0].astype(np.uint8)
    )


def _without_facing(model: SchemeBank, own: SchemeBank) -> NDArray[np.bool_]:
    """Which schemes of a model (N,) are of sprites that are learnt on, and only now told to look some way."""
    keys = [np.concatenate([bank.words[:, :FACING], bank.masks], axis=1) for bank in (model, own)]
    told = {key.tobytes() for key in keys[1][own.words[:, FACING] != NO_WORD]}
    known = np.array([key.tobytes() in told for key in keys[0]], np.bool_)
    without: NDArray[np.bool_] = known & (model.words[:, FACING] == NO_WORD)
    return without


def _shares(bank: SchemeBank) -> NDArray[np.float64]:
    weights = bank.weights.astype(np.float64)
    shares: NDArray[np.float64] = weights / weights.sum()
    return shares


def _joined_styles(before: tuple[Style, ...], new: tuple[Style, ...]) -> tuple[Style, ...]:
    theirs = {style.name: style for style in new}
    known = [_widened(style, theirs.pop(style.name, style)) for style in before]
    return (*known, *theirs.values())


def _widened(style: Style, own: Style) -> Style:
    """A style with the colours of its new sprites behind its own, the most used, as far as a palette goes.

    Its own stay where they are, so that sprites which it knows already still come in their colours.
    """
    credits = dict.fromkeys(filter(None, (style.credits, own.credits)))
    palette = _union(style.palette, own.palette)[:MAX_PALETTE]
    return Style(name=style.name, palette=palette, credits="; ".join(credits))


def _union(before: Iterable[T], new: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*before, *new)))
