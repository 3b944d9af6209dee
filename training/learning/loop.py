"""The training loop: a trainer that makes one step, and a generator that makes them all."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from pixelforge.core.config import DiffusionConfig, ModelConfig
from pixelforge.core.schedule import NoiseSchedule
from pixelforge.core.unet import ContextUNet
from training.data.sprites import SpriteSet, embedding_rows
from training.learning.augmentation import Augmentation
from training.learning.config import TrainConfig
from training.learning.distributed import Processes
from training.learning.loss import diffusion_loss, stratified_timesteps

HELDOUT_ROUNDS = 4  # timesteps at which each held-out sprite is tried
HELDOUT_BATCH = 256
EMA_RAMP = 4  # the EMA forgets its beginning: decay (1 + n) / (4 + n) while that is less


@dataclass(frozen=True)
class StepResult:
    """One optimizer step."""

    step: int  # steps made, 1 … config.steps
    loss: float
    learning_rate: float
    seconds: float  # that it took


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


class Trainer:
    """A network in training, its optimizer and its EMA copy.

    What step n draws depends on the seed and n alone, so a trainer that goes on from a saved state makes, to the bit,
    the steps that it would have made without the pause (on the same machine, with the same number of threads).
    """

    def __init__(
        self,
        model_config: ModelConfig,
        diffusion: DiffusionConfig,
        config: TrainConfig,
        data: SpriteSet,
        device: torch.device,
        processes: Processes | None = None,
    ) -> None:
        self.config = config
        self.device = device
        self.processes = processes or Processes()
        self._rows_of_batch = self.processes.rows(config.batch_size)
        self.schedule = NoiseSchedule.build(diffusion)
        torch.manual_seed(config.seed)
        self.model = ContextUNet(model_config).to(device)
        self._parallel = self.processes.parallel(self.model)
        self.ema = AveragedModel(self.model, multi_avg_fn=_ema_update(config.ema_decay))
        self.ema.eval()
        labels = list(self.model.label_emb.parameters())
        others = [weight for name, weight in self.model.named_parameters() if not name.startswith("label_emb.")]
        self._rates = (1.0, config.label_rate)
        self.optimizer = torch.optim.AdamW(
            [{"params": others}, {"params": labels}],
            lr=config.learning_rate,
            betas=(0.9, 0.99),
            weight_decay=config.weight_decay,
        )
        self.step_count = 0
        self._planes = to_planes(data, model_config)
        self._labels = torch.from_numpy(data.labels)
        self._rows = torch.from_numpy(embedding_rows(data, model_config))
        self._draw_weights = class_weights(self._rows, model_config.num_conditions, config.balance)

    def step(self) -> StepResult:
        """Make one optimizer step on a batch drawn for it."""
        start = time.perf_counter()
        batch = self.draw().rows(self._rows_of_batch)
        learning_rate = learning_rate_at(self.config, self.step_count)
        for group, rate in zip(self.optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate * learning_rate
        self.model.train()
        self.optimizer.zero_grad(set_to_none=True)
        loss = self._loss(self.model, batch, self._parallel)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.config.gradient_clip)
        self.optimizer.step()
        self.ema.update_parameters(self.model)
        self.step_count += 1
        return StepResult(self.step_count, self.processes.mean(loss), learning_rate, time.perf_counter() - start)

    def draw(self) -> Batch:
        """The batch of the step to come."""
        config, size = self.config, self.config.batch_size
        seed = step_seed(config.seed, self.step_count)
        generator = torch.Generator().manual_seed(seed)
        torch.manual_seed(seed)  # dropout draws from the global generator
        chosen = torch.multinomial(self._draw_weights, size, replacement=True, generator=generator)
        planes, labels = self._planes[chosen], self._rows[chosen]
        if self.model.config.kinds:
            as_class = torch.rand(size, generator=generator) < config.kind_drop_prob
            labels = torch.where(as_class, self._labels[chosen], labels)
        dropped = torch.rand(size, generator=generator) < config.class_drop_prob
        labels = torch.where(dropped, self.model.config.null_class, labels)
        planes, told = self._augmented(planes, generator)
        t = stratified_timesteps(size, self.schedule.num_timesteps, generator)
        noise = torch.randn((size, *self._shape), generator=generator)
        return Batch(planes, labels, t, noise, told)

    @torch.inference_mode()
    def heldout_loss(self, heldout: SpriteSet) -> float:
        """The EMA's loss on sprites it was not trained on, at the same timesteps and noise every time."""
        model = cast(ContextUNet, self.ema.module)
        planes, labels = to_planes(heldout, model.config), torch.from_numpy(embedding_rows(heldout, model.config))
        generator = torch.Generator().manual_seed(0)
        total = 0.0
        for _ in range(HELDOUT_ROUNDS):
            t = stratified_timesteps(len(heldout), self.schedule.num_timesteps, generator)
            t = t[torch.randperm(len(heldout), generator=generator)]
            noise = torch.randn((len(heldout), *self._shape), generator=generator)
            for start in range(0, len(heldout), HELDOUT_BATCH):
                part = slice(start, start + HELDOUT_BATCH)
                loss = self._loss(model, Batch(planes, labels, t, noise, None).rows(part))
                total += loss.item() * len(labels[part])
        return total / (HELDOUT_ROUNDS * len(heldout))

    def ema_weights(self) -> dict[str, Tensor]:
        """The weights to use and to keep."""
        return dict(self.ema.module.state_dict())

    def begin_from(self, weights: dict[str, Tensor]) -> None:
        """Set the network and its EMA to weights trained before; call before the first step."""
        self.model.load_state_dict(weights)
        self.ema.module.load_state_dict(weights)

    def state_dict(self) -> dict[str, Any]:
        """All that `load_state_dict` needs to go on."""
        return {
            "step": self.step_count,
            "model": self.model.state_dict(),
            "ema": self.ema.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what `state_dict` gave."""
        self.step_count = state["step"]
        self.model.load_state_dict(state["model"])
        self.ema.load_state_dict(state["ema"])
        self.optimizer.load_state_dict(state["optimizer"])

    @property
    def _shape(self) -> tuple[int, int, int]:
        config = self.model.config
        return (config.channels, config.image_size, config.image_size)

    def _augmented(self, planes: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor | None]:
        model_config = self.model.config
        if not self.config.augments:
            unchanged = torch.zeros(len(planes), model_config.augment_dim) if model_config.augment_dim else None
            return planes, unchanged
        num_values = model_config.num_colours if model_config.prediction == "palette" else 0
        drawn = Augmentation.draw(self.config, len(planes), num_values, generator)
        return drawn.apply(planes), drawn.vector() if model_config.augment_dim else None

    def _loss(self, model: ContextUNet, batch: Batch, parallel: nn.Module | None = None) -> Tensor:
        device = self.device
        with torch.autocast(device.type, torch.bfloat16, enabled=self.config.precision == "bfloat16"):
            return diffusion_loss(
                model,
                self.schedule,
                batch.planes.to(device),
                batch.labels.to(device),
                batch.t.to(device),
                batch.noise.to(device),
                None if batch.told is None else batch.told.to(device),
                parallel,
            )


def train(trainer: Trainer) -> Iterator[StepResult]:
    """Make the steps that are left. The caller decides about figures, files and stopping."""
    while trainer.step_count < trainer.config.steps:
        yield trainer.step()


def learning_rate_at(config: TrainConfig, step: int) -> float:
    """Linear warm-up, then a cosine down to final_fraction at the last step; Loshchilov & Hutter 2017, eq. 5."""
    if step < config.warmup_steps:
        return config.learning_rate * (step + 1) / config.warmup_steps
    progress = (step - config.warmup_steps) / max(1, config.steps - config.warmup_steps)
    cosine = (1 + math.cos(math.pi * min(1.0, progress))) / 2
    return config.learning_rate * (config.final_fraction + (1 - config.final_fraction) * cosine)


def step_seed(seed: int, step: int) -> int:
    """The seed of a step's draws: hashed, so that runs and steps hardly meet (torch hears its low 32 bits only)."""
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


def _ema_update(decay: float) -> Any:
    @torch.no_grad()
    def update(averages: list[Tensor], weights: list[Tensor], updates: Tensor) -> None:
        n = int(updates)
        torch._foreach_lerp_(averages, weights, 1 - min(decay, (1 + n) / (EMA_RAMP + n)))

    return update
