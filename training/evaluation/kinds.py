"""A classifier over the kinds of all styles: is what was asked for recognised?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from pixelforge.imaging.pixels import Pixels, to_values
from training.data.sprites import SpriteDataset
from training.evaluation.fitting import BATCH, as_values, augmented, fit
from training.learning.batches import class_weights

# Held-out sprites of 170 kinds in 13 styles: 26, 31, 32% told after 300, 450, 600 steps; 18% after 300 where the mean
# over positions is taken, as `SpriteClassifier` does: what a thing is lies in its outline.
STEPS = 600  # the most
EPOCHS, LEAST_STEPS = 60, 100  # few sprites are soon known by heart
WIDTHS = (32, 64, 128)
SMOOTHING = 0.05
BLOCK = 512


class KindClassifier(nn.Module):
    """Sprites (B, 4, S, S) in [-1, 1] to logits of kinds (B, K)."""

    def __init__(self, num_kinds: int, side: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in zip((4, *WIDTHS[:-1]), WIDTHS, strict=True):
            layers += [nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.SiLU(), nn.MaxPool2d(2)]
        places = (side >> len(WIDTHS)) ** 2
        self.layers = nn.Sequential(*layers, nn.Flatten(), nn.Dropout(0.5), nn.Linear(places * WIDTHS[-1], num_kinds))

    def forward(self, x: Tensor) -> Tensor:
        """What it takes stands at its class."""
        return self.layers(x)  # type: ignore[no-any-return]


@dataclass(frozen=True, eq=False)
class KindJudge:
    """What tells the kind of a sprite, of whatever style."""

    names: tuple[str, ...]  # of the kinds, by their number
    classifier: KindClassifier

    @classmethod
    def fit(cls, training: SpriteDataset, seed: int = 0) -> KindJudge | None:
        """Fitted to the sprites of a kind; None where there are fewer than two kinds to tell apart."""
        some = training.subset(np.array(training.kinds) != "")
        names = tuple(sorted(set(some.kinds)))
        if len(names) < 2:
            return None
        torch.manual_seed(seed)
        classifier = KindClassifier(len(names), some.sprites.shape[1])
        steps = min(STEPS, max(LEAST_STEPS, EPOCHS * len(some) // BATCH))
        fit(classifier, _losses(classifier, some, names, steps, seed), steps)
        return cls(names, classifier)

    def right(self, sprites: Pixels, kinds: Sequence[str]) -> NDArray[np.float64]:
        """(N,): 1 where a sprite is taken for its kind, 0 where for another; nan for those of no kind, or a new one."""
        right = [float(told == kind) for told, kind in zip(self._told(sprites), kinds, strict=True)]
        return np.where(np.isin(np.array(kinds), self.names), right, np.nan)

    @torch.inference_mode()
    def _told(self, sprites: Pixels) -> list[str]:
        blocks = (to_values(sprites[start : start + BLOCK], 4) for start in range(0, len(sprites), BLOCK))
        return [self.names[at] for block in blocks for at in self.classifier(torch.from_numpy(block)).argmax(dim=1)]


def _losses(
    classifier: KindClassifier, some: SpriteDataset, names: tuple[str, ...], steps: int, seed: int
) -> Iterator[Tensor]:
    """Cross-entropy of batches in which a kind of n sprites is drawn as sqrt(n)."""
    labels = torch.from_numpy(np.searchsorted(names, some.kinds))
    weights = class_weights(labels[:, None], balance=0.5)
    generator = torch.Generator().manual_seed(seed)
    for chosen, planes in augmented(some.sprites, weights, steps, generator):
        yield F.cross_entropy(classifier(as_values(planes)), labels[chosen], label_smoothing=SMOOTHING)
