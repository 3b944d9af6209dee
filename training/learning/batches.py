"""What a loss is taken of: batches drawn from the sprites for every step, and those held out, always the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from pixelforge.core.config import ModelConfig
from training.data.sprites import SpriteSet, embedding_rows
from training.learning.augmentation import Augmentation
from training.learning.config import TrainConfig

HELDOUT_ROUNDS = 4  # timesteps at which each held-out sprite is tried
HELDOUT_BATCH = 256


@dataclass(frozen=True, eq=False)
class Batch:
    """What a loss is taken of, on the CPU."""

    planes: Tensor  # as `to_planes` gives them, changed by augmentation
    labels: Tensor  # (B,), rows of the label embedding
    t: Tensor  # (B,)
    noise: Tensor  # (B, C, S, S)
    told: Tensor | None  # (B, augment_dim), how each picture was changed

    def rows(self, part: slice) -> Batch:
        """Some of its rows."""
        told = None if self.told is None else self.told[part]
        return Batch(self.planes[part], self.labels[part], self.t[part], self.noise[part], told)


class Batches:
    """The sprites of a run as its network takes them, and the batch of every step.

    What step n draws depends on the seed and n alone. num_timesteps: of the forward process.
    """

    def __init__(self, data: SpriteSet, model: ModelConfig, config: TrainConfig, num_timesteps: int) -> None:
        self._model, self._config, self._num_timesteps = model, config, num_timesteps
        self._planes = to_planes(data, model)
        self._labels = torch.from_numpy(data.labels)
        self._rows = torch.from_numpy(embedding_rows(data, model))
        self._weights = class_weights(self._rows, model.num_conditions, config.balance)

    def draw(self, step: int) -> Batch:
        """The batch of the step after `step` others. Sets torch's global generator, which dropout draws from."""
        config, size = self._config, self._config.batch_size
        seed = step_seed(config.seed, step)
        generator = torch.Generator().manual_seed(seed)
        torch.manual_seed(seed)
        chosen = torch.multinomial(self._weights, size, replacement=True, generator=generator)
        planes, labels = self._planes[chosen], self._rows[chosen]
        if self._model.kinds:
            as_class = torch.rand(size, generator=generator) < config.kind_drop_prob
            labels = torch.where(as_class, self._labels[chosen], labels)
        dropped = torch.rand(size, generator=generator) < config.class_drop_prob
        labels = torch.where(dropped, self._model.null_class, labels)
        planes, told = self._augmented(planes, generator)
        t = stratified_timesteps(size, self._num_timesteps, generator)
        noise = torch.randn((size, *noise_shape(self._model)), generator=generator)
        return Batch(planes, labels, t, noise, told)

    def _augmented(self, planes: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor | None]:
        model = self._model
        if not self._config.augments:
            return planes, torch.zeros(len(planes), model.augment_dim) if model.augment_dim else None
        num_values = model.num_colours if model.prediction == "palette" else 0
        drawn = Augmentation.draw(self._config, len(planes), num_values, generator)
        return drawn.apply(planes), drawn.vector() if model.augment_dim else None


def heldout_batches(data: SpriteSet, model: ModelConfig, num_timesteps: int) -> Iterator[Batch]:
    """Every sprite at four timesteps, the same ones and with the same noise every time."""
    planes, labels = to_planes(data, model), torch.from_numpy(embedding_rows(data, model))
    generator = torch.Generator().manual_seed(0)
    for _ in range(HELDOUT_ROUNDS):
        t = stratified_timesteps(len(data), num_timesteps, generator)
        t = t[torch.randperm(len(data), generator=generator)]
        noise = torch.randn((len(data), *noise_shape(model)), generator=generator)
        for start in range(0, len(data), HELDOUT_BATCH):
            yield Batch(planes, labels, t, noise, None).rows(slice(start, start + HELDOUT_BATCH))


def stratified_timesteps(size: int, num_timesteps: int, generator: torch.Generator) -> Tensor:
    """`size` timesteps, each uniform over 0 … T-1, one from each of `size` equal strata: less noise in the loss."""
    uniform = (torch.arange(size) + torch.rand(size, generator=generator)) / size
    return (uniform * num_timesteps).long().clamp(max=num_timesteps - 1)


def noise_shape(model: ModelConfig) -> tuple[int, int, int]:
    """(C, S, S)."""
    return (model.channels, model.image_size, model.image_size)


def step_seed(seed: int, step: int) -> int:
    """The seed of a step's draws: hashed, so that runs and steps hardly meet (torch takes its low 32 bits only)."""
    digest = hashlib.sha256(f"{seed}/{step}".encode()).digest()
    return int.from_bytes(digest[:8], "little") >> 1


def class_weights(labels: Tensor, num_labels: int, balance: float) -> Tensor:
    """Weights (N,) of drawing each sprite, so that a label of n sprites is drawn in proportion to n^(1 - balance)."""
    counts = torch.bincount(labels, minlength=num_labels).double()
    return counts[labels] ** -balance


def to_planes(data: SpriteSet, config: ModelConfig) -> Tensor:
    """Sprites as `diffusion_loss` takes them: (N, 1, S, S) indices for `palette`, else (N, C, S, S), uint8."""
    if config.prediction != "palette":
        return torch.from_numpy(data.sprites[..., : config.channels].transpose(0, 3, 1, 2).copy())
    first = config.num_colours - len(config.palette)
    indices = np.zeros(data.sprites.shape[:3], np.uint8)
    for index, colour in enumerate(config.palette, start=first):
        matches = (data.sprites[..., :3] == np.array(colour, np.uint8)).all(axis=-1)
        indices[matches & (data.sprites[..., 3] == 255)] = index
    return torch.from_numpy(indices[:, None])
