"""From what is asked for and what the data are to a run's settings. Nothing is read, timed or written here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pixelforge.core.config import DiffusionConfig, ModelConfig
from pixelforge.core.header import ModelHeader, Provenance
from pixelforge.core.vocabulary import WordVocabulary
from pixelforge.errors import Remedy, TrainingError
from training.data.indexed import styled, words_of
from training.data.joining import joined_words
from training.data.naming import style_of
from training.data.sprites import SpriteDataset, find_kinds, shared_colours
from training.learning.augmentation import AUGMENT_DIM
from training.learning.config import Precision, TrainConfig
from training.learning.warm_start import inherited_provenance, shape_of
from training.runs.config import RunConfig, with_intervals
from training.runs.request import PRESETS, USUAL, WIDTH, TrainingRequest

FROM_NOTHING, FROM_PARENT = 8e-4, 2e-4  # learning rates for batches of 64
BATCHES = ((512, 64), (128, 32), (0, 16))  # sprites from which a batch is so large
EMBED_WIDTH = 256  # of what five words, a palette and the time have to go through
NEW_LABELS = 60.0  # times the learning rate: a new class must go a long way from the null row that it begins as


@dataclass(frozen=True)
class Parent:
    """The model that a run begins from."""

    name: str
    header: ModelHeader


def plan(
    request: TrainingRequest,
    data: SpriteDataset,
    parent: Parent | None,
    precision: Precision,
    leave_out: tuple[str, ...] = (),
) -> RunConfig:
    """The run that a request comes to. precision: where the request leaves it open. leave_out: names that it tells.

    Raises TrainingError, ConfigError or RequestError for a run that cannot be.
    """
    provenance = Provenance(data=Path(data.source).name, licence=request.licence, credits=request.credits)
    if parent is not None:
        provenance = inherited_provenance(provenance, parent.header, parent.name)
    shape = shape_of(parent.header, request.size, request.prediction) if parent is not None else None
    prediction = shape.prediction if shape is not None else request.prediction
    vocabulary = _vocabulary(request, data, parent) if prediction == "pointer" else None
    return RunConfig(
        data=data.source,
        fingerprint=data.fingerprint(),
        class_names=data.class_names if vocabulary is None else vocabulary.class_names,
        model=_network(request, data, shape) if vocabulary is None else _pointer(request, vocabulary, shape),
        words=None if vocabulary is None else vocabulary.words,
        unnamed_style=style_of(data.source),
        only_style=request.style,
        diffusion=DiffusionConfig(),
        training=choose_settings(request, len(data), precision, from_parent=parent is not None),
        keep_background=request.keep_background,
        leave_out=leave_out,
        provenance=provenance,
    )


def choose_settings(request: TrainingRequest, sprites: int, precision: Precision, *, from_parent: bool) -> TrainConfig:
    """Batch, learning rate, length and intervals for so many sprites, where the user left them open."""
    batch = next(size for least, size in BATCHES if sprites >= least) if request.batch is None else request.batch
    highest = (FROM_PARENT if from_parent else FROM_NOTHING) * (batch / 64) ** 0.5
    steps, minutes = request.budget()
    settings = TrainConfig(
        steps=steps,
        minutes=PRESETS[USUAL] if steps is None and minutes is None else minutes,
        schedule=request.schedule,
        optimizer=request.optimizer,
        ema_decay=TrainConfig.ema_decay if request.ema_decay is None else request.ema_decay,
        style_factors=request.style_factors(),
        batch_size=batch,
        learning_rate=highest if request.learning_rate is None else request.learning_rate,
        label_rate=NEW_LABELS if from_parent else 1.0,
        balance=request.balance,
        flip=request.flip,
        shift=request.shift,
        swap=request.swap,
        holdout=request.holdout,
        seed=request.seed,
        precision=request.precision or precision,
    )
    return with_intervals(settings, early_stop=request.early_stop)


def changed_config(training: TrainConfig, batch: int | None, ema_decay: float | None) -> TrainConfig:
    """The settings of a run that is resumed with another batch or EMA, where these are asked for."""
    return replace(
        training,
        batch_size=training.batch_size if batch is None else batch,
        ema_decay=training.ema_decay if ema_decay is None else ema_decay,
    )


def _vocabulary(request: TrainingRequest, data: SpriteDataset, parent: Parent | None) -> WordVocabulary:
    """The words of the sprites, behind those of the parent: it goes on knowing what it knew."""
    words = words_of(styled(data, style_of(data.source)), request.credits)
    own = WordVocabulary(data.class_names, words)
    if parent is None:
        return own
    before = parent.header.vocabulary
    assert isinstance(before, WordVocabulary)
    return joined_words(before, own)


def _pointer(request: TrainingRequest, vocabulary: WordVocabulary, shape: ModelConfig | None) -> ModelConfig:
    suited: dict[str, Any] = {
        "num_classes": len(vocabulary.class_names),
        "dropout": request.dropout,
        "embedding_rows": vocabulary.num_rows,
    }
    if shape is not None:
        return replace(shape, **suited)
    return ModelConfig(
        image_size=request.size,
        base_width=WIDTH if request.width is None else request.width,
        multipliers=request.levels(),
        embed_width=EMBED_WIDTH,
        augment_dim=AUGMENT_DIM if request.tell else 0,
        prediction="pointer",
        **suited,
    )


def _network(request: TrainingRequest, data: SpriteDataset, shape: ModelConfig | None) -> ModelConfig:
    palette = shared_colours(data.sprites)
    if request.prediction == "palette" and len(palette) < 2:
        raise TrainingError(
            "The palette prediction needs sprites that share 2 to 64 colours, and these do not.", Remedy.PREDICT_V
        )
    suited: dict[str, Any] = {
        "num_classes": len(data.class_names),
        "dropout": request.dropout,
        "prediction": request.prediction or ("palette" if len(palette) >= 2 else "v"),
        "palette": palette,
        "kinds": find_kinds(data) if request.kinds else (),
    }
    if shape is not None:
        return replace(shape, **suited)
    width = WIDTH if request.width is None else request.width
    suited |= {"image_size": request.size, "base_width": width, "multipliers": request.levels()}
    return ModelConfig(augment_dim=AUGMENT_DIM if request.tell else 0, **suited)
