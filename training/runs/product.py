"""The model that a run makes, as it is at some step: a network, or the student of one that was there before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import cast

from pixelforge.core.checkpoint import Checkpoint, as_small
from pixelforge.core.header import ModelHeader
from pixelforge.core.network import Network
from pixelforge.core.sampling import Sampling
from pixelforge.core.schemes import SchemeBank
from training.learning.loop import Trainer
from training.runs.config import RunConfig
from training.runs.state import Written

RECOMMENDED = Sampling(sampler="ddpm", steps=40, guidance_scale=1.5)  # until `evaluate --recommend` finds better


@dataclass(frozen=True, eq=False)
class Product:
    """What the trainer of a run has made so far. teacher: whose student that is, if it is one."""

    config: RunConfig
    trainer: Trainer
    sprites: int  # that it learns from
    bank: SchemeBank | None
    teacher: Checkpoint | None

    @property
    def header(self) -> ModelHeader:
        """The model's description."""
        if self.teacher is not None:
            lesson = self.config.distillation
            assert lesson is not None
            before = lesson.student.learnt if lesson.adversarial else 0
            student = replace(lesson.student, learnt=before + self.trainer.step_count)
            return replace(self.teacher.header, student=student)
        provenance = replace(
            self.config.provenance,
            sprites=self.sprites,
            steps=self.config.provenance.steps + self.trainer.step_count,
            date=datetime.now(UTC).date().isoformat(),
        )
        return ModelHeader(
            model=self.config.model,
            diffusion=self.config.diffusion,
            class_names=self.config.class_names,
            words=self.config.words,
            recommended=RECOMMENDED,
            provenance=provenance,
        )

    def checkpoint(self) -> Checkpoint:
        """The model, ready to be asked."""
        learnt = cast(Network, self.trainer.ema.module.eval())
        if self.teacher is None:
            return Checkpoint.of(self.header, learnt, self.bank)
        return Checkpoint(self.header, self.teacher.weights, self.bank, learnt.arrays(), self.teacher.critic)

    def written(self) -> Written:
        """The model, as it is written."""
        learnt = self.trainer.ema_weights()
        if self.teacher is None:
            # Half precision halves the file; its rounding is far less than what a step moves the weights by.
            return Written(self.header, {name: weight.half() for name, weight in learnt.items()}, self.bank)
        own = as_small(self.teacher.weights)
        return Written(self.header, own, self.bank, learnt, self.teacher.critic)
