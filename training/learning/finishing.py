"""An adversarial finish: a student learns to make what a discriminator takes for drawn, and stays near what it was.

As in the distillations of Sauer et al. 2023 and Yin et al. 2024, but through all of the student's few steps, from noise
to the finished picture. Its pixels are of single colours, of which the gradient is that of their probabilities
(straight-through: Bengio et al. 2013, section 2).
"""

from __future__ import annotations

import copy
from dataclasses import replace
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from pixelforge.core.checkpoint import Checkpoint
from pixelforge.core.config import ModelConfig
from pixelforge.core.sampler import CLEAN
from pixelforge.core.vocabulary import Words
from pixelforge.errors import TrainingError
from training.data.sprites import SpriteDataset
from training.learning.augmentation import Augmentation
from training.learning.batches import TrainingBatch, step_generator
from training.learning.config import TrainConfig
from training.learning.discriminator import Discriminator, hinge, steepness
from training.learning.distillation import Distiller, Noised
from training.learning.distributed import Processes
from training.learning.lesson import Distillation
from training.learning.loop import StepResult
from training.learning.schedule import learning_rate_at
from training.learning.tensors import blended, coloured, colours_from_logits

RATE = 1e-3  # the discriminator's learning rate
PENALTY, PENALTY_EVERY = 0.05, 8  # of its steepness, taken every so many steps (Karras et al. 2020, section 4.1)
LOOKS = 4  # that it has at the same pictures, changed in other ways, while the student waits: to make them takes longer
FLIP, SHIFT = 0.5, 1.0  # how often what it sees is, drawn and made alike (Zhao et al. 2020)


class Finisher(Distiller):
    """A student in its finish. For the first `lesson.head_start` steps the discriminator alone learns.

    The teacher's student is where it begins; the teacher itself is not asked.
    """

    def __init__(
        self,
        model_config: ModelConfig,
        teacher: Checkpoint,
        config: TrainConfig,
        data: SpriteDataset,
        device: torch.device,
        processes: Processes | None,
        words: Words | None,
        lesson: Distillation,
    ) -> None:
        """As of the Distiller. Raises TrainingError."""
        if processes is not None and processes.count > 1:
            raise TrainingError("A student is finished by one process: begin it without torchrun.")
        super().__init__(model_config, teacher, config, data, device, processes, words, lesson)
        self._head_start = lesson.head_start
        self._before = copy.deepcopy(self.model).eval().requires_grad_(False)
        rows = self.model.label_emb.num_embeddings
        self.discriminator = Discriminator(model_config.channels, model_config.image_size, rows).to(device)
        self._its = torch.optim.Adam(self.discriminator.parameters(), RATE, betas=(0.5, 0.99))

    def step(self, progress: float | None = None) -> StepResult:
        """One step of the student, unless it waits, and one of the discriminator on what the student made in it."""
        batch, ahead = self.batches.draw(self.step_count), self.step_count < self._head_start
        rate = 0.0 if ahead else learning_rate_at(self.config, self.step_count, progress)
        generator = step_generator(self.config.seed, -1 - self.step_count)
        part = self._from_noise(batch)
        with torch.set_grad_enabled(not ahead):
            made, drift = self._made(part, int(torch.randint(len(self._times), (), generator=generator)))
        loss = None if ahead else self._improve(made, drift, part, rate, generator)
        for _ in range(LOOKS if ahead else 1):
            told_apart = self._tell_apart(batch, made.detach(), part, generator)
        self.ema.update_parameters(self.model)
        self.step_count += 1
        return StepResult(self.step_count, told_apart if loss is None else loss, rate)

    def state_dict(self) -> dict[str, Any]:
        """All that `load_state_dict` needs to resume."""
        return {
            **super().state_dict(),
            "before": self._before.state_dict(),
            "discriminator": self.discriminator.state_dict(),
            "discriminator_optimizer": self._its.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Resume from what `state_dict` gave."""
        super().load_state_dict(state)
        self._before.load_state_dict(state["before"])
        self.discriminator.load_state_dict(state["discriminator"])
        self._its.load_state_dict(state["discriminator_optimizer"])

    def _from_noise(self, batch: TrainingBatch) -> Noised:
        """All of a batch at the first of the student's steps, of noise alone as when sprites are made."""
        noised = Noised.of(self.teacher, batch, self._times, self.schedule, self.device)
        return replace(noised, x_t=batch.noise.to(self.device), times=self._times[:1].expand(len(batch.rows), -1))

    def _made(self, part: Noised, at: int) -> tuple[Tensor, Tensor]:
        """The finished pictures (B, C, S, S), and how far the student's step number `at` is from what it was.

        That is the Kullback-Leibler divergence of the colours' probabilities, a pixel.
        """
        x, drift, logits = part.x_t, torch.zeros((), device=self.device), torch.empty(0)
        starts = [*self._times[:, 0].tolist(), CLEAN]
        for step, (t, s) in enumerate(pairwise(starts)):
            now, then = (torch.full((len(x),), time) for time in (t, s))
            logits = self._logits(self.model, part, x, now, part.rows, guided=True)
            if step == at:
                drift = _divergence(self._as_before(part, x, now), logits)
            if s != CLEAN:
                x = self._stepped(x, colours_from_logits(logits, part.colours), now, then)
        likely = logits.softmax(dim=1)
        single = F.one_hot(logits.argmax(dim=1), logits.shape[1]).permute(0, 3, 1, 2).float()
        return blended(single + likely - likely.detach(), part.colours), drift

    @torch.no_grad()
    def _as_before(self, part: Noised, x: Tensor, t: Tensor) -> Tensor:
        return self._logits(self._before, part, x, t, part.rows, guided=True).softmax(dim=1)

    def _improve(self, made: Tensor, drift: Tensor, part: Noised, rate: float, generator: torch.Generator) -> float:
        """The student's update; its loss."""
        self.optimizers.set_rate(rate)
        self.optimizers.zero_grad()
        loss: Tensor = drift - self.discriminator(self._augmented(made, part, generator), part.rows).mean()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.config.gradient_clip)
        self.optimizers.step()
        return loss.item()

    def _tell_apart(self, batch: TrainingBatch, made: Tensor, part: Noised, generator: torch.Generator) -> float:
        """The discriminator's update; its loss."""
        drawn = coloured(batch.planes[:, 0].long().to(self.device), part.colours)
        drawn, made = (self._augmented(pictures, part, generator) for pictures in (drawn, made))
        loss = hinge(self.discriminator(drawn, part.rows), self.discriminator(made, part.rows))
        whole = loss
        if self.step_count % PENALTY_EVERY == 0:
            whole = loss + PENALTY_EVERY * PENALTY / 2 * steepness(self.discriminator, drawn, part.rows)
        self._its.zero_grad(set_to_none=True)  # the student's loss has left some
        whole.backward()  # type: ignore[no-untyped-call]
        self._its.step()
        return loss.item()

    def _augmented(self, pictures: Tensor, part: Noised, generator: torch.Generator) -> Tensor:
        """Flipped and shifted; what a shift uncovers is of the first colour, which is transparent where any is."""
        config = replace(self.config, flip=FLIP, shift=SHIFT, swap=0.0)
        drawn = Augmentation.draw(config, len(pictures), 0, generator)
        blank = part.colours[..., 0, :].expand(len(pictures), -1)[:, :, None, None]
        return drawn.apply(pictures - blank) + blank


def _divergence(before: Tensor, logits: Tensor) -> Tensor:
    """Of the probabilities of these logits from those before, both (B, K, H, W)."""
    entropy = -(before * before.clamp(min=1e-12).log()).sum(dim=1).mean()
    return F.cross_entropy(logits, before) - entropy
