"""Sprites made to be judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from pixelforge.core.checkpoint import Checkpoint
from pixelforge.core.sampling import Sampling
from pixelforge.imaging.pixels import Pixels
from training.data.sprites import SpriteSet
from training.evaluation.reals import conditions_like
from training.learning.samples import draw_sprites


@dataclass(frozen=True, eq=False)
class Made:
    """Sprites of a model."""

    sprites: Pixels  # (N, S, S, 4)
    like: SpriteSet  # (N) real ones that they were asked for to be like, with the kinds that were asked for


def make_like(
    checkpoint: Checkpoint, like: SpriteSet, sampling: Sampling, first_seed: int, device: str
) -> Iterator[int | Made]:
    """Make a sprite for the words of each real one; yields each batch's size, then the sprites.

    Sprite i has the seed first_seed + i, which draws what is left open, as everywhere: its colours, and its kind where
    a model of classes alone is asked. Raises DatasetError for classes that the model does not make.
    """
    conditions = conditions_like(like, checkpoint.header)
    batches = []
    for batch in draw_sprites(checkpoint, conditions, sampling, first_seed, device):
        batches.append(batch)
        yield len(batch)
    asked = replace(like, kinds=tuple(condition.kind or "" for condition in conditions))
    yield Made(np.concatenate(batches), asked)
