"""The training loop: a trainer that makes one step at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from pixelforge.core.build import build_network, count_weights
from pixelforge.core.config import DiffusionConfig, ModelConfig
from pixelforge.core.device import pick_device
from pixelforge.core.schedule import NoiseSchedule
from pixelforge.core.unet import ContextUNet
from pixelforge.core.vocabulary import Words
from pixelforge.errors import ConfigError
from training.data.sprites import SpriteDataset
from training.learning.batch_source import BatchSource, batches_of
from training.learning.batches import HeldOut, TrainingBatch
from training.learning.config import Precision, TrainConfig
from training.learning.distributed import Processes
from training.learning.loss import diffusion_loss
from training.learning.optimizers import Optimizers
from training.learning.schedule import learning_rate_at

MOST_WEIGHTS = 2**27  # with gradients, optimizer and average 3 GB; the bundled model has some millions
EMA_RAMP = 4  # the EMA forgets its beginning: decay (1 + n) / (4 + n) while that is less


@dataclass(frozen=True)
class StepResult:
    """One optimizer step."""

    step: int  # steps made, 1 …
    loss: float
    learning_rate: float


class Trainer:
    """A network in training, its optimizer and its EMA copy.

    What step n draws depends on the seed and n alone, so a trainer that resumes from a saved state makes, to the bit,
    the steps that it would have made without the pause (on the same machine, with the same number of threads).
    """

    def __init__(
        self,
        model_config: ModelConfig,
        diffusion: DiffusionConfig,
        config: TrainConfig,
        data: SpriteDataset,
        device: torch.device,
        processes: Processes | None = None,
        words: Words | None = None,
    ) -> None:
        self.config = config
        self.device = device
        self.processes = processes or Processes()
        self._share = self.processes.rows(config.batch_size)
        self.schedule = NoiseSchedule.build(diffusion)
        if (weights := count_weights(model_config)) > MOST_WEIGHTS:
            raise ConfigError(f"A network of {weights:,} weights is too large to train: at most {MOST_WEIGHTS:,}.")
        torch.manual_seed(config.seed)
        self.model = cast(ContextUNet, build_network(model_config)).to(device)
        self._parallel = self.processes.parallel(self.model)
        self.ema = AveragedModel(self.model, multi_avg_fn=_ema_update(config.ema_decay))
        self.ema.eval()
        self.optimizers = Optimizers(self.model, config)
        self.step_count = 0
        self.batches: BatchSource = batches_of(data, model_config, config, diffusion.num_timesteps, words)

    def step(self, progress: float | None = None) -> StepResult:
        """Make one optimizer step on a batch drawn for it. progress: as `learning_rate_at` takes it."""
        batch = self.batches.draw(self.step_count).share(self._share)
        learning_rate = learning_rate_at(self.config, self.step_count, progress)
        self.optimizers.set_rate(learning_rate)
        self.model.train()
        self.optimizers.zero_grad()
        loss = self._loss(self.model, batch, self._parallel)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.config.gradient_clip)
        self.optimizers.step()
        self.ema.update_parameters(self.model)
        self.step_count += 1
        return StepResult(self.step_count, self.processes.mean(loss), learning_rate)

    @torch.inference_mode()
    def heldout_loss(self, heldout: HeldOut) -> float:
        """The EMA's loss on sprites it was not trained on, at the same timesteps and noise every time."""
        model = cast(ContextUNet, self.ema.module)
        total = count = 0.0
        for batch in heldout.batches(model.config, self.schedule.num_timesteps):
            total += self._loss(model, batch).item() * len(batch.rows)
            count += len(batch.rows)
        return total / count

    def ema_weights(self) -> dict[str, Tensor]:
        """The weights to use and to keep."""
        return dict(self.ema.module.state_dict())

    def begin_from(self, weights: dict[str, Tensor]) -> None:
        """Set the network and its EMA to weights trained before; call before the first step."""
        self.model.load_state_dict(weights)
        self.ema.module.load_state_dict(weights)

    def state_dict(self) -> dict[str, Any]:
        """All that `load_state_dict` needs to resume."""
        return {
            "step": self.step_count,
            "model": self.model.state_dict(),
            "ema": self.ema.state_dict(),
            **self.optimizers.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Resume from what `state_dict` gave."""
        self.step_count = state["step"]
        self.model.load_state_dict(state["model"])
        self.ema.load_state_dict(state["ema"])
        self.optimizers.load_state_dict(state)

    def _loss(self, model: ContextUNet, batch: TrainingBatch, parallel: nn.Module | None = None) -> Tensor:
        device = self.device
        return diffusion_loss(
            model,
            self.schedule,
            batch.planes.to(device),
            batch.rows.to(device),
            batch.t.to(device),
            batch.noise.to(device),
            None if batch.told is None else batch.told.to(device),
            parallel,
            None if batch.palettes is None else batch.palettes.to(device),
            getattr(torch, self.config.precision),
        )


def best_precision(device: str = "auto") -> Precision:
    """bfloat16 where the hardware multiplies it faster than float32, else float32. Raises RequestError."""
    kind = pick_device(device)
    if kind == "cuda":
        return "bfloat16" if torch.cuda.is_bf16_supported() else "float32"
    capabilities = torch.cpu.get_capabilities() if kind == "cpu" else {}
    return "bfloat16" if capabilities.get("avx512_bf16") or capabilities.get("amx_bf16") else "float32"


def _ema_update(decay: float) -> Any:
    @torch.no_grad()
    def update(averages: list[Tensor], weights: list[Tensor], updates: Tensor) -> None:
        n = int(updates)
        torch._foreach_lerp_(averages, weights, 1 - min(decay, (1 + n) / (EMA_RAMP + n)))

    return update
