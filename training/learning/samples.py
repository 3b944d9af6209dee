"""Sprites drawn from a network that learns: for the pictures of a run, and for whoever judges it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pixelforge.core.checkpoint import Checkpoint
from pixelforge.core.condition import Condition
from pixelforge.core.pipeline import Model, sample_sprites
from pixelforge.core.sampler import INSTANT
from pixelforge.core.sampling import Sampling
from pixelforge.imaging.pixels import Pixels, from_values
from pixelforge.imaging.sheet import lay_out
from training.data.sprites import SpriteDataset

BATCH = 64
SAMPLES_A_CLASS = 8
SAMPLING = Sampling(sampler="dpm++2m", steps=20, guidance_scale=2.0)
PASSES = 2 * SAMPLING.steps  # of every sample through the network: with guidance, two a step


def draw_sprites(
    checkpoint: Checkpoint, conditions: Sequence[Condition], sampling: Sampling, seed: int, device: str
) -> Iterator[Pixels]:
    """A sprite for each condition with the seeds seed, seed + 1, …, a batch at a time, (≤ 64, S, S, 4)."""
    model = Model.of(checkpoint, device)
    for start in range(0, len(conditions), BATCH):
        part = conditions[start : start + BATCH]
        values = sample_sprites(model, part, range(seed + start, seed + start + len(part)), sampling)
        yield from_values(values)


def draw_samples(checkpoint: Checkpoint, device: str, classes: NDArray[np.int64]) -> Pixels:
    """Sprites of some classes, a class a row and always of the same seeds, as one picture (H, W, 4).

    They are the student's where the model has one.
    """
    sampling = SAMPLING if checkpoint.student_weights is None else checkpoint.header.sampling({"sampler": INSTANT})
    names = checkpoint.header.class_names
    conditions = [Condition(class_name=names[label]) for label in classes for _ in range(SAMPLES_A_CLASS)]
    return lay_out(np.concatenate(list(draw_sprites(checkpoint, conditions, sampling, 0, device))), SAMPLES_A_CLASS)


def own_sprites(data: SpriteDataset, classes: NDArray[np.int64]) -> Pixels:
    """Sprites of a data set, evenly out of each class, as one picture (H, W, 4) laid out as `draw_samples` does."""
    side = data.sprites.shape[1]
    rows = np.zeros((len(classes), SAMPLES_A_CLASS, side, side, 4), np.uint8)
    for row, label in zip(rows, classes, strict=True):
        own = data.sprites[data.labels == label]
        count = min(len(own), SAMPLES_A_CLASS)
        row[:count] = own[np.arange(count) * len(own) // count]
    return lay_out(rows.reshape(-1, side, side, 4), SAMPLES_A_CLASS)
