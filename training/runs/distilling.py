"""The run that a distillation comes to."""

from __future__ import annotations

from dataclasses import replace

from pixelforge.core.header import ModelHeader, Student
from pixelforge.errors import TrainingError
from pixelforge.imaging.palette import snap
from training.data.choosing import of_known
from training.data.indexed import styled
from training.data.sprites import SpriteDataset
from training.learning.config import Precision, TrainConfig
from training.learning.lesson import Distillation
from training.runs.config import RunConfig, with_intervals
from training.runs.distil_request import (
    EMA_DECAY,
    FINISH_BATCH,
    FINISH_DECAY,
    FINISH_RATE,
    USUAL_BATCH,
    USUAL_MINUTES,
    DistillRequest,
)

HEAD_START = 400  # steps of a finish, which the discriminator has alone
LEARNING_RATE = 2e-4  # for batches of 64, as of a network that begins from another


def distillation_plan(
    request: DistillRequest, data: SpriteDataset, teacher: ModelHeader, unnamed_style: str, precision: Precision
) -> RunConfig:
    """The run that a request comes to. precision: where the request leaves it open. Raises TrainingError."""
    if not teacher.can_be_distilled:
        raise TrainingError("Only models that draw in the colours of a palette can be distilled: that one does not.")
    if request.adversarial and teacher.student is None:
        raise TrainingError("That model has no student to finish: distil one first.")
    usual_batch, decay = (FINISH_BATCH, FINISH_DECAY) if request.adversarial else (USUAL_BATCH, EMA_DECAY)
    batch = usual_batch if request.batch is None else request.batch
    highest = FINISH_RATE if request.adversarial else LEARNING_RATE * (batch / 64) ** 0.5
    minutes = USUAL_MINUTES if request.steps is None and request.minutes is None else request.minutes
    training = TrainConfig(
        steps=request.steps,
        minutes=minutes,
        batch_size=batch,
        learning_rate=highest if request.learning_rate is None else request.learning_rate,
        ema_decay=decay if request.ema_decay is None else request.ema_decay,
        warmup_steps=20,
        flip=0.0,  # neither network is told how a sprite was changed, so none is
        shift=0.0,
        swap=0.0,
        holdout=request.holdout,
        precision=request.precision or precision,
        seed=request.seed,
    )
    student = Student() if teacher.student is None else teacher.student
    return RunConfig(
        data=data.source,
        fingerprint=data.fingerprint(),
        class_names=teacher.class_names,
        # Dropout would keep it from being its teacher, of whose answers there is no end to learn from.
        model=replace(teacher.model, guided=True, dropout=0.0),
        words=teacher.words,
        unnamed_style=unnamed_style,
        diffusion=teacher.diffusion,
        training=with_intervals(training, early_stop=False),
        distillation=Distillation(
            student=student,
            substeps=min(request.substeps, teacher.diffusion.num_timesteps // student.steps),
            adversarial=request.adversarial,
            head_start=HEAD_START,
        ),
        keep_background=request.keep_background,
        provenance=teacher.provenance,
    )


def known_to(data: SpriteDataset, header: ModelHeader, unnamed_style: str) -> SpriteDataset:
    """The sprites that a teacher draws the like of, in its classes, styles and colours. Raises DatasetError.

    unnamed_style: of those that are told none.
    """
    if header.words is not None:
        known = tuple(style.name for style in header.words.styles)
        return of_known(styled(data, unnamed_style), header.class_names, known)
    own = of_known(data, header.class_names, ())
    return replace(own, sprites=snap(own.sprites, header.model.palette))
