"""What a loss is taken of: batches drawn from the sprites for every step, and those held out, always the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from pixelforge.core.condition import NULL, ClassVocabulary, Condition, stacked
from pixelforge.core.config import ModelConfig
from training.data.sprites import SpriteDataset, conditions_of
from training.learning.augmentation import Augmentation
from training.learning.config import TrainConfig

HELDOUT_ROUNDS = 4  # timesteps at which each held-out sprite is tried
HELDOUT_BATCH = 256


@dataclass(frozen=True, eq=False)
class TrainingBatch:
    """What a loss is taken of, on the CPU."""

    planes: Tensor  # as `to_planes` gives them, changed by augmentation
    rows: Tensor  # (B, R), of the condition embedding
    t: Tensor  # (B,)
    noise: Tensor  # (B, C, S, S)
    told: Tensor | None  # (B, augment_dim), how each picture was changed
    palettes: Tensor | None = None  # (B, K, 4), for a `pointer` network
    guidance: Tensor | None = None  # (B,), which a student is to learn

    def share(self, part: slice) -> TrainingBatch:
        """A part of it."""
        more = (None if each is None else each[part] for each in (self.told, self.palettes, self.guidance))
        return TrainingBatch(self.planes[part], self.rows[part], self.t[part], self.noise[part], *more)


@dataclass(frozen=True, eq=False)
class TrainingRows:
    """The embedding rows that each sprite of a data set is learnt with."""

    whole: Tensor  # (N, R), of its class and kind
    of_class: Tensor  # (N, R), of its class alone
    null: Tensor  # (R,), of the null condition
    has_kinds: bool

    @classmethod
    def of(cls, data: SpriteDataset, config: ModelConfig) -> TrainingRows:
        """The rows in a network's vocabulary."""
        vocabulary = ClassVocabulary(data.class_names, config.kinds)
        conditions = conditions_of(data, vocabulary)
        classes = [Condition(class_name=condition.class_name) for condition in conditions]
        rows = stacked([vocabulary.rows(condition) for condition in [*conditions, *classes, NULL]])
        whole, of_class, null = torch.from_numpy(rows).tensor_split([len(data), 2 * len(data)])
        return cls(whole, of_class, null[0], bool(config.kinds))

    def drawn(self, chosen: Tensor, config: TrainConfig, generator: torch.Generator) -> Tensor:
        """The rows (B, R) of chosen sprites (B,), parts of the conditions left out as often as the settings say."""
        rows = self.whole[chosen]
        if self.has_kinds:
            as_class = torch.rand(len(chosen), generator=generator) < config.kind_drop_prob
            rows = torch.where(as_class[:, None], self.of_class[chosen], rows)
        dropped = torch.rand(len(chosen), generator=generator) < config.class_drop_prob
        return torch.where(dropped[:, None], self.null, rows)


class Batches:
    """The sprites of a run as its network takes them, and the batch of every step.

    What step n draws depends on the seed and n alone. num_timesteps: of the forward process.
    """

    bank = None

    def __init__(self, data: SpriteDataset, model: ModelConfig, config: TrainConfig, num_timesteps: int) -> None:
        self._model, self._config, self._num_timesteps = model, config, num_timesteps
        self._planes = to_planes(data, model)
        self._rows = TrainingRows.of(data, model)
        self._weights = class_weights(self._rows.whole, config.balance)

    def draw(self, step: int) -> TrainingBatch:
        """The batch of the step after `step` others. Sets torch's global generator, which dropout draws from."""
        config, size = self._config, self._config.batch_size
        generator = step_generator(config.seed, step)
        chosen = torch.multinomial(self._weights, size, replacement=True, generator=generator)
        rows = self._rows.drawn(chosen, config, generator)
        planes, told = self._augmented(self._planes[chosen], generator)
        t = stratified_timesteps(size, self._num_timesteps, generator)
        noise = torch.randn((size, *noise_shape(self._model)), generator=generator)
        return TrainingBatch(planes, rows, t, noise, told)

    def _augmented(self, planes: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor | None]:
        model = self._model
        if not self._config.augments:
            return planes, torch.zeros(len(planes), model.augment_dim) if model.augment_dim else None
        num_values = model.num_colours if model.prediction == "palette" else 0
        drawn = Augmentation.draw(self._config, len(planes), num_values, generator)
        return drawn.apply(planes), drawn.vector() if model.augment_dim else None


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Sprites that are not trained on, as a network takes them."""

    planes: Tensor  # as `to_planes` gives them
    rows: Tensor  # (N, R), of the condition embedding
    palettes: Tensor | None = None  # (N, K, 4), of just the colours that each uses, for a `pointer` network

    @classmethod
    def of(cls, data: SpriteDataset, model: ModelConfig) -> HeldOut:
        """Those of a network that knows classes and kinds."""
        return cls(to_planes(data, model), TrainingRows.of(data, model).whole)

    def batches(self, model: ModelConfig, num_timesteps: int) -> Iterator[TrainingBatch]:
        """Every sprite at four timesteps, the same ones and with the same noise every time."""
        size = len(self.planes)
        generator = torch.Generator().manual_seed(0)
        for _ in range(HELDOUT_ROUNDS):
            t = stratified_timesteps(size, num_timesteps, generator)[torch.randperm(size, generator=generator)]
            noise = torch.randn((size, *noise_shape(model)), generator=generator)
            for start in range(0, size, HELDOUT_BATCH):
                part = slice(start, start + HELDOUT_BATCH)
                yield TrainingBatch(self.planes, self.rows, t, noise, None, self.palettes).share(part)


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


def step_generator(seed: int, step: int) -> torch.Generator:
    """What a step is drawn by. Sets torch's global generator likewise, which dropout draws from."""
    drawn_by = step_seed(seed, step)
    torch.manual_seed(drawn_by)
    return torch.Generator().manual_seed(drawn_by)


def class_weights(rows: Tensor, balance: float) -> Tensor:
    """Weights (N,) of drawing each sprite, so that n sprites of the same rows (N, R) are drawn as n^(1 - balance)."""
    _, which, counts = torch.unique(rows, dim=0, return_inverse=True, return_counts=True)
    weights: Tensor = counts.double()[which] ** -balance
    return weights


def to_planes(data: SpriteDataset, config: ModelConfig) -> Tensor:
    """Sprites as `diffusion_loss` takes them: (N, 1, S, S) indices for `palette`, else (N, C, S, S), uint8."""
    if config.prediction != "palette":
        return torch.from_numpy(data.sprites[..., : config.channels].transpose(0, 3, 1, 2).copy())
    first = config.num_colours - len(config.palette)
    indices = np.zeros(data.sprites.shape[:3], np.uint8)
    for index, colour in enumerate(config.palette, start=first):
        matches = (data.sprites[..., :3] == np.array(colour, np.uint8)).all(axis=-1)
        indices[matches & (data.sprites[..., 3] == 255)] = index
    return torch.from_numpy(indices[:, None])
