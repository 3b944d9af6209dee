"""Made and drawn sprites of the same words, in numbers, for a critic to learn from."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pixelforge.core.checkpoint import Checkpoint
from pixelforge.core.critic import CriticWords, Words
from pixelforge.core.pipeline import Model, sample_sprites
from pixelforge.core.sampling import Sampling
from pixelforge.errors import DatasetError
from pixelforge.imaging.pixels import Pixels, from_values
from training.data.sprites import SpriteDataset, split_holdout
from training.evaluation.reals import conditions_like, taken

BATCH = 64
FIRST_SEED = 2**31  # of made sprites: nobody draws a seed so large, and evaluation begins from 0
UNSEEN = 0.15  # of the figures, to find out when learning ends, and how well it went

Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Examples:
    """Sprites with their words; of made ones those that they were asked for."""

    sprites: Pixels  # (N, S, S, 4)
    words: Words  # (N, 3)
    drawn: Flags  # (N,)

    @classmethod
    def of(cls, real: SpriteDataset, made: SpriteDataset, words: CriticWords) -> Examples:
        """Both, the drawn ones first."""
        return cls(
            np.concatenate([real.sprites, made.sprites]),
            np.concatenate([_numbers(real, words), _numbers(made, words)]),
            np.repeat([True, False], [len(real), len(made)]),
        )


def split_unseen(real: SpriteDataset, made: SpriteDataset, words: CriticWords, seed: int) -> tuple[Examples, Examples]:
    """(to learn from, unseen): a figure, and what was made to be like it, are in one of them. Raises DatasetError."""
    known, unseen = split_holdout(real, UNSEEN, seed + 1)
    ours = np.isin(np.array(made.groups), np.unique(known.groups))
    if not len(unseen) or ours.all() or not ours.any():
        raise DatasetError(f"{real.source} has too few sprites to learn from some of them and judge by others.")
    return Examples.of(known, made.subset(ours), words), Examples.of(unseen, made.subset(~ours), words)


def make_examples(
    checkpoint: Checkpoint,
    real: SpriteDataset,
    sampling: Sampling,
    count: int,
    seed: int,
    device: str,
    due: Callable[[float], bool] = lambda seconds: False,
) -> Iterator[int | SpriteDataset]:
    """Make `count` sprites for the words of drawn ones; yields each batch's size, then the sprites as those are told.

    due: whether it is time to end, after so many seconds; at least one batch is made.
    """
    began = time.monotonic()
    order = np.random.default_rng(seed).permutation(len(real))
    like = taken(real, np.resize(order, count))
    conditions, model = conditions_like(like, checkpoint.header), Model.of(checkpoint, device, "auto")
    made: list[Pixels] = []
    for first in range(0, count, BATCH):
        part = conditions[first : first + BATCH]
        values = sample_sprites(model, part, range(FIRST_SEED + first, FIRST_SEED + first + len(part)), sampling)
        made.append(from_values(values))
        yield len(part)
        if due(time.monotonic() - began):
            break
    sprites = np.concatenate(made)
    yield replace(taken(like, np.arange(len(sprites))), sprites=sprites)


def _numbers(data: SpriteDataset, words: CriticWords) -> Words:
    classes = [data.class_names[label] for label in data.labels]
    return words.numbers(list(zip(classes, data.kinds, data.styles, strict=True)))
