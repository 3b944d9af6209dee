"""Runs for tests, begun and resumed without the command and its lock."""

from __future__ import annotations

from pathlib import Path

from pixelforge.core.config import DiffusionConfig, ModelConfig
from pixelforge.core.header import Provenance
from training.data.sprites import SpriteDataset, load_sprites
from training.learning.config import TrainConfig
from training.runs.clock import Stopwatch
from training.runs.config import RunConfig
from training.runs.run import Run
from training.runs.state import RunStorage


def config_of(data: SpriteDataset, model: ModelConfig, training: TrainConfig, steps_before: int = 0) -> RunConfig:
    """The settings of a run of these sprites."""
    return RunConfig(
        data=data.source,
        fingerprint=data.fingerprint(),
        class_names=data.class_names,
        model=model,
        diffusion=DiffusionConfig(),
        training=training,
        provenance=Provenance(data=Path(data.source).name, steps=steps_before),
    )


def begin_run(out: Path, config: RunConfig, data: SpriteDataset, watch: Stopwatch | None = None) -> Run:
    """A run on the CPU, in a folder of its own."""
    storage = RunStorage(out)
    storage.create(config)
    return Run(storage, config, data, "cpu", watch=watch)


def resume_run(out: Path, watch: Stopwatch | None = None) -> Run:
    """The run as it was last saved, on the CPU."""
    storage = RunStorage(out)
    config, state = storage.read_config(), storage.read_state()
    run = Run(storage, config, load_sprites(Path(config.data), config.model.image_size), "cpu", watch=watch)
    run.restore(state)
    return run


def finish(run: Run, steps: int | None = None) -> Run:
    """Make the steps that are left, or stop after so many."""
    stream = run.steps()
    for step in stream:
        if step.step == steps:
            break
    stream.close()
    return run
