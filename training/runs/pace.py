"""How fast this machine trains a network, found out before a run that is given minutes, not steps."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

from pixelforge.core.checkpoint import Checkpoint
from pixelforge.core.config import DiffusionConfig, ModelConfig
from pixelforge.core.device import pick_device
from pixelforge.core.header import ModelHeader
from training.data.sprites import SpriteSet, split_holdout
from training.learning.config import TrainConfig
from training.learning.loop import Trainer
from training.learning.samples import draw_samples

WARM_UP_STEPS, TIMED_STEPS = 3, 10
MOST_REPORTING = 0.5  # share of the time that figures and samples may take where they are counted


@dataclass(frozen=True)
class Pace:
    """Seconds that things take."""

    step: float
    figures: float  # the held-out loss
    samples: float  # a picture of samples

    def steps_in(self, seconds: float, reports: int, longest: int) -> int:
        """Steps that fit into the time beside their reports, at least 1.

        A report is figures and, every other time, samples: there are `reports` of them, but one every `longest` steps
        in a long run.
        """
        report = self.figures + self.samples / 2
        if seconds / self.step > reports * longest:
            return round(seconds / (self.step + report / longest))
        left = seconds - min(reports * report, MOST_REPORTING * seconds)
        return max(1, round(left / self.step))


def measure_pace(model: ModelConfig, training: TrainConfig, data: SpriteSet, device: str = "auto") -> Pace:
    """The pace of a new network of that shape, a few seconds long."""
    place = pick_device(device)
    learnt, heldout = split_holdout(data, training.holdout, training.seed)
    trainer = Trainer(model, DiffusionConfig(), training, learnt, place)
    for _ in range(WARM_UP_STEPS):
        trainer.step()
    steps = _seconds(lambda: [trainer.step() for _ in range(TIMED_STEPS)])
    figures = _seconds(lambda: trainer.heldout_loss(heldout)) if len(heldout) else 0.0
    header = ModelHeader(model=model, class_names=data.class_names)
    checkpoint = Checkpoint(header, trainer.ema.module.eval())
    return Pace(steps / TIMED_STEPS, figures, _seconds(lambda: draw_samples(checkpoint, place)))


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - start
