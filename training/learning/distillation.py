"""Distillation: a student learns to make in one step what its teacher makes in several.

Progressive distillation (Salimans & Ho 2022) with guidance as an input of the student (Meng et al. 2023, section 3),
for networks that predict colours. A DDIM step is linear in pred_x0 (Song et al. 2021, eq. 12): with r = alpha / sigma,
x_s / sigma_s = x_t / sigma_t + (r_s - r_t) pred_x0. So several steps end where one does whose pred_x0 is the mean of
theirs, weighted by the differences of r. The probabilities of each pixel's colours have that mean as well, and are what
the student learns, by cross-entropy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pixelforge.core.checkpoint import Checkpoint
from pixelforge.core.condition import NO_ROW, NULL
from pixelforge.core.config import ModelConfig
from pixelforge.core.diffusion import colour_evidence, expand, q_sample
from pixelforge.core.sampler import CLEAN
from pixelforge.core.schedule import NoiseSchedule, spaced_timesteps
from pixelforge.core.schemes import SchemeBank
from pixelforge.core.unet import ContextUNet
from pixelforge.core.vocabulary import Words
from pixelforge.errors import TrainingError
from training.data.sprites import SpriteDataset
from training.learning.batch_source import BatchSource
from training.learning.batches import TrainingBatch, step_seed, stratified_timesteps
from training.learning.config import TrainConfig
from training.learning.distributed import Processes
from training.learning.lesson import Distillation
from training.learning.loop import Trainer
from training.learning.tensors import alpha_bars, choices, coloured, colours_from_logits

USUAL_GUIDANCE = 2.0  # of held-out losses


class Lessons:
    """The batches of a run, each row at a timestep of its own, even over the student's steps, and guided by its own w.

    log w is uniform between those of 1 and the most guidance that the student learns.
    """

    def __init__(self, batches: BatchSource, most_guidance: float, num_timesteps: int, seed: int) -> None:
        self._batches, self._num_timesteps, self._seed = batches, num_timesteps, seed
        self._most = math.log(most_guidance)

    @property
    def bank(self) -> SchemeBank | None:
        """As the batches'."""
        return self._batches.bank

    def draw(self, step: int) -> TrainingBatch:
        """The batch of the step after `step` others."""
        batch = self._batches.draw(step)
        size = len(batch.t)
        generator = torch.Generator().manual_seed(step_seed(self._seed, -1 - step))
        t = stratified_timesteps(size, self._num_timesteps, generator)[torch.randperm(size, generator=generator)]
        guidance = (self._most * torch.rand(size, generator=generator)).exp()
        return replace(batch, t=t, guidance=guidance, told=None)


def with_student_like(teacher: Checkpoint, leader: Checkpoint) -> Checkpoint:
    """The teacher with a student to begin from: as far from it as the leader's student is from the leader.

    For a teacher that is the leader trained on further, or a mean of it and others. Raises TrainingError.
    """
    if leader.student_weights is None:
        raise TrainingError("That model has no student to begin like.")
    if leader.header.model != teacher.header.model:
        raise TrainingError("A student can begin like that of a model of the same shape and words only.")
    # Of the guidance a teacher has no weights: the leader's student brings its own.
    apart = {name: own - leader.weights.get(name, 0) for name, own in leader.student_weights.items()}
    student = {name: teacher.weights.get(name, 0) + step for name, step in apart.items()}
    header = replace(teacher.header, student=leader.header.student)
    return replace(teacher, header=header, student_weights=student)


class Distiller(Trainer):
    """A student in training; it begins as the one that its teacher has, or as its teacher, which knows no guidance."""

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
        """model_config: the student's. words: of a `pointer` network."""
        super().__init__(model_config, teacher.header.diffusion, config, data, device, processes, words)
        num_timesteps, learnt = self.schedule.num_timesteps, lesson.student
        self.batches = Lessons(self.batches, learnt.most_guidance, num_timesteps, config.seed)
        self.teacher = cast(ContextUNet, teacher.network).to(device)
        self._weak = teacher.header.vocabulary.rows(NULL)
        self._times = step_times(num_timesteps, learnt.steps, lesson.substeps)
        known = self.teacher if teacher.student is None else teacher.student
        self.begin_from(self.model.state_dict() | known.state_dict())

    def _loss(self, model: ContextUNet, batch: TrainingBatch, parallel: nn.Module | None = None) -> Tensor:
        """Cross-entropy a pixel to what the teacher makes of it in its steps."""
        part = Noised.of(self.teacher, batch, self._times, self.schedule, self.device)
        target = self._target(part)
        logits = self._logits(parallel or model, part, part.x_t, part.times[:, 0], part.rows, guided=True)
        return F.cross_entropy(logits, target)

    @torch.no_grad()
    def _target(self, part: Noised) -> Tensor:
        """Probabilities (B, K, H, W) of colours: the weighted mean over the teacher's steps, or what it ends with."""
        x, begin = part.x_t, self._ratio(part.times[:, 0])
        mean = torch.zeros(())
        for t, s in zip(part.times.T[:-1], part.times.T[1:], strict=True):
            logits = self._guided(part, x, t)
            likely = F.one_hot(logits.argmax(dim=1), logits.shape[1]).permute(0, 3, 1, 2).float()
            now = torch.where((s == CLEAN).to(x.device)[:, None, None, None], likely, logits.softmax(dim=1))
            r_t, r_s = self._ratio(t), self._ratio(s)
            share = torch.where(s == CLEAN, 1.0, (r_s - r_t) / (r_s - begin))
            mean = mean + expand(share, x) * (now - mean)
            x = self._stepped(x, colours_from_logits(logits, part.colours), t, s)
        return mean

    def _stepped(self, x: Tensor, pred_x0: Tensor, t: Tensor, s: Tensor) -> Tensor:
        """The DDIM step from t to s, a row at a time."""
        bar_t, bar_s = self._alpha_bar(t), self._alpha_bar(s)
        eps = (x - expand(bar_t.sqrt(), x) * pred_x0) / expand((1 - bar_t).sqrt(), x)
        return expand(bar_s.sqrt(), x) * pred_x0 + expand((1 - bar_s).sqrt(), x) * eps

    def _guided(self, part: Noised, x: Tensor, t: Tensor) -> Tensor:
        """The teacher's logits (B, K, H, W) under each row's guidance; `core.guidance`."""
        weak = torch.full_like(part.rows, NO_ROW)
        weak[:, : len(self._weak)] = torch.tensor(self._weak, dtype=weak.dtype, device=weak.device)
        conditional, unconditional = (self._logits(self.teacher, part, x, t, rows) for rows in (part.rows, weak))
        return unconditional + part.guidance[:, None, None, None] * (conditional - unconditional)

    def _logits(
        self, network: nn.Module, part: Noised, x: Tensor, t: Tensor, rows: Tensor, *, guided: bool = False
    ) -> Tensor:
        """A network's logits of x_0, with what each pixel's own value says where the network leaves that out."""
        precision = getattr(torch, self.config.precision)
        with torch.autocast(x.device.type, precision, enabled=precision != torch.float32):
            guidance = part.guidance if guided else None
            out: Tensor = network(x, t.to(x.device), rows, part.palettes, None, guidance).float()
        if self.model.config.prediction == "pointer":
            out = out + colour_evidence(x, part.colours, self._alpha_bar(t))
        return out

    def _alpha_bar(self, t: Tensor) -> Tensor:
        return torch.where(t == CLEAN, 1.0, alpha_bars(self.schedule, t.clamp(min=0)))

    def _ratio(self, t: Tensor) -> Tensor:
        """alpha / sigma; infinite for the clean picture."""
        alpha_bar = self._alpha_bar(t)
        return (alpha_bar / (1 - alpha_bar)).sqrt()


@dataclass(frozen=True, eq=False)
class Noised:
    """A batch at the student's timesteps, on the device."""

    x_t: Tensor  # (B, C, H, W)
    times: Tensor  # (B, substeps + 1): through which the teacher goes, CLEAN at the end; on the CPU
    rows: Tensor
    palettes: Tensor | None
    colours: Tensor  # (K, C) or (B, K, C), of which x_0 is
    guidance: Tensor  # (B,)

    @classmethod
    def of(
        cls, network: ContextUNet, batch: TrainingBatch, times: Tensor, schedule: NoiseSchedule, device: torch.device
    ) -> Noised:
        """times: as `step_times` has them. Each row goes to the first timestep of the step that its t is in."""
        total = len(times)
        in_step = times[total - 1 - batch.t * total // schedule.num_timesteps]
        palettes = None if batch.palettes is None else batch.palettes.to(device)
        colours = network.colours if palettes is None else choices(palettes)
        x_0 = coloured(batch.planes[:, 0].long().to(device), colours)
        x_t = q_sample(x_0, batch.noise.to(device), alpha_bars(schedule, in_step[:, 0]))
        told = batch.guidance
        guidance = torch.full((len(x_t),), USUAL_GUIDANCE) if told is None else told
        return cls(x_t, in_step, batch.rows.to(device), palettes, colours, guidance.to(device))


def step_times(num_timesteps: int, steps: int, substeps: int) -> Tensor:
    """(steps, substeps + 1): the timesteps that the teacher goes through in each step of the student, from the top."""
    at = spaced_timesteps(num_timesteps, steps)
    following: Sequence[int] = (*at[1:], CLEAN)
    rows = [
        [t - round((t - s) * part / substeps) for part in range(substeps + 1)]
        for t, s in zip(at, following, strict=True)
    ]
    return torch.tensor(rows)
