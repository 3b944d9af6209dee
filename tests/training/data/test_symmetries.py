"""Symmetries for a bank that was made without them."""

from __future__ import annotations

import numpy as np

from pixelforge.core.schemes import NO_WORD, SchemeBank, mask_of
from training.data.symmetries import with_symmetries


def bank(*rows: tuple[int, int, float, int]) -> SchemeBank:
    """Of a kind, a colour, a weight and a symmetry each."""
    words = np.array([(0, kind, 0, NO_WORD, NO_WORD, NO_WORD) for kind, *_ in rows], np.int16)
    masks = np.stack([mask_of(np.array([row[1]])) for row in rows])
    weights, codes = np.array([row[2] for row in rows], np.float32), np.array([row[3] for row in rows], np.uint8)
    return SchemeBank(words, masks, weights, codes)


def test_rows_have_the_symmetry_that_most_of_the_like_have() -> None:
    known = bank((0, 1, 1, 15), (0, 1, 1, 0), (0, 1, 1.5, 143), (1, 1, 1, 14))
    told = with_symmetries(bank((1, 1, 1, 0), (0, 1, 1, 0), (0, 2, 1, 0)), known)
    assert told.symmetries.tolist() == [14, 143, 0]
