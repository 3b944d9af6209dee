"""The batches that suit what a network learns."""

from __future__ import annotations

from typing import Protocol

from pixelforge.core.config import ModelConfig
from pixelforge.core.schemes import SchemeBank
from pixelforge.core.vocabulary import Words
from training.data.indexed import IndexedSprites
from training.data.sprites import SpriteDataset
from training.learning.batches import Batches, HeldOut, TrainingBatch
from training.learning.config import TrainConfig
from training.learning.pointer_batches import PointerBatches, pointer_heldout


class BatchSource(Protocol):
    """Where a trainer gets its batches."""

    @property
    def bank(self) -> SchemeBank | None:
        """The colour schemes of the sprites that are drawn; None where no `pointer` network learns from them."""

    def draw(self, step: int) -> TrainingBatch:
        """The batch of the step after `step` others."""


def batches_of(
    data: SpriteDataset, model: ModelConfig, config: TrainConfig, num_timesteps: int, words: Words | None
) -> BatchSource:
    """The batches of a run. words: of a `pointer` network."""
    if words is None:
        return Batches(data, model, config, num_timesteps)
    sprites = IndexedSprites.of(data, words, dict(config.style_factors))
    return PointerBatches(sprites, words, len(data.class_names), model, config, num_timesteps)


def heldout_of(data: SpriteDataset, model: ModelConfig, words: Words | None) -> HeldOut:
    """What the held-out loss is taken of. words: of a `pointer` network."""
    if words is None:
        return HeldOut.of(data, model)
    return pointer_heldout(IndexedSprites.of(data, words), words, len(data.class_names))
