"""A small classifier of sprites: its features are what generated and real sprites are compared by.

It tells the class, and by how many quarter turns the sprite was turned (Gidaris et al. 2018). The turns give it
something to learn where the classes are few or one; without them its features say little but the class. It is stopped
before it knows the sprites by heart: from then on it tells known sprites from unknown ones, however good those are.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from pixelforge.imaging.pixels import Pixels, to_values
from training.data.sprites import SpriteDataset
from training.evaluation.fitting import BATCH, as_values, augmented, fit
from training.learning.batches import class_weights

FEATURES = 128
EPOCHS = 60  # later, held-out real sprites lie farther from the training sprites than generated ones do
LEAST_STEPS, MOST_STEPS = 100, 1000
TURNS = 4
BLOCK = 512


class SpriteClassifier(nn.Module):
    """Sprites (B, 4, S, S) in [-1, 1] to `features` (B, 128), and those to logits of classes and of turns."""

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
        self.classes = nn.Sequential(nn.Dropout(0.3), nn.Linear(FEATURES, num_classes))
        self.turns = nn.Sequential(nn.Dropout(0.3), nn.Linear(FEATURES, TURNS))

    def features(self, x: Tensor) -> Tensor:
        """(B, 128): the mean over positions of the last layer."""
        return self.body(x).mean(dim=(2, 3))  # type: ignore[no-any-return]

    def loss(self, x: Tensor, labels: Tensor, turns: Tensor) -> Tensor:
        """Cross-entropy of both, of sprites already turned by `turns` (B,) in 0 … 3."""
        features = self.features(x)
        of_class = F.cross_entropy(self.classes(features), labels, label_smoothing=0.05)
        return of_class + F.cross_entropy(self.turns(features), turns, label_smoothing=0.05)


def train_classifier(data: SpriteDataset, seed: int) -> SpriteClassifier:
    """Fit a classifier to sprites with mirroring, one-pixel shifts and quarter turns: seconds on a CPU."""
    steps = min(MOST_STEPS, max(LEAST_STEPS, EPOCHS * len(data) // BATCH))
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    model = SpriteClassifier(len(data.class_names))
    fit(model, _losses(model, data, steps, generator), steps)
    return model


@torch.inference_mode()
def classify(model: SpriteClassifier, sprites: Pixels) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """(features (N, 128), class (N,)) of sprites (N, S, S, 4).

    All features have the length sqrt(128), so that KID's x·y / d is their cosine: the direction tells sprites apart,
    the length only how sure the classifier is, and in the third power a few lengths outweigh all the rest.
    """
    features, classes = [], []
    for start in range(0, len(sprites), BLOCK):
        x = torch.from_numpy(to_values(sprites[start : start + BLOCK], 4))
        part = model.features(x)
        features.append((F.normalize(part.double(), dim=1) * FEATURES**0.5).numpy())
        classes.append(model.classes(part).argmax(dim=1).numpy())
    return np.concatenate(features), np.concatenate(classes)


def _losses(model: SpriteClassifier, data: SpriteDataset, steps: int, generator: torch.Generator) -> Iterator[Tensor]:
    labels = torch.from_numpy(data.labels)
    weights = class_weights(labels[:, None], balance=0.5)
    for chosen, planes in augmented(data.sprites, weights, steps, generator):
        turns = torch.randint(TURNS, (BATCH,), generator=generator)
        yield model.loss(as_values(_turned(planes, turns)), labels[chosen], turns)


def _turned(planes: Tensor, turns: Tensor) -> Tensor:
    """Planes (B, P, S, S), each turned counter-clockwise by its quarter turns (B,)."""
    all_turns = torch.stack([planes.rot90(quarter, (2, 3)) for quarter in range(TURNS)])
    return all_turns[turns, torch.arange(len(planes))]
