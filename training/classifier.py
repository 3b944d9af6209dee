"""A small classifier of sprites: its features are what generated and real sprites are compared by."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from pixelforge.imaging.pixels import Pixels, to_values
from training.augment import Augmentation
from training.config import TrainConfig
from training.dataset import SpriteSet
from training.loop import class_weights

FEATURES = 128
BATCH = 128
TRAIN_STEPS = 1500
LEARNING_RATE = 2e-3
BLOCK = 512


class SpriteClassifier(nn.Module):
    """Sprites (B, 4, S, S) in [-1, 1] to logits (B, classes), by way of `features` (B, 128)."""

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        width = 4
        for out_width in (32, 64, FEATURES):
            for _ in range(2):
                layers += [nn.Conv2d(width, out_width, 3, padding=1), nn.BatchNorm2d(out_width), nn.SiLU()]
                width = out_width
            layers.append(nn.MaxPool2d(2))
        self.body = nn.Sequential(*layers[:-1])
        self.head = nn.Sequential(nn.Dropout(0.3), nn.Linear(FEATURES, num_classes))

    def features(self, x: Tensor) -> Tensor:
        """(B, 128): the mean over positions of the last layer."""
        return self.body(x).mean(dim=(2, 3))  # type: ignore[no-any-return]

    def forward(self, x: Tensor) -> Tensor:
        """(B, classes)."""
        return self.head(self.features(x))  # type: ignore[no-any-return]


def train_classifier(data: SpriteSet, seed: int = 0, steps: int = TRAIN_STEPS) -> SpriteClassifier:
    """Fit a classifier to sprites with mirroring and one-pixel shifts: a minute or two on a CPU."""
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    model = SpriteClassifier(len(data.class_names))
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=steps)
    changes = TrainConfig(steps=steps, flip=0.5, shift=0.5, swap=0)
    planes = torch.from_numpy(data.sprites).permute(0, 3, 1, 2)
    labels = torch.from_numpy(data.labels)
    weights = class_weights(labels, len(data.class_names), balance=0.5)
    for _ in range(steps):
        chosen = torch.multinomial(weights, BATCH, replacement=True, generator=generator)
        drawn = Augmentation.draw(changes, BATCH, 0, generator)
        upright = Augmentation(drawn.flip_x, torch.zeros_like(drawn.flip_y), drawn.shift, drawn.swap)
        x = upright.apply(planes[chosen]).float() / 127.5 - 1
        loss = F.cross_entropy(model(x), labels[chosen], label_smoothing=0.05)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
    return model.eval()


@torch.inference_mode()
def describe(model: SpriteClassifier, sprites: Pixels) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """(features (N, 128), class (N,)) of sprites (N, S, S, 4)."""
    features, classes = [], []
    for start in range(0, len(sprites), BLOCK):
        x = torch.from_numpy(to_values(sprites[start : start + BLOCK], 4))
        part = model.features(x)
        features.append(part.double().numpy())
        classes.append(model.head(part).argmax(dim=1).numpy())
    return np.concatenate(features), np.concatenate(classes)
