"""Symmetries for a bank of schemes that was made before there were any."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np

from pixelforge.core.schemes import SchemeBank


def with_symmetries(bank: SchemeBank, of: SchemeBank) -> SchemeBank:
    """The bank with the symmetries that rows of another have, of the same words and colours.

    Where several there are alike but for that, the one with the most weight counts; rows that are not there have none.
    """
    weights: defaultdict[bytes, defaultdict[int, float]] = defaultdict(lambda: defaultdict(float))
    for key, code, weight in zip(_keys(of), of.symmetries.tolist(), of.weights.tolist(), strict=True):
        weights[key][code] += weight
    codes = [max(found, key=found.__getitem__) if (found := weights.get(key)) else 0 for key in _keys(bank)]
    return replace(bank, symmetries=np.array(codes, np.uint8))


def _keys(bank: SchemeBank) -> list[bytes]:
    return [words.tobytes() + mask.tobytes() for words, mask in zip(bank.words, bank.masks, strict=True)]
