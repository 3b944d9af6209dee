"""How the small networks of this room are fitted: sprites drawn with mirrorings and shifts, and a few hundred steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import torch
from torch import Tensor, nn

from pixelforge.imaging.pixels import Pixels
from training.learning.augmentation import Augmentation
from training.learning.config import TrainConfig

BATCH = 128
LEARNING_RATE = 2e-3
WEIGHT_DECAY = 0.05


def fit(model: nn.Module, losses: Iterable[Tensor], steps: int) -> None:
    """Make `steps` steps, each down a loss, computed when its turn comes; then the model is ready to be asked."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=steps)
    for loss in losses:
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
    model.eval()


def augmented(
    sprites: Pixels, weights: Tensor, steps: int, generator: torch.Generator
) -> Iterator[tuple[Tensor, Tensor]]:
    """For each step which sprites are drawn by `weights` (N,), (B,), and their planes (B, 4, S, S) as uint8.

    Half of them are mirrored left to right, half shifted by a pixel.
    """
    changes = TrainConfig(steps=steps, flip=0.5, shift=0.5, swap=0)
    planes = torch.from_numpy(sprites).permute(0, 3, 1, 2)
    for _ in range(steps):
        chosen = torch.multinomial(weights, BATCH, replacement=True, generator=generator)
        drawn = Augmentation.draw(changes, BATCH, 0, generator)
        upright = Augmentation(drawn.flip_x, torch.zeros_like(drawn.flip_y), drawn.shift, drawn.swap)
        yield chosen, upright.apply(planes[chosen])


def as_values(planes: Tensor) -> Tensor:
    """Planes of uint8 as values in [-1, 1]."""
    return planes.float() / 127.5 - 1
