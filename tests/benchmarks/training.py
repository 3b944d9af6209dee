"""How fast a network learns: `python -m tests.benchmarks.training`."""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from pixelforge.core.config import DiffusionConfig, ModelConfig
from tests.benchmarks.machine import best_seconds, sgemm_gflops
from training.data.sprites import SpriteDataset
from training.learning.augmentation import AUGMENT_DIM
from training.learning.config import TrainConfig
from training.learning.loop import Trainer, best_precision

STEPS = 4


def main() -> None:
    rng = np.random.default_rng(0)
    palette = tuple((16 * i, 8 * i, 255 - 16 * i) for i in range(16))
    sprites = np.full((512, 16, 16, 4), 255, np.uint8)
    sprites[..., :3] = np.array(palette, np.uint8)[rng.integers(0, 16, (512, 16, 16))]
    labels = np.arange(512) % 6
    data = SpriteDataset(sprites, labels, tuple("abcdef"), tuple(map(str, range(512))))
    model = ModelConfig(num_classes=6, palette=palette, dropout=0.1, augment_dim=AUGMENT_DIM)
    gflops = sgemm_gflops()
    print(f"sgemm 2048: {gflops:.0f} GFLOP/s on {torch.get_num_threads()} threads")
    for precision in dict.fromkeys(("float32", best_precision("cpu"))):
        config = TrainConfig(steps=1000, precision=precision)
        trainer = Trainer(model, DiffusionConfig(), config, data, torch.device("cpu"))
        with FlopCounterMode(display=False) as counter:
            trainer.step()
        work = counter.get_total_flops() / 1e9
        seconds = best_seconds(trainer.step, STEPS)
        drawing = best_seconds(partial(trainer.batches.draw, 0), STEPS)
        images, speed = config.batch_size / seconds, work / seconds
        print(
            f"{precision}: {images:.0f} images/s, {speed:.0f} GFLOP/s, {speed / gflops:.0%} of sgemm; "
            f"drawing the batch {drawing / seconds:.1%} of a step"
        )


if __name__ == "__main__":
    main()
