"""Kinds: finer conditions under a class that its user does not see, such as dog and cat under monsters.

A class of many unlike things is hard to draw from as a whole: guidance pulls towards what they have in common. So a
sprite's seed first draws a kind of its class, and the network draws that. The rows of the label embedding are the
classes, the null class, then the kinds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from pixelforge.core.config import ModelConfig


def kind_row(config: ModelConfig, index: int) -> int:
    """The embedding row of `config.kinds[index]`."""
    return config.null_class + 1 + index


def draw_row(config: ModelConfig, label: int, seed: int) -> int:
    """The embedding row for a class and a seed: one of its kinds by their shares, or the class's own for the rest."""
    left = _uniform(seed)
    for index, kind in enumerate(config.kinds):
        if kind.label == label:
            left -= kind.share
            if left < 0:
                return kind_row(config, index)
    return label


def draw_rows(config: ModelConfig, labels: Sequence[int], seeds: Sequence[int]) -> list[int]:
    """`draw_row` of each sprite."""
    return [draw_row(config, label, seed) for label, seed in zip(labels, seeds, strict=True)]


def _uniform(seed: int) -> float:
    """In [0, 1), the same on every machine, and unrelated to the seed's noise."""
    digest = hashlib.sha256(f"kind/{seed}".encode()).digest()
    return int.from_bytes(digest[:6], "little") / 2**48
