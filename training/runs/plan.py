"""From what the user wishes to a run: what it begins from, how long it takes, and the settings that suit the data."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pixelforge.core.checkpoint import Checkpoint, load_checkpoint
from pixelforge.core.config import ModelConfig, Prediction
from pixelforge.core.header import Provenance
from pixelforge.errors import RequestError, TrainingError
from pixelforge.files import as_text
from training.data.sprites import SpriteSet, find_kinds, find_palette, load_sprites
from training.learning.config import Precision, TrainConfig
from training.learning.warm_start import begin_from, inherit
from training.runs.pace import measure_pace
from training.runs.run import Run, best_precision, choose_model

NOTHING = "nothing"
Preset = Literal["quick", "standard", "thorough"]
PRESETS: dict[Preset, float] = {"quick": 5, "standard": 60, "thorough": 480}  # minutes
FROM_NOTHING, FROM_PARENT = 8e-4, 2e-4  # learning rates for batches of 64
BATCHES = ((512, 64), (128, 32), (0, 16))  # sprites from which a batch is so large
NEW_LABELS = 60.0  # times the learning rate: a new class must go a long way from the null row that it begins as
WIDTH = 48
REPORTS = 30  # lines of figures in a run, at the least
LONGEST = 500  # steps between two of them
LEAST_STEPS = 20  # between saves and sample grids, however short a run is
PATIENT_REPORTS = 8  # without a lower held-out loss: it has turned


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the user asks for; None is for the plan to choose."""

    size: int = 16
    parent: str | None = None  # path of a model, or "nothing"; None: the bundled model where it fits
    minutes: float | None = None
    steps: int | None = None
    prediction: Prediction | None = None
    width: int | None = None
    dropout: float = 0.2  # this and the shares below: as the held-out loss of the bundled model's data asked for
    batch: int | None = None
    learning_rate: float | None = None
    balance: float = 0.5
    flip: float = 0.5
    shift: float = 0.4
    swap: float = 0.4
    tell: bool = True
    kinds: bool = False
    early_stop: bool = True
    keep_background: bool = False
    holdout: float = 0.1
    seed: int = 0
    precision: Precision | None = None
    licence: str = ""
    credits: str = ""
    device: str = "auto"


@dataclass(frozen=True)
class Planned:
    """A run that can be begun, and what to tell of it."""

    run: Run
    notes: tuple[str, ...]


def plan_run(folder: Path, out: Path, wishes: Wishes) -> Planned:
    """Read the data and begin a run in `out`. Raises DatasetError, TrainingError, RequestError or OutputError."""
    if wishes.minutes is not None and wishes.steps is not None:
        raise RequestError("Give --minutes or --steps, not both.")
    if wishes.minutes is not None and not 0 < wishes.minutes < math.inf:
        raise RequestError(f"A training takes more than 0 minutes, not {wishes.minutes:g}.")
    data = load_sprites(folder, wishes.size, wishes.keep_background)
    own = Provenance(data=as_text(folder.resolve().name), licence=wishes.licence, credits=wishes.credits)
    parent, name = _parent(wishes)
    if parent is None:
        model = choose_model(
            data,
            wishes.size,
            wishes.prediction,
            WIDTH if wishes.width is None else wishes.width,
            wishes.dropout,
            wishes.tell,
            wishes.kinds,
        )
        weights, provenance = None, own
    else:
        palette = find_palette(data.sprites)
        prediction = wishes.prediction or ("palette" if len(palette) >= 2 else "v")
        kinds = find_kinds(data) if wishes.kinds else ()
        beginning = begin_from(parent, wishes.size, data.class_names, palette, prediction, wishes.dropout, kinds)
        model, weights = beginning.model, beginning.weights
        provenance = inherit(own, parent.header, name)
    settings = choose_settings(len(data), model, data, wishes, from_parent=parent is not None)
    run = Run.begin(folder, out, model, settings, data, wishes.device, provenance, weights, wishes.keep_background)
    return Planned(run, (*data.warnings, f"Begins from {name}."))


def choose_settings(
    sprites: int, model: ModelConfig, data: SpriteSet, wishes: Wishes, *, from_parent: bool
) -> TrainConfig:
    """Batch, learning rate, steps and intervals for a data set of so many sprites, where the user left them open."""
    batch = next(size for least, size in BATCHES if sprites >= least) if wishes.batch is None else wishes.batch
    highest = (FROM_PARENT if from_parent else FROM_NOTHING) * (max(batch, 1) / 64) ** 0.5
    settings = TrainConfig(
        steps=1_000_000 if wishes.steps is None else wishes.steps,
        batch_size=batch,
        learning_rate=highest if wishes.learning_rate is None else wishes.learning_rate,
        label_rate=NEW_LABELS if from_parent else 1.0,
        balance=wishes.balance,
        flip=wishes.flip,
        shift=wishes.shift,
        swap=wishes.swap,
        holdout=wishes.holdout,
        seed=wishes.seed,
        precision=wishes.precision or best_precision(wishes.device),
    )
    if wishes.steps is None:
        minutes = PRESETS["standard"] if wishes.minutes is None else wishes.minutes
        pace = measure_pace(model, settings, data, wishes.device)
        settings = replace(settings, steps=pace.steps_in(60 * minutes, REPORTS, LONGEST))
    every = min(LONGEST, max(1, settings.steps // REPORTS))
    return replace(
        settings,
        warmup_steps=min(settings.warmup_steps, settings.steps // 10),
        evaluate_every=every,
        save_every=max(every, LEAST_STEPS),
        sample_every=max(2 * every, LEAST_STEPS),
        patience=PATIENT_REPORTS * every if wishes.early_stop else 0,
    )


def _parent(wishes: Wishes) -> tuple[Checkpoint | None, str]:
    if wishes.parent == NOTHING:
        return None, NOTHING
    if wishes.parent is not None:
        if wishes.width is not None:
            raise TrainingError("A model that is begun from another has its width: leave out --width.")
        return load_checkpoint(Path(wishes.parent)), Path(wishes.parent).stem
    bundled = Path(str(files("resources"))) / "models" / "dawnlike16.safetensors"
    if wishes.width is not None or not wishes.tell or not bundled.exists():
        return None, NOTHING
    checkpoint = load_checkpoint(bundled)
    return (checkpoint, bundled.stem) if checkpoint.header.model.image_size == wishes.size else (None, NOTHING)
