"""Sprites made to be judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from pixelforge.core.checkpoint import Checkpoint
from pixelforge.core.sampling import Sampling
from pixelforge.imaging.pixels import Pixels, to_values
from training.data.sprites import SpriteDataset
from training.evaluation.reals import conditions_like
from training.learning.samples import draw_sprites


@dataclass(frozen=True, eq=False)
class MadeSprites:
    """Sprites of a model."""

    sprites: Pixels  # (N, S, S, 4)
    like: SpriteDataset  # (N) real ones that they were asked for to be like, with the kinds that were asked for
    seeds: tuple[int, ...]  # (N)


def make_like(
    checkpoint: Checkpoint, like: SpriteDataset, sampling: Sampling, first_seed: int, device: str, best_of: int = 1
) -> Iterator[int | MadeSprites]:
    """Make a sprite for the words of each real one; yields each batch's size, then the sprites.

    best_of: make so many for each, and keep those that the model's critic likes best; then it has to have one.

    Sprite i has the seed first_seed + i, or one of the `best_of` from first_seed + i * best_of on, which draws what is
    left open, as everywhere: its colours, and its kind where a model of classes alone is asked. Raises DatasetError for
    classes that the model does not make.
    """
    asked_for = conditions_like(like, checkpoint.header)
    conditions = [condition for condition in asked_for for _ in range(best_of)]
    batches = []
    for batch in draw_sprites(checkpoint, conditions, sampling, first_seed, device):
        batches.append(batch)
        yield len(batch)
    sprites, kept = np.concatenate(batches), np.arange(len(conditions))
    if best_of > 1:
        assert checkpoint.critic is not None
        scores = checkpoint.critic.scores(to_values(sprites, 4), conditions).reshape(-1, best_of)
        kept = scores.argmax(axis=1) + np.arange(len(like)) * best_of
    asked = replace(like, kinds=tuple(condition.kind or "" for condition in asked_for))
    yield MadeSprites(sprites[kept], asked, tuple((first_seed + kept).tolist()))
